package io.github.attnpool.cli;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.SafetensorsFile;
import io.github.attnpool.format.SeedLayout;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The layouts of parameter files, by the names that {@code --layout} takes. */
final class Layouts {
  static final String AUTO = "auto";
  static final List<String> NAMES = List.of(AUTO, "seed");

  /** Layouts of other projects; naming one is no wrong usage. */
  static final String[] PLANNED = {
    "monai",
    "abmil",
    "abmil-gated",
    "clam",
    "mil-lab",
    "torchmil",
    "han",
    "han-keras",
    "lin2017",
    "bahdanau"
  };

  private static final int LISTED = 12; // enough tensor names for a message

  private Layouts() {}

  /**
   * A layout that fits a file.
   *
   * @param name of the layout
   * @param prefix below which it fits; empty or ending in a dot
   */
  record Match(String name, String prefix) {}

  static AttentionParameters read(SafetensorsFile file, String layout, String prefix) {
    Set<String> names = file.tensors().keySet();
    String below = prefix(names, prefix);
    if (layout.equals(AUTO) && !SeedLayout.matches(names, below)) {
      throw new AttnPoolException(
          "read " + file.path(), "no known layout fits " + found(names, below));
    }
    return SeedLayout.read(file, below);
  }

  /** A layout that fits, below the first prefix where one does. */
  static Optional<Match> recognise(Set<String> names) {
    return prefixes(names).stream()
        .filter(prefix -> SeedLayout.matches(names, prefix))
        .map(prefix -> new Match("seed", prefix))
        .findFirst();
  }

  /** As written if names begin so, dot included; else with the dot that parts it from the rest. */
  private static String prefix(Set<String> names, String prefix) {
    String dotted = prefix + ".";
    return !prefix.isEmpty() && names.stream().anyMatch(name -> name.startsWith(dotted))
        ? dotted
        : prefix;
  }

  private static String found(Set<String> names, String prefix) {
    List<String> below = names.stream().filter(name -> name.startsWith(prefix)).toList();
    return below.isEmpty()
        ? "because there is no tensor" + (prefix.isEmpty() ? "" : " below '" + prefix + "'")
        : "the tensors "
            + String.join(", ", below.subList(0, Math.min(LISTED, below.size())))
            + (below.size() > LISTED ? ", … (" + below.size() + " in all)" : "")
            + "; --layout and --prefix say where the parameters are";
  }

  private static Set<String> prefixes(Set<String> names) {
    Set<String> prefixes = new LinkedHashSet<>();
    prefixes.add("");
    for (String name : names) {
      for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
        prefixes.add(name.substring(0, dot + 1));
      }
    }
    return prefixes;
  }
}
