package io.github.attnpool.internal.jvm.fast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.Linear;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The multiplication of both kernels against float64 loops, for every remainder of sizes. */
class PackedWeightsTest {
  private static final double ROUNDING = Math.ulp(1f) / 2;

  static Stream<Arguments> kernels() {
    return BothKernels.arguments();
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void everySmallSize(TileKernels kernels) {
    for (int units = 1; units <= 40; units++) {
      for (int width = 1; width <= 70; width++) {
        check(kernels, units, width, 100 * units + width);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void severalPanels(TileKernels kernels) {
    for (int units : new int[] {64, 100, 128, 250, 1023, 1024, 1025, 2100}) {
      check(kernels, units, 33, units);
    }
  }

  private static void check(TileKernels kernels, int units, int width, int seed) {
    Random random = new Random(seed);
    float[] weight = BothKernels.uniform(random, units * width, 1);
    float[] bias = BothKernels.uniform(random, units, 1);
    float[] rows = BothKernels.uniform(random, RowQuad.ROWS * width, 1);
    PackedWeights packed = kernels.pack(Linear.of(units, width, weight, bias));
    RowQuad x = new RowQuad();
    x.moveTo(Padding.rows(rows, RowQuad.ROWS, width, packed.inputs), 0, packed.inputs);
    RowQuad y = RowQuad.separate(packed.panel(0));
    int end = 0;
    for (int from = 0; from < packed.units; from = end) {
      end = from + packed.panel(from);
      packed.multiply(x, from, y);
      for (int d = from; d < end; d++) {
        float[] actual = {y.row0[d - from], y.row1[d - from], y.row2[d - from], y.row3[d - from]};
        for (int t = 0; t < RowQuad.ROWS; t++) {
          String where = units + "x" + width + ", unit " + d + " of row " + t;
          double sum = 0;
          double size = 0;
          if (d < units) {
            sum = bias[d];
            size = Math.abs(sum);
            for (int k = 0; k < width; k++) {
              double product = (double) weight[d * width + k] * rows[t * width + k];
              sum += product;
              size += Math.abs(product);
            }
          }
          assertEquals(sum, actual[t], (width + 1) * ROUNDING * size + Float.MIN_VALUE, where);
        }
      }
    }
    assertEquals(packed.units, end);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void paddingStaysZeroWhateverTheRows(TileKernels kernels) {
    float[] weight = {1, 2, 3, 4, 5, 6};
    PackedWeights packed = kernels.pack(Linear.of(3, 2, weight));
    RowQuad x = RowQuad.separate(packed.inputs);
    x.fill(new float[] {Float.POSITIVE_INFINITY, Float.NaN}, 0, 2);
    RowQuad y = RowQuad.separate(packed.panel(0));
    packed.multiply(x, 0, y);
    assertEquals(Float.NaN, y.row0[2]);
    for (int d = 3; d < packed.units; d++) {
      assertEquals(0f, y.row3[d], "unit " + d);
    }
  }
}
