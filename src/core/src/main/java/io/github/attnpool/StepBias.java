package io.github.attnpool;

import io.github.attnpool.internal.maps.StepArrays;

/**
 * Adds a number to the scores of each row by its place in the sequence: element t to those of row
 * t, masked rows counted. A sequence must not have more rows than there are elements. Immutable and
 * thread-safe: the array is copied in and out.
 */
public final class StepBias implements Step {
  private final float[] values;

  private StepBias(float[] values) {
    this.values = values;
  }

  /**
   * Makes the step.
   *
   * @param values one per row of the longest sequence
   * @return the step
   * @throws AttnPoolException if there are none
   */
  public static StepBias of(float... values) {
    return new StepBias(StepArrays.copied("step bias", "values", values));
  }

  /** {@return the number of rows that a sequence may have} */
  public int steps() {
    return values.length;
  }

  /** {@return a copy of the values} */
  public float[] values() {
    return values.clone();
  }
}
