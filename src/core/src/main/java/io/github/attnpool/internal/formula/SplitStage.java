package io.github.attnpool.internal.formula;

import io.github.attnpool.Step;
import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.HiddenForm;
import java.util.List;

/**
 * A stage in two parts, in float64: up to its first linear map, whose bias is left out, and from
 * that bias on. Between them a query's term is added, and there keys are kept.
 */
public final class SplitStage {
  private final StageDouble before;
  private final float[] bias;
  private final StageDouble after;

  /**
   * Splits a stage.
   *
   * @param steps of the stage; without a linear map all of them are in the first part
   * @param width of the rows that the stage takes
   */
  public SplitStage(List<Step> steps, int width) {
    HiddenForm form = new HiddenForm(steps);
    this.before = new StageDouble(form.upToFirst());
    this.bias = form.first().map(EffectiveMaps::bias).orElseGet(() -> new float[width]);
    this.after = new StageDouble(form.after());
  }

  /** Returns the number of values between the parts. */
  public int width() {
    return bias.length;
  }

  /** Returns the bias between the parts, not to be written to. */
  public float[] bias() {
    return bias;
  }

  /** Applies the first part to a row. */
  public double[] before(double[] row) {
    return before.apply(row);
  }

  /** Applies the second part to what the first gave, plus the bias and maybe a query's term. */
  public double[] after(double[] biased) {
    return after.apply(biased);
  }
}
