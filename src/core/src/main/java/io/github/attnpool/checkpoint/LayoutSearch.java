package io.github.attnpool.checkpoint;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Looks for layers of any layout in a file, wherever in it they may be. */
final class LayoutSearch {
  /** Bounds the work on a hostile file. Where there are more, the user has to give the prefix. */
  private static final int MOST_PREFIXES = 200;

  private LayoutSearch() {}

  /** All layers below a prefix, the ones nearest to it first; each layer once. */
  static List<LayerMatch> fitting(TensorIndex index, String prefix) {
    return LayoutFit.layers(fits(index, prefixes(index, prefix, part -> part == Part.SCORE)))
        .stream()
        .map(LayoutFit::match)
        .toList();
  }

  /** The nearest layout below a prefix; empty if nothing there has a name that any layout has. */
  static Optional<LayoutFit> nearest(TensorIndex index, String prefix) {
    return LayoutFit.closest(
        fits(index, prefixes(index, prefix, _ -> true)).filter(fit -> fit.tensors().present() > 0));
  }

  private static Stream<LayoutFit> fits(TensorIndex index, List<String> prefixes) {
    return prefixes.stream().flatMap(prefix -> LayoutFit.of(index, prefix));
  }

  /** Where layouts may be, by the names of some of their maps; the given prefix first. */
  private static List<String> prefixes(TensorIndex index, String prefix, Predicate<Part> parts) {
    List<NameTemplate> weights =
        Arrays.stream(Layout.values())
            .flatMap(layout -> LayoutNames.of(layout).stream())
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
