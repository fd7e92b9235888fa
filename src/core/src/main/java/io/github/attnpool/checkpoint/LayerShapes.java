package io.github.attnpool.checkpoint;

import io.github.attnpool.HeadCombination;
import java.util.List;
import java.util.Map;

/** Whether the linear maps of a layer, each sound by itself, fit together. */
final class LayerShapes {
  private final Map<Part, LinearTensors> parts;
  private final List<String> problems;
  private final LinearTensors score;

  /** W, or a where there is none: it takes the rows that are pooled. */
  private final LinearTensors first;

  /**
   * @param parts the score map among them
   * @param problems gets a piece of a sentence for each map that does not fit
   */
  LayerShapes(LinearTensors score, Map<Part, LinearTensors> parts, List<String> problems) {
    this.parts = parts;
    this.problems = problems;
    this.score = score;
    this.first = parts.getOrDefault(Part.HIDDEN, score);
  }

  int heads() {
    return score.outputs();
  }

  void checkOneHead() {
    if (heads() != 1) {
      refuse(
          "%s, must be %s for one head"
              .formatted(score.described(), score.shape(1, score.inputs())));
    }
  }

  void check(HeadCombination heads) {
    if (parts.containsKey(Part.HIDDEN)) {
      checkHidden(first);
    } else {
      for (Part part : List.of(Part.GATE, Part.QUERY)) {
        if (parts.containsKey(part)) {
          refuse("there is %s without a hidden map".formatted(parts.get(part).name()));
        }
      }
    }
    LinearTensors projection = parts.get(Part.PROJECTION);
    if (projection != null && projection.outputs() != first.inputs()) {
      refuse(
          "%s, must be %s for the rows that %s takes"
              .formatted(
                  projection.described(), projection.shape(first.inputs(), "Hin"), first.name()));
    }
    if (parts.containsKey(Part.OUTPUT)) {
      checkOutput(parts.get(Part.OUTPUT), heads);
    }
  }

  private void checkHidden(LinearTensors hidden) {
    int units = hidden.outputs();
    if (score.inputs() != units) {
      refuse(
          "%s, must be %s for the hidden units of %s"
              .formatted(score.described(), score.shape("R", units), hidden.name()));
    }
    LinearTensors gate = parts.get(Part.GATE);
    if (gate != null && (gate.outputs() != units || gate.inputs() != hidden.inputs())) {
      refuse(
          "%s, must be %s as %s"
              .formatted(gate.described(), gate.shape(units, hidden.inputs()), hidden.name()));
    }
    LinearTensors query = parts.get(Part.QUERY);
    if (query != null && query.outputs() != units) {
      refuse(
          "%s, must be %s for the hidden units of %s"
              .formatted(query.described(), query.shape(units, "Q"), hidden.name()));
    }
  }

  private void checkOutput(LinearTensors output, HeadCombination heads) {
    int width = first.inputs();
    switch (heads) {
      case CONCAT -> checkOutput(output, "O", (long) heads() * width, "for the context");
      case MEAN -> checkOutput(output, "O", width, "for the mean of the heads");
      case PER_HEAD -> checkOutput(output, heads(), width, "with a row for each head");
    }
  }

  private void checkOutput(LinearTensors output, Object outputs, long inputs, String why) {
    boolean asMany = !(outputs instanceof Integer must) || must == output.outputs();
    if (!asMany || output.inputs() != inputs) {
      refuse("%s, must be %s %s".formatted(output.described(), output.shape(outputs, inputs), why));
    }
  }

  private void refuse(String problem) {
    problems.add(problem);
  }
}
