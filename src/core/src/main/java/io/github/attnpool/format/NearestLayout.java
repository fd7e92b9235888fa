package io.github.attnpool.format;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A layout, and how near a file's tensors come to it.
 *
 * @param prefix below which its tensors were looked for
 * @param tensors what is there of them
 */
record NearestLayout(Layout layout, String prefix, LayerTensors tensors) {
  private static final int MOST_PREFIXES = 200; // of a file made to keep us busy

  /** All layouts that fit below a prefix, the ones nearest to it first; each layer once. */
  static List<LayoutMatch> fitting(TensorIndex index, String prefix) {
    Set<String> seen = new HashSet<>();
    return prefixes(index, prefix, part -> part == Part.SCORE).stream()
        .flatMap(below -> all(index, below).filter(NearestLayout::fits).limit(1))
        .filter(found -> seen.add(found.tensors.scoreName()))
        .map(NearestLayout::match)
        .toList();
  }

  /** The nearest layout below a prefix; empty if nothing there has a name that any layout has. */
  static Optional<NearestLayout> find(TensorIndex index, String prefix) {
    return prefixes(index, prefix, _ -> true).stream()
        .flatMap(below -> all(index, below))
        .filter(found -> found.tensors.present() > 0)
        .min(Comparator.comparing(NearestLayout::tensors, LayerTensors.CLOSEST));
  }

  private static Stream<NearestLayout> all(TensorIndex index, String prefix) {
    return Arrays.stream(Layout.values())
        .map(layout -> new NearestLayout(layout, prefix, layout.closest(index, prefix)));
  }

  private boolean fits() {
    return tensors.problems().isEmpty();
  }

  private LayoutMatch match() {
    return new LayoutMatch(layout, prefix, LayerOutline.of(tensors));
  }

  /** Layout and what is wrong. */
  String describe(String asked) {
    String where = prefix.equals(asked) ? "" : " below '" + Shown.text(prefix) + "'";
    return layout.layoutName() + where + ", but " + Misfit.problems(tensors);
  }

  /** Where layouts may be, by the names of some of their maps; the given prefix first. */
  private static List<String> prefixes(TensorIndex index, String prefix, Predicate<Part> parts) {
    List<NameTemplate> weights =
        Arrays.stream(Layout.values())
            .flatMap(layout -> layout.variants().stream())
            .flatMap(names -> names.parts().entrySet().stream())
            .filter(part -> parts.test(part.getKey()))
            .flatMap(part -> part.getValue().choices().stream())
            .map(LinearNames.Choice::weight)
            .distinct()
            .toList();
    Set<String> prefixes = new LinkedHashSet<>();
    prefixes.add(prefix);
    for (String name : index.names()) {
      for (NameTemplate weight : weights) {
        String found = weight.prefixIn(name);
        if (found != null && found.startsWith(prefix) && prefixes.size() < MOST_PREFIXES) {
          prefixes.add(found);
        }
      }
    }
    return prefixes.stream().sorted(Comparator.comparingInt(String::length)).toList();
  }
}
