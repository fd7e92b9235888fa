package io.github.attnpool.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;

/** Equality to the last bit, which tells −0 from 0 and one NaN from another. */
public final class Bits {
  private Bits() {}

  public static void assertSame(float[] expected, float[] actual, String what) {
    assertArrayEquals(of(expected), of(actual), what);
  }

  public static void assertSame(Run expected, Run actual, String what) {
    assertSame(expected.scores, actual.scores, "scores" + what);
    assertSame(expected.weights, actual.weights, "weights" + what);
    assertSame(expected.context, actual.context, "context" + what);
    assertSame(expected.logits, actual.logits, "logits" + what);
  }

  private static int[] of(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }
}
