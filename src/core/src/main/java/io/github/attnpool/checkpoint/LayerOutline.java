package io.github.attnpool.checkpoint;

import io.github.attnpool.Activation;
import io.github.attnpool.Divide;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.io.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a layer computes, as the header of its file tells: {@link
 * io.github.attnpool.AttentionParameters} without the values.
 *
 * @param inputWidth values in a row of x
 * @param width values in a row that is scored
 * @param units hidden units; 0 in the linear form
 * @param queryWidth values in a query; 0 if there is no query stage
 * @param heads scores per row
 * @param logitCount O; 0 if there is no output
 * @param headCombination how the output takes the heads
 * @param stages the steps of each stage that the layer has, in words
 * @param assumed what the file cannot prove and is taken to be so, in words
 */
public record LayerOutline(
    long inputWidth,
    long width,
    long units,
    long queryWidth,
    long heads,
    long logitCount,
    HeadCombination headCombination,
    List<StageOutline> stages,
    List<String> assumed) {
  private static final Arguments ARGUMENTS = new Arguments("outline of a layer");

  /**
   * The steps of one stage in words.
   *
   * @param stage key of the stage in a layout file
   * @param steps for example {@code linear [256]} and {@code tanh}
   */
  public record StageOutline(String stage, List<String> steps) {
    /** Copies the steps. */
    public StageOutline {
      ARGUMENTS.given("stage", stage);
      steps = List.copyOf(ARGUMENTS.allGiven("steps", steps));
    }
  }

  /** Copies the lists. */
  public LayerOutline {
    ARGUMENTS.given("headCombination", headCombination);
    stages = List.copyOf(ARGUMENTS.allGiven("stages", stages));
    assumed = List.copyOf(ARGUMENTS.allGiven("assumed", assumed));
  }

  /** Returns this without assumptions that begin so. */
  LayerOutline without(List<String> said) {
    List<String> left =
        assumed.stream().filter(each -> said.stream().noneMatch(each::startsWith)).toList();
    return new LayerOutline(
        inputWidth, width, units, queryWidth, heads, logitCount, headCombination, stages, left);
  }

  static LayerOutline of(Fit fit) {
    List<StageOutline> stages = new ArrayList<>();
    fit.walks()
        .forEach(
            (stage, walk) -> {
              if (!walk.steps().isEmpty()) {
                stages.add(new StageOutline(stage.key(), words(fit, stage, walk)));
              }
            });
    long hidden = width(fit, Stage.HIDDEN);
    long rowWidth = firstIn(fit, List.of(Stage.HIDDEN, Stage.GATE, Stage.SCORE));
    long inputWidth = in(fit, Stage.ROWS);
    return new LayerOutline(
        inputWidth == StageWalk.ANY ? rowWidth : inputWidth,
        rowWidth,
        fit.stages().containsKey(Stage.HIDDEN) ? hidden : 0,
        in(fit, Stage.QUERY),
        fit.heads(),
        width(fit, Stage.OUTPUT),
        fit.headCombination(),
        stages,
        Assumptions.of(fit));
  }

  private static List<String> words(Fit fit, Stage stage, StageWalk walk) {
    return walk.steps().stream().map(step -> words(fit, stage, step)).toList();
  }

  private static String words(Fit fit, Stage stage, StageWalk.SizedStep step) {
    return switch (step.step()) {
      case BoundStep.Map map ->
          String.format(Locale.ROOT, "linear [%d]", step.out() * step.parts())
              + (map.perHead() ? " per head" : "");
      case BoundStep.Norm norm -> norm.batch() ? "batchnorm" : "layernorm";
      case BoundStep.Bias bias ->
          String.format(Locale.ROOT, "step-bias [%d]", bias.values().elements());
      case BoundStep.Fixed(Activation activation) -> Spelling.of(fit.activation(stage, activation));
      case BoundStep.Fixed(Divide(float by)) -> "divide by " + by;
      case BoundStep.Fixed _ -> "";
    };
  }

  private static long width(Fit fit, Stage stage) {
    StageWalk walk = fit.walks().get(stage);
    return walk == null || walk.steps().isEmpty() ? 0 : walk.width();
  }

  private static long in(Fit fit, Stage stage) {
    StageWalk walk = fit.walks().get(stage);
    return walk == null ? StageWalk.ANY : walk.in();
  }

  private static long firstIn(Fit fit, List<Stage> stages) {
    return stages.stream()
        .mapToLong(stage -> in(fit, stage))
        .filter(width -> width != StageWalk.ANY)
        .findFirst()
        .orElse(StageWalk.ANY);
  }
}
