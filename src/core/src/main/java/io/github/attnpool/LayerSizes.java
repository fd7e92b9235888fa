package io.github.attnpool;

import io.github.attnpool.internal.arguments.Arguments;
import java.util.List;
import java.util.Locale;

/** The sizes of a layer between its stages, which have been checked against each other. */
final class LayerSizes {
  private static final Arguments ARGUMENTS = new Arguments("parameters");

  private final AttentionParameters layer;
  private final int inputWidth;
  private final int rowWidth;
  private final int units;
  private final int heads;
  private final int valueWidth;
  private final int contexts;
  private final int contextWidth;
  private final int firstUnits;
  private final int queryWidth;
  private final int logitCount;

  /**
   * Finds the sizes from the stages.
   *
   * @param layer of which all but the sizes is set
   * @throws AttnPoolException if the stages do not fit
   */
  LayerSizes(AttentionParameters layer) {
    this.layer = layer;
    checkScoreSteps();
    int taken = StageWidths.in(layer.rows());
    this.inputWidth = taken == StageWidths.ANY ? scoredWidth(layer) : taken;
    ARGUMENTS.must(
        inputWidth != StageWidths.ANY, () -> "no step has a width, must be at least one");
    this.rowWidth = stage("the rows stage").out(layer.rows(), inputWidth);
    this.units = checkedUnits();
    this.heads = stage("the score stage").out(layer.score(), units);
    ARGUMENTS.must(StageWidths.hasMap(layer.score()), () -> "the score stage has no linear map");
    this.valueWidth =
        layer.poolsInput() ? inputWidth : stage("the values stage").out(layer.values(), rowWidth);
    ARGUMENTS.must(
        !layer.isPerChannel() || heads == valueWidth,
        () ->
            String.format(
                Locale.ROOT,
                "there are %d scores, must be one for each of the %d columns of the values",
                heads,
                valueWidth));
    this.contexts = layer.isPerChannel() ? 1 : heads;
    this.contextWidth = layer.hasStandardDeviation() ? 2 * valueWidth : valueWidth;
    this.firstUnits = firstMap() < 0 ? 0 : ((Linear) layer.hidden().get(firstMap())).outFeatures();
    this.queryWidth = checkedQueryWidth();
    this.logitCount = layer.output().isEmpty() ? 0 : checkedLogits();
  }

  private static StageWidths stage(String name) {
    return new StageWidths(ARGUMENTS, name);
  }

  /** Checks that steps before the rows that a layer scores give rows of that width. */
  static void checkRows(List<Step> rows, AttentionParameters layer) {
    int given = stage("the rows stage").out(rows, StageWidths.in(rows));
    int scored = scoredWidth(layer);
    ARGUMENTS.must(
        given == StageWidths.ANY || given == scored,
        () ->
            String.format(
                Locale.ROOT,
                "the rows stage gives %d values, must give the %d of a row",
                given,
                scored));
  }

  /** What the stages that take the scored rows take; ANY if none says. */
  private static int scoredWidth(AttentionParameters layer) {
    for (List<Step> taker : List.of(layer.hidden(), layer.gate(), layer.score(), layer.values())) {
      int width = StageWidths.in(taker);
      if (width != StageWidths.ANY) {
        return width;
      }
    }
    return StageWidths.ANY;
  }

  private void checkScoreSteps() {
    stage("the rows stage").checkNoScoreSteps(layer.rows());
    stage("the hidden stage").checkNoScoreSteps(layer.hidden());
    stage("the gate").checkNoScoreSteps(layer.gate());
    stage("the query stage").checkNoScoreSteps(layer.query());
    stage("the values stage").checkNoScoreSteps(layer.values());
    stage("the output stage").checkNoScoreSteps(layer.output());
  }

  private int checkedUnits() {
    int given = stage("the hidden stage").out(layer.hidden(), rowWidth);
    if (!layer.gate().isEmpty()) {
      int gates = stage("the gate").out(layer.gate(), rowWidth);
      ARGUMENTS.must(
          gates == given,
          () ->
              String.format(
                  Locale.ROOT, "the gate gives %d values, must give the %d units", gates, given));
    }
    return given;
  }

  private int checkedQueryWidth() {
    int width = StageWidths.in(layer.query());
    if (!layer.query().isEmpty()) {
      int terms = stage("the query stage").out(layer.query(), width);
      ARGUMENTS.must(
          terms == firstUnits,
          () ->
              String.format(
                  Locale.ROOT,
                  "the query stage gives %d values, must give the %d hidden units",
                  terms,
                  firstUnits));
    }
    boolean term = layer.isQueryTerm() || !isTermAmbiguous();
    return width == StageWidths.ANY && term ? firstUnits : width;
  }

  /** Whether a batch norm follows the first hidden map, into which engines may fold it. */
  private boolean isTermAmbiguous() {
    int after = firstMap() + 1;
    return after > 0
        && after < layer.hidden().size()
        && layer.hidden().get(after) instanceof BatchNorm;
  }

  /** Index of the first map of the hidden stage; −1 if there is none. */
  private int firstMap() {
    for (int i = 0; i < layer.hidden().size(); i++) {
      if (layer.hidden().get(i) instanceof Linear) {
        return i;
      }
    }
    return -1;
  }

  private int checkedLogits() {
    if (layer.headCombination() == HeadCombination.PER_HEAD) {
      ARGUMENTS.must(
          layer.output().getFirst() instanceof Linear,
          () -> "the output stage must begin with a linear map per head");
      int given = ((Linear) layer.output().getFirst()).outFeatures();
      ARGUMENTS.must(
          given == contexts,
          () ->
              String.format(
                  Locale.ROOT,
                  "the output layer gives %d values, must give one for each of the %d heads",
                  given,
                  contexts));
    }
    boolean concat = layer.headCombination() == HeadCombination.CONCAT;
    int taken = concat ? Math.multiplyExact(contexts, contextWidth) : contextWidth;
    return stage("the output stage").out(layer.output(), taken);
  }

  int inputWidth() {
    return inputWidth;
  }

  int rowWidth() {
    return rowWidth;
  }

  /** Units that are scored; in the linear form, the values of a row. */
  int units() {
    return units;
  }

  int heads() {
    return heads;
  }

  int valueWidth() {
    return valueWidth;
  }

  int contexts() {
    return contexts;
  }

  int contextWidth() {
    return contextWidth;
  }

  /** Values in a query's term; 0 if the hidden stage has no linear map. */
  int firstUnits() {
    return firstUnits;
  }

  int queryWidth() {
    return queryWidth;
  }

  int logitCount() {
    return logitCount;
  }
}
