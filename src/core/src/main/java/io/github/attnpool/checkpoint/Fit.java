package io.github.attnpool.checkpoint;

import io.github.attnpool.Activation;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.internal.io.Shown;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a layout fits the tensors below a prefix: what is missing, what has the wrong shape, and
 * which tensors the layout does not explain.
 */
final class Fit {
  private static final int MOST_PROBLEMS = 6;

  private final Binding binding;
  private final LayerSettings settings;
  private final Map<Stage, StageWalk> walks = new EnumMap<>(Stage.class);
  private final List<String> problems = new ArrayList<>();
  private final TensorIndex index;
  private final List<String> ignored;
  private @Nullable List<String> unexplained; // once they are asked for

  /**
   * @param ignored the user's patterns of tensors that are not on the path
   */
  Fit(Binding binding, TensorIndex index, List<String> ignored) {
    this.binding = binding;
    this.index = index;
    this.ignored = ignored;
    for (String name : binding.missing()) {
      problems.add(
          index
              .unreadable(name)
              .map(why -> "'%s' %s".formatted(Shown.text(name), why))
              .orElseGet(() -> "there is no '%s'".formatted(Shown.text(name))));
    }
    this.settings = LayerSettings.of(binding.layout(), index.metadata(), problems);
    if (problems.isEmpty()) {
      new FitShapes(this).check();
    }
  }

  Layout layout() {
    return binding.layout();
  }

  String prefix() {
    return binding.prefix();
  }

  /** What stands for an open number in the layout's names; empty where none is. */
  String number() {
    return binding.number();
  }

  LayerSettings settings() {
    return settings;
  }

  /** Names of the layer's tensors. */
  Set<String> used() {
    return binding.used();
  }

  Map<Stage, List<BoundStep>> stages() {
    return binding.stages();
  }

  List<BoundStep> stage(Stage stage) {
    return binding.stages().getOrDefault(stage, List.of());
  }

  Map<Stage, StageWalk> walks() {
    return walks;
  }

  /** Pieces of sentences; none if all tensors are there, of sound shapes. */
  List<String> problems() {
    return problems;
  }

  /** Whether all tensors of the layout are there, of sound shapes. */
  boolean isLayer() {
    return problems.isEmpty();
  }

  /** Whether all tensors of the layout are there, of whatever shapes. */
  boolean hasAllTensors() {
    return binding.missing().isEmpty();
  }

  /** Whether nothing else is there either. */
  boolean isExact() {
    return problems.isEmpty() && unexplained().isEmpty();
  }

  /** Names of other tensors below the prefix. */
  List<String> unexplained() {
    if (unexplained == null) {
      IgnoredNames ignore = new IgnoredNames(layout().fields().ignore(), ignored);
      unexplained =
          index.namesBelow(prefix()).stream()
              .filter(name -> !used().contains(name))
              .filter(name -> !ignore.matches(name, prefix()))
              .toList();
    }
    return unexplained;
  }

  /** The share of the layout's tensors that are there. */
  double share() {
    return (double) used().size() / (used().size() + binding.missing().size());
  }

  /** R. */
  long heads() {
    StageWalk score = walks.get(Stage.SCORE);
    return score == null ? 0 : score.width();
  }

  /** How the output takes the heads; with one context all are alike. */
  HeadCombination headCombination() {
    boolean one = heads() == 1 || layout().fields().perChannel();
    return one ? HeadCombination.CONCAT : settings.heads();
  }

  /** The activation of a stage: the file's metadata may name another than the layout. */
  Activation activation(Stage stage, Activation ofLayout) {
    return switch (stage) {
      case HIDDEN -> settings.activation().orElse(ofLayout);
      case ROWS -> settings.rowsActivation().orElse(ofLayout);
      default -> ofLayout;
    };
  }

  /** The first problems, and how many more there are. */
  String describeProblems() {
    String first = String.join("; ", problems.subList(0, Math.min(MOST_PROBLEMS, problems.size())));
    return problems.size() <= MOST_PROBLEMS
        ? first
        : first + "; and " + (problems.size() - MOST_PROBLEMS) + " more";
  }
}
