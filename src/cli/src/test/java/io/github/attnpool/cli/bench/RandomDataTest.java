package io.github.attnpool.cli.bench;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.internal.maps.PlainLayer;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class RandomDataTest {
  private static final Shape SHAPE = new Shape(3, 50, 100, 7);

  @Test
  void rowsAreSpreadOverTheIntervalAndNeverZero() {
    try (Arena arena = Arena.ofConfined()) {
      float[] x =
          RandomData.rows(SHAPE, ElementType.F32, arena)
              .rows()
              .memory()
              .orElseThrow()
              .toArray(JAVA_FLOAT);
      double sum = 0;
      double squares = 0;
      for (float value : x) {
        assertTrue(value != 0 && Math.abs(value) <= 1);
        sum += value;
        squares += value * value;
      }
      assertEquals(0, sum / x.length, 0.02);
      assertEquals(1.0 / 3, squares / x.length, 0.02);
      assertArrayEquals(
          x,
          RandomData.rows(SHAPE, ElementType.F32, arena)
              .rows()
              .memory()
              .orElseThrow()
              .toArray(JAVA_FLOAT));
    }
  }

  @Test
  void rowsInBf16AreTheSameCutShort() {
    try (Arena arena = Arena.ofConfined()) {
      float[] x =
          RandomData.rows(SHAPE, ElementType.F32, arena)
              .rows()
              .memory()
              .orElseThrow()
              .toArray(JAVA_FLOAT);
      short[] cut =
          RandomData.rows(SHAPE, ElementType.BF16, arena)
              .rows()
              .memory()
              .orElseThrow()
              .toArray(JAVA_SHORT);
      for (int i = 0; i < x.length; i++) {
        assertEquals(x[i], Float.intBitsToFloat(cut[i] << 16), Math.abs(x[i]) / 128);
      }
    }
  }

  @Test
  void weightsAreOfTheSeedLayoutAndScaled() {
    AttentionParameters parameters = RandomData.parameters(SHAPE);
    assertEquals(100, parameters.width());
    assertEquals(7, parameters.units());
    assertEquals(1, parameters.heads());
    for (float weight : PlainLayer.of(parameters).hidden().orElseThrow().weight()) {
      assertTrue(weight != 0 && Math.abs(weight) <= 0.1f);
    }
    assertTrue(PlainLayer.of(parameters).score().bias().isPresent());
  }
}
