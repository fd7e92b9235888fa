package io.github.attnpool.checkpoint;

import io.github.attnpool.HeadCombination;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Checks that the stages of a fit go together, and notes how each is put together. */
final class FitShapes {
  private final Fit fit;
  private final List<String> problems;
  private final Map<Stage, StageWalk> walks;

  FitShapes(Fit fit) {
    this.fit = fit;
    this.problems = fit.problems();
    this.walks = fit.walks();
  }

  void check() {
    StageWalk rows = walk(Stage.ROWS, StageWalk.ANY, 1);
    StageWalk hidden = walk(Stage.HIDDEN, rows.width(), 1);
    long rowWidth = rows.width() == StageWalk.ANY ? hidden.in() : rows.width();
    if (fit.stages().containsKey(Stage.GATE)) {
      StageWalk gate = walk(Stage.GATE, rowWidth, 1);
      long units = fit.stages().containsKey(Stage.HIDDEN) ? hidden.width() : rowWidth;
      if (problems.isEmpty() && units != StageWalk.ANY && gate.width() != units) {
        problems.add(
            String.format(
                Locale.ROOT,
                "the gate gives %d values, must give the %d hidden units",
                gate.width(),
                units));
      }
      if (problems.isEmpty()
          && !fit.stages().containsKey(Stage.HIDDEN)
          && fit.layout().steps(Stage.HIDDEN).size() > 0) {
        problems.add("there is a gate, but no hidden map");
      }
    }
    long units = hidden.width() == StageWalk.ANY ? rowWidth : hidden.width();
    StageWalk score = walk(Stage.SCORE, units, hidden.parts());
    if (rowWidth == StageWalk.ANY) {
      rowWidth = score.in();
    }
    checkQuery(hidden);
    long inputWidth = rows.in() == StageWalk.ANY ? rowWidth : rows.in();
    long valueWidth =
        fit.layout().fields().poolsInput() ? inputWidth : walk(Stage.VALUES, rowWidth, 1).width();
    if (!problems.isEmpty()) {
      return;
    }
    checkHeads(score, valueWidth);
    checkOutput(score, valueWidth);
  }

  private StageWalk walk(Stage stage, long width, int parts) {
    StageWalk walk = new StageWalk(problems, width, parts);
    if (problems.isEmpty()) {
      walk.walk(fit.stage(stage));
    }
    walks.put(stage, walk);
    return walk;
  }

  private void checkQuery(StageWalk hidden) {
    if (!fit.stages().containsKey(Stage.QUERY)) {
      return;
    }
    StageWalk query = walk(Stage.QUERY, StageWalk.ANY, 1);
    hidden.steps().stream()
        .filter(step -> step.step() instanceof BoundStep.Map)
        .findFirst()
        .map(step -> step.out() * step.parts())
        .filter(units -> problems.isEmpty() && query.width() != units)
        .ifPresent(
            units ->
                problems.add(
                    String.format(
                        Locale.ROOT,
                        "the query stage gives %d values, must give the %d hidden units",
                        query.width(),
                        units)));
  }

  private void checkHeads(StageWalk score, long valueWidth) {
    if (fit.layout().fields().perChannel() && score.width() != valueWidth) {
      problems.add(
          String.format(
              Locale.ROOT,
              "there are %d scores per row, must be one for each of the %d columns of the values",
              score.width(),
              valueWidth));
    }
    if (fit.layout().fields().oneHead() && score.width() != 1) {
      problems.add(String.format(Locale.ROOT, "there are %d heads, must be one", score.width()));
    }
  }

  private void checkOutput(StageWalk score, long valueWidth) {
    if (!problems.isEmpty() || !fit.stages().containsKey(Stage.OUTPUT)) {
      return;
    }
    long width = fit.layout().fields().deviation() ? 2 * valueWidth : valueWidth;
    long contexts = fit.layout().fields().perChannel() ? 1 : score.width();
    HeadCombination heads = fit.headCombination();
    StageWalk output =
        walk(Stage.OUTPUT, heads == HeadCombination.CONCAT ? contexts * width : width, 1);
    if (problems.isEmpty() && heads == HeadCombination.PER_HEAD) {
      StageWalk.SizedStep first = output.steps().getFirst();
      long logits = first.parts() * first.out();
      if (!(first.step() instanceof BoundStep.Map)) {
        problems.add("with heads per-head the output must begin with a linear step");
      } else if (logits != contexts) {
        problems.add(
            String.format(
                Locale.ROOT,
                "the output gives %d values, must give one for each of the %d heads",
                logits,
                contexts));
      }
    }
  }
}
