package io.github.attnpool.checkpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Looks for layers of some layouts in a file, below every prefix.
 *
 * <p>A layer counts only if its layout explains every tensor below the prefix. If a layout has all
 * its tensors below a prefix but leaves some unexplained or has them of wrong shapes, whatever is
 * found further below is part of something larger and does not count either.
 */
final class LayoutSearch {
  /** Bounds the work on a hostile file. Where there are more, the user has to give the prefix. */
  private static final int MOST_PLACES = 500;

  /** Places that are tried only to name the nearest layout. */
  private static final int MOST_NEAR = 200;

  private final TensorIndex index;
  private final List<Fit> fits = new ArrayList<>();
  private boolean hasTooMany;

  /**
   * @param under the prefix below which to look, with its dot
   * @param ignored the user's patterns of tensors that are not on the path
   */
  LayoutSearch(TensorIndex index, List<Layout> layouts, String under, List<String> ignored) {
    this.index = index;
    Map<Layout, List<NamePattern.Found>> places = new LinkedHashMap<>();
    layouts.forEach(layout -> places.put(layout, places(layout, under)));
    if (hasTooMany) {
      return;
    }
    for (Layout layout : layouts) {
      for (NamePattern.Found place : places.getOrDefault(layout, List.of())) {
        Binding binding = new Binding(layout, index, place.prefix(), place.number());
        if (!binding.used().isEmpty()) {
          fits.add(new Fit(binding, index, ignored));
        }
      }
    }
    fits.sort(Comparator.comparingInt(fit -> fit.prefix().length()));
  }

  /**
   * Where a layout may be: prefixes below which there is a tensor for each map that it must have,
   * or if there are none, for any map.
   */
  private List<NamePattern.Found> places(Layout layout, String under) {
    Map<String, Set<String>> numbers = new TreeMap<>(); // by prefix
    List<Set<String>> required = new ArrayList<>(); // prefixes of each map that must be there
    for (Stage stage : Stage.values()) {
      boolean mustBe = !layout.fields().optional().contains(stage);
      for (LayoutStep step : layout.steps(stage)) {
        if (step instanceof LayoutStep.Map map) {
          Set<String> prefixes = places(map.weight(), under, numbers);
          if (mustBe) {
            required.add(prefixes);
          }
        }
      }
    }
    Set<String> prefixes = required.isEmpty() ? Set.of() : new HashSet<>(required.getFirst());
    required.forEach(prefixes::retainAll);
    List<NamePattern.Found> places =
        (prefixes.isEmpty() ? numbers.keySet() : prefixes)
            .stream()
                .sorted(
                    Comparator.comparingInt(String::length)
                        .thenComparing(Comparator.naturalOrder()))
                .flatMap(prefix -> found(prefix, numbers.getOrDefault(prefix, Set.of())))
                .limit(prefixes.isEmpty() ? MOST_NEAR : MOST_PLACES + 1)
                .toList();
    hasTooMany |= places.size() > MOST_PLACES;
    return places;
  }

  /** Each number that is found below a prefix; no number where there is none. */
  private static Stream<NamePattern.Found> found(String prefix, Set<String> numbers) {
    return numbers.isEmpty()
        ? Stream.of(new NamePattern.Found(prefix, ""))
        : numbers.stream().map(number -> new NamePattern.Found(prefix, number));
  }

  private Set<String> places(NamePattern pattern, String under, Map<String, Set<String>> numbers) {
    Set<String> prefixes = new HashSet<>();
    for (NamePattern.Found found : index.find(pattern)) {
      if (found.prefix().startsWith(under)) {
        prefixes.add(found.prefix());
        Set<String> here = numbers.computeIfAbsent(found.prefix(), _ -> new TreeSet<>());
        if (!found.number().isEmpty()) {
          here.add(found.number());
        }
      }
    }
    return prefixes;
  }

  /** Whether a layout may be below so many prefixes that not all were tried. */
  boolean hasTooMany() {
    return hasTooMany;
  }

  /** Layers whose layout explains every tensor below their prefix; each layer once. */
  List<Fit> layers() {
    if (hasTooMany) {
      return List.of(); // one that was not tried might be nearer
    }
    List<Fit> layers = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (Fit fit : fits) {
      if (fit.isExact() && !isPartOfMore(fit) && fit.used().stream().noneMatch(taken::contains)) {
        layers.add(fit);
        taken.addAll(fit.used());
      }
    }
    return layers;
  }

  private boolean isPartOfMore(Fit fit) {
    return fits.stream()
        .filter(other -> other.hasAllTensors() && !other.isExact())
        .filter(other -> isAbove(other.prefix(), fit.prefix()))
        .anyMatch(
            other ->
                fits.stream()
                    .noneMatch(each -> each.isExact() && each.prefix().equals(other.prefix())));
  }

  private static boolean isAbove(String prefix, String other) {
    return other.length() > prefix.length() && other.startsWith(prefix);
  }

  /**
   * The layout that has all its tensors but leaves fewest unexplained; the shortest prefix first.
   */
  Optional<Fit> inexact() {
    return fits.stream()
        .filter(Fit::isLayer)
        .filter(fit -> !fit.isExact())
        .min(
            Comparator.comparingInt((Fit fit) -> fit.prefix().length())
                .thenComparingInt(fit -> fit.unexplained().size()));
  }

  /** Whether nothing has a name that any of the layouts has. */
  boolean isFar() {
    return fits.isEmpty();
  }

  /** The layout that misses least; empty if nothing has a name that any layout has. */
  Optional<Fit> nearest() {
    return fits.stream()
        .filter(fit -> !fit.isLayer())
        .min(
            Comparator.comparingDouble((Fit fit) -> -fit.share())
                .thenComparingInt(fit -> -fit.used().size())
                .thenComparingInt(fit -> fit.unexplained().size()));
  }
}
