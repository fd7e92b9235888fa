package io.github.attnpool.checkpoint;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.io.Shown;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the tensors of a checkpoint compute, as data: for each stage of the layer its steps and the
 * names of their tensors. Layouts are small JSON files; those of known public projects come with
 * the library, and users write their own. The core's LAYOUTS.md describes the keys.
 *
 * <p>A layout fits a file below a prefix if it has all the tensors that the layout names, and every
 * other tensor there matches one of its {@code ignore} patterns. Immutable and thread-safe.
 */
public final class Layout {
  private static final Arguments ARGUMENTS = new Arguments("layout");

  private final LayoutFields fields;
  private final Map<Stage, List<LayoutStep>> stages;

  Layout(LayoutFields fields, Map<Stage, List<LayoutStep>> stages) {
    this.fields = fields;
    this.stages = new EnumMap<>(stages);
  }

  /** {@return the layouts of known public projects, which come with the library} */
  public static List<Layout> known() {
    return KnownLayouts.all();
  }

  /**
   * Returns a known layout.
   *
   * @param name as {@link #name} gives it; {@code seed} means {@code attnpool}, and underscores
   *     count as hyphens
   * @return the layout
   * @throws AttnPoolException if there is none of that name, listing those there are
   */
  public static Layout named(String name) {
    return KnownLayouts.find(ARGUMENTS.given("name", name))
        .orElseThrow(
            () ->
                new AttnPoolException(
                    "layout",
                    "there is no '%s', must be one of %s, or a layout file NAME.json"
                        .formatted(
                            Shown.text(name),
                            String.join(", ", known().stream().map(Layout::name).toList()))));
  }

  /**
   * Returns a known layout by its name, or reads a layout file.
   *
   * @param nameOrFile a name as {@link #named} takes it, or the path of a file that ends in {@code
   *     .json}
   * @return the layout
   * @throws AttnPoolException if there is no such layout, or the file is not a sound layout file
   */
  public static Layout of(String nameOrFile) {
    if (!ARGUMENTS.given("nameOrFile", nameOrFile).endsWith(".json")) {
      return named(nameOrFile);
    }
    try {
      return read(Path.of(nameOrFile));
    } catch (InvalidPathException e) {
      throw new AttnPoolException(
          ARGUMENTS.operation(),
          "'%s' is no name of a file: %s"
              .formatted(Shown.text(nameOrFile), Shown.text(e.getReason())),
          e);
    }
  }

  /**
   * Reads a layout file.
   *
   * @param file a JSON file of at most 1 MiB
   * @return the layout
   * @throws AttnPoolException if the file cannot be read or is not a sound layout file, saying
   *     where
   */
  public static Layout read(Path file) {
    return LayoutReader.read(ARGUMENTS.given("file", file));
  }

  /**
   * Reads the text of a layout file.
   *
   * @param json the text
   * @return the layout
   * @throws AttnPoolException if it is not a sound layout file, saying where
   */
  public static Layout parse(String json) {
    return LayoutReader.parse(ARGUMENTS.operation(), "layout", ARGUMENTS.given("json", json));
  }

  /** {@return the layout's name} */
  public String name() {
    return fields.name();
  }

  /** {@return where the layout comes from; empty if that is not said} */
  public Optional<String> source() {
    return fields.source();
  }

  /** {@return what the file cannot prove, such as an activation; empty if nothing is said} */
  public Optional<String> note() {
    return fields.note();
  }

  /** {@return the layout as the text of a layout file} */
  public String toJson() {
    return LayoutWriter.write(this);
  }

  LayoutFields fields() {
    return fields;
  }

  List<LayoutStep> steps(Stage stage) {
    return stages.getOrDefault(stage, List.of());
  }

  /** How the output takes the heads, unless a file's metadata say otherwise. */
  HeadCombination heads() {
    return fields.heads();
  }

  @Override
  public String toString() {
    return "layout " + name();
  }
}
