package io.github.attnpool.checkpoint;

import io.github.attnpool.format.TensorInfo;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A draft of a layout file for a checkpoint that no known layout fits: the steps of the nearest
 * layout, with names of the file in place of those that it lacks. It is a start for a person who
 * knows the model, so what is not settled stands in its note.
 */
final class LayoutDraft {
  private final TensorIndex index;
  private final Fit nearest;
  private final List<String> left; // modules of the file that have no place yet
  private final List<String> taken = new ArrayList<>();
  private final List<String> guesses = new ArrayList<>();

  LayoutDraft(TensorIndex index, Fit nearest) {
    this.index = index;
    this.nearest = nearest;
    this.left =
        nearest.unexplained().stream()
            .filter(name -> name.endsWith(".weight"))
            .filter(name -> index.get(name).map(TensorInfo::rank).orElse(0) >= 2)
            .map(name -> name.substring(nearest.prefix().length()))
            .map(name -> name.substring(0, name.length() - ".weight".length()))
            .collect(Collectors.toCollection(ArrayList::new));
  }

  Layout draft() {
    Map<Stage, List<LayoutStep>> stages = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      List<LayoutStep> steps = nearest.layout().steps(stage);
      boolean absent =
          nearest.layout().fields().optional().contains(stage)
              && !nearest.stages().containsKey(stage);
      if (!steps.isEmpty() && !absent) {
        stages.put(stage, steps.stream().map(step -> renamed(step)).toList());
      }
    }
    LayoutFields fields = nearest.layout().fields();
    return new Layout(fields.draft("draft", note(fields.name())), stages);
  }

  private LayoutStep renamed(LayoutStep step) {
    if (!(step instanceof LayoutStep.Map map) || map.module().isEmpty() || left.isEmpty()) {
      return step;
    }
    boolean there =
        nearest.used().contains(nearest.prefix() + map.weight().with(nearest.number(), 0));
    if (there) {
      return step;
    }
    String name = left.removeFirst();
    taken.add(nearest.prefix() + name);
    guesses.add("'%s' for '%s'".formatted(name, map.module().get()));
    NamePattern module = new NamePattern(name);
    return new LayoutStep.Map(
        Optional.of(module), module.plus(".weight"), Optional.of(module.plus(".bias")), false);
  }

  private String note(String layout) {
    String guessed = guesses.isEmpty() ? "" : "; guessed " + String.join(", ", guesses);
    List<String> open =
        nearest.unexplained().stream()
            .filter(name -> taken.stream().noneMatch(module -> name.startsWith(module + ".")))
            .map(this::describe)
            .toList();
    String rest = open.isEmpty() ? "" : "; no step takes " + String.join(", ", open);
    return "a draft by layout %s: check each step%s%s".formatted(layout, guessed, rest);
  }

  private String describe(String name) {
    return index.get(name).map(TensorInfo::toString).orElse(name);
  }
}
