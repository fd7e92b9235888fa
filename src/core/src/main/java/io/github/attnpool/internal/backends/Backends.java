package io.github.attnpool.internal.backends;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Plan;
import io.github.attnpool.internal.natives.OwnStack;
import io.github.attnpool.spi.Availability;
import io.github.attnpool.spi.Backend;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;
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
   * Whether a backend can be used here. Its libraries are loaded in a thread of its own; what it
   * throws against its promise is why it cannot be used.
   */
  public static Availability availability(Backend backend) {
    return OwnStack.call("choose backend", () -> answer(backend));
  }

  private static Availability answer(Backend backend) {
    try {
      return backend.availability();
    } catch (AttnPoolException e) {
      return Availability.no(e.problem());
    } catch (RuntimeException | LinkageError e) {
      return Availability.no("it failed unexpectedly: " + e);
    }
  }

  /**
   * The backend of that name, or with {@code auto} the best that is available. A device may follow
   * the name, as in {@code cuda:1}.
   *
   * @throws AttnPoolException if there is none of that name, or it cannot be used here, or a better
   *     one than {@code auto} could take has a wrong setting
   */
  public static BackendChoice choice(String name) {
    return choice(name, all());
  }

  /**
   * The backend of that name for a layer, or with {@code auto} the best that is available and can
   * compute it.
   *
   * @throws AttnPoolException as {@link #choice(String)}, or if the backend lacks a form of the
   *     layer, which it names
   */
  public static BackendChoice choice(String name, AttentionParameters layer, Plan plan) {
    return choice(name, all(), backend -> backend.lacks(layer, plan));
  }

  /**
   * @param all to choose from, best first
   */
  static BackendChoice choice(String name, List<Backend> all) {
    return choice(name, all, _ -> Optional.empty());
  }

  private static BackendChoice choice(
      String name, List<Backend> all, Function<Backend, Optional<String>> lacks) {
    if (name.equals("auto")) {
      return best(all, lacks);
    }
    Backend backend = named(name, all);
    lacks
        .apply(backend)
        .ifPresent(
            form -> {
              throw new AttnPoolException(
                  "choose backend",
                  "backend %s cannot compute this layer: it has no form for %s; use another backend"
                      .formatted(name, form));
            });
    return new BackendChoice(backend, List.of());
  }

  private static BackendChoice best(List<Backend> all, Function<Backend, Optional<String>> lacks) {
    List<String> passedBy = new ArrayList<>(); // a clause for each better one that is not taken
    for (Backend backend : all) {
      Availability availability = availability(backend);
      String name = backend.name();
      switch (availability.state()) {
        case AVAILABLE -> {
          Optional<String> form = lacks.apply(backend);
          Optional<String> reserve = backend.onlyByName();
          if (form.isPresent()) {
            passedBy.add(cannotBeUsed(name, "it has no form for " + form.get()));
          } else if (reserve.isPresent()) {
            passedBy.add(
                "%s is there, but auto does not take backend %s: %s; to use it, name backend %s"
                    .formatted(availability.detail(), name, reserve.get(), name));
          } else {
            return new BackendChoice(
                backend, passedBy.stream().map(clause -> clause + "; taking " + name).toList());
          }
        }
        case ABSENT -> {}
        case FAILED -> passedBy.add(cannotBeUsed(name, availability.detail()));
        case WRONG_SETTING ->
            throw new AttnPoolException(
                "choose backend",
                "a setting of backend '"
                    + name
                    + "' is wrong, so auto takes no other: "
                    + availability.detail());
      }
    }
    throw new AttnPoolException(
        "choose backend",
        passedBy.isEmpty()
            ? "none is on the module path"
            : "none can be used: " + String.join("; ", passedBy));
  }

  private static String cannotBeUsed(String backend, String reason) {
    return "backend %s cannot be used: %s".formatted(backend, reason);
  }

  private static Backend named(String name, List<Backend> all) {
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
    Availability availability = availability(backend);
    if (!availability.available()) {
      throw new AttnPoolException(
          "choose backend", "'" + name + "' cannot be used here: " + availability.detail());
    }
    return backend;
  }
}
