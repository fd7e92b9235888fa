package io.github.attnpool.internal.maps;

import io.github.attnpool.AttnPoolException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks and copies the arrays that steps are made of. */
public final class StepArrays {
  private StepArrays() {}

  /** Returns a copy of an array that must hold something. */
  public static float[] copied(String operation, String what, float @Nullable [] values) {
    if (values == null || values.length == 0) {
      throw new AttnPoolException(
          operation, what + " is " + (values == null ? "null" : "empty") + ", must hold values");
    }
    return values.clone();
  }

  /** Returns a copy of an array of a given size, or where it is null as many absent values. */
  public static float[] sized(
      String operation, String what, float @Nullable [] values, int size, float absent) {
    if (values == null) {
      float[] filled = new float[size];
      Arrays.fill(filled, absent);
      return filled;
    }
    if (values.length != size) {
      throw new AttnPoolException(
          operation,
          String.format(Locale.ROOT, "%s has %d values, must have %d", what, values.length, size));
    }
    return values.clone();
  }
}
