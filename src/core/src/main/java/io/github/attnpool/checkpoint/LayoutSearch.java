package io.github.attnpool.checkpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for layers of some layouts in a file, below every prefix.
 *
 * <p>A layer counts only if its layout explains every tensor below the prefix. If a layout has all
 * its tensors below a prefix but leaves some unexplained, whatever is found further below is part
 * of something larger and does not count either.
 */
final class LayoutSearch {
  /** Bounds the work on a hostile file. Where there are more, the user has to give the prefix. */
  private static final int MOST_PREFIXES = 200;

  private final TensorIndex index;
  private final List<Fit> fits = new ArrayList<>();

  /**
   * @param under the prefix below which to look, with its dot
   * @param ignored the user's patterns of tensors that are not on the path
   */
  LayoutSearch(TensorIndex index, List<Layout> layouts, String under, List<String> ignored) {
    this.index = index;
    for (Layout layout : layouts) {
      for (NamePattern.Found place : places(layout, under)) {
        Binding binding = new Binding(layout, index, place.prefix(), place.number());
        if (!binding.used().isEmpty()) {
          fits.add(new Fit(binding, index, ignored));
        }
      }
    }
    fits.sort(Comparator.comparingInt(fit -> fit.prefix().length()));
  }

  /** Where a layout may be, by the names of its score maps: prefixes and numbers. */
  private Set<NamePattern.Found> places(Layout layout, String under) {
    List<NamePattern.Ending> endings = new ArrayList<>();
    for (Stage stage : Stage.values()) {
      for (LayoutStep step : layout.steps(stage)) {
        if (step instanceof LayoutStep.Map map) {
          endings.add(map.weight().ending());
        }
      }
    }
    Set<NamePattern.Found> places = new LinkedHashSet<>();
    for (String name : index.names()) {
      for (NamePattern.Ending ending : endings) {
        if (places.size() < MOST_PREFIXES && name.startsWith(under)) {
          ending
              .find(name)
              .filter(found -> found.prefix().startsWith(under))
              .ifPresent(places::add);
        }
      }
    }
    return withNumbers(places);
  }

  /** Each prefix with each number found below it; without number where there is none. */
  private static Set<NamePattern.Found> withNumbers(Set<NamePattern.Found> places) {
    Set<NamePattern.Found> all = new LinkedHashSet<>();
    for (NamePattern.Found place : places) {
      boolean numbered =
          !place.number().isEmpty()
              || places.stream()
                  .noneMatch(
                      other -> other.prefix().equals(place.prefix()) && !other.number().isEmpty());
      if (numbered) {
        all.add(place);
      }
    }
    return all;
  }

  /** Layers whose layout explains every tensor below their prefix; each layer once. */
  List<Fit> layers() {
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
        .filter(other -> other.isLayer() && !other.isExact())
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
