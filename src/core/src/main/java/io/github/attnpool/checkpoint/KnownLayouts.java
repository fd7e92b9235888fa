package io.github.attnpool.checkpoint;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The layouts that come with the library. Each is a resource {@code layouts/ID.json}; those of one
 * project share a name. The list gives their order: the first that fits is taken.
 */
final class KnownLayouts {
  private static final String FOLDER = "layouts/";

  /** The spelling of {@code attnpool} before it had that name. */
  private static final String SEED = "seed";

  private KnownLayouts() {}

  private static final class Holder {
    private static final Map<String, Layout> BY_ID = load();

    private static Map<String, Layout> load() {
      Map<String, Layout> layouts = new LinkedHashMap<>();
      text("list.txt")
          .lines()
          .map(String::strip)
          .filter(id -> !id.isEmpty())
          .forEach(
              id -> layouts.put(id, LayoutReader.parse("layout " + id, id, text(id + ".json"))));
      return layouts;
    }

    private static String text(String name) {
      try (InputStream in = KnownLayouts.class.getResourceAsStream(FOLDER + name)) {
        if (in == null) {
          throw new AttnPoolException("layout", "the library's resource " + name + " is missing");
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new AttnPoolException("layout", "the library's resource cannot be read", e);
      }
    }
  }

  /** Returns all, in their order. */
  static List<Layout> all() {
    return List.copyOf(Holder.BY_ID.values());
  }

  /** Returns all of a name. */
  static List<Layout> family(String name) {
    return all().stream().filter(layout -> layout.name().equals(name)).toList();
  }

  /** Returns the first layout of a name, or that of an id. */
  static Optional<Layout> find(String spelling) {
    String name = spelling.equals(SEED) ? "attnpool" : spelling.replace('_', '-');
    Optional<Layout> byId = Optional.ofNullable(Holder.BY_ID.get(name));
    return byId.or(() -> family(name).stream().findFirst());
  }
}
