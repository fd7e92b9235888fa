package io.github.attnpool.testkit;

/** Equality to the last bit, which tells −0 from 0 and one NaN from another. */
public final class Bits {
  private Bits() {}

  public static void assertSame(float[] expected, float[] actual, String what) {
    if (expected.length != actual.length) {
      throw new AssertionError(what + ": " + actual.length + " values, must be " + expected.length);
    }
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(actual[i])) {
        throw new AssertionError(
            what + ": value " + i + " is " + actual[i] + ", must be " + expected[i]);
      }
    }
  }

  public static void assertSame(Run expected, Run actual, String what) {
    assertSame(expected.scores, actual.scores, "scores" + what);
    assertSame(expected.weights, actual.weights, "weights" + what);
    assertSame(expected.context, actual.context, "context" + what);
    assertSame(expected.logits, actual.logits, "logits" + what);
  }
}
