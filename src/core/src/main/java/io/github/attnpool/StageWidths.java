package io.github.attnpool;

import io.github.attnpool.internal.arguments.Arguments;
import java.util.List;
import java.util.Locale;

/** How many values a row has before and after the steps of a stage. */
final class StageWidths {
  /** Of a stage that takes rows of any width. */
  static final int ANY = 0;

  private final Arguments arguments;
  private final String stage;

  /**
   * @param stage names the stage in messages, for example {@code the hidden stage}
   */
  StageWidths(Arguments arguments, String stage) {
    this.arguments = arguments;
    this.stage = stage;
  }

  /** Returns the width that the first step with a width of its own takes; ANY if there is none. */
  static int in(List<Step> steps) {
    for (Step step : steps) {
      int width = in(step);
      if (width != ANY) {
        return width;
      }
    }
    return ANY;
  }

  /** Returns whether a stage has a linear map. */
  static boolean hasMap(List<Step> steps) {
    return steps.stream().anyMatch(Linear.class::isInstance);
  }

  private static int in(Step step) {
    return switch (step) {
      case Linear map -> map.inFeatures();
      case LayerNorm norm -> norm.width();
      case BatchNorm norm -> norm.width();
      case Activation _, StepBias _, Divide _ -> ANY;
    };
  }

  /** Returns the width after the steps of a row of some width, or of any. */
  int out(List<Step> steps, int in) {
    int width = in;
    for (Step step : steps) {
      int taken = in(step);
      int given = width;
      arguments.must(
          taken == ANY || given == ANY || taken == given,
          () ->
              String.format(
                  Locale.ROOT,
                  "%s of %s takes %d values, must take the %d that come before it",
                  name(step),
                  stage,
                  taken,
                  given));
      width = step instanceof Linear map ? map.outFeatures() : taken == ANY ? width : taken;
    }
    return width;
  }

  /** Checks that there are no steps that only scores may have. */
  void checkNoScoreSteps(List<Step> steps) {
    for (Step step : steps) {
      arguments.must(
          !(step instanceof StepBias) && !(step instanceof Divide),
          () -> "%s cannot be in %s, only in the score stage".formatted(name(step), stage));
    }
  }

  private static String name(Step step) {
    return switch (step) {
      case Linear _ -> "a linear map";
      case LayerNorm _ -> "a layer norm";
      case BatchNorm _ -> "a batch norm";
      case Activation activation -> "an activation (" + activation + ")";
      case StepBias _ -> "a step bias";
      case Divide _ -> "a division";
    };
  }
}
