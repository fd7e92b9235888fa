package io.github.attnpool.backend;

import io.github.attnpool.AttnPoolException;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The backends on the module or class path, best first. */
public final class Backends {
  private Backends() {}

  /** All of them, highest rank first. */
  public static List<Backend> all() {
    return ServiceLoader.load(Backend.class, Backend.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(Backend::rank).reversed())
        .toList();
  }

  /**
   * The backend of that name, or with {@code auto} the best that is available. A device may follow
   * the name, as in {@code cuda:1}.
   */
  public static Backend choose(String name) {
    List<Backend> all = all();
    if (name.equals("auto")) {
      return all.stream()
          .filter(backend -> backend.availability().available())
          .findFirst()
          .orElseThrow(() -> new AttnPoolException("choose backend", "none is on the module path"));
    }
    int colon = name.indexOf(':');
    String plain = colon < 0 ? name : name.substring(0, colon);
    Backend found =
        all.stream()
            .filter(candidate -> candidate.name().equals(plain))
            .findFirst()
            .orElseThrow(
                () ->
                    new AttnPoolException(
                        "choose backend",
                        "there is no backend '"
                            + name
                            + "', must be one of auto, "
                            + all.stream().map(Backend::name).collect(Collectors.joining(", "))));
    Backend backend = colon < 0 ? found : found.onDevice(name.substring(colon + 1));
    Availability availability = backend.availability();
    if (!availability.available()) {
      throw new AttnPoolException(
          "choose backend", "'" + name + "' cannot be used here: " + availability.detail());
    }
    return backend;
  }
}
