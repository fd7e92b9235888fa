package io.github.attnpool.internal.cuda.gpucheck;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.testkit.Forms;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A padded batch and the textbook module over it: what is timed. */
record GpuShape(int batch, int steps, int width, int units) {
  /** Those that have targets, in BF16. */
  static final List<GpuShape> TARGETS =
      List.of(new GpuShape(64, 512, 768, 768), new GpuShape(1, 50000, 1024, 256));

  /** Those of every table of this project, the ones with targets first. */
  static final List<GpuShape> ALL =
      List.of(
          TARGETS.get(0),
          TARGETS.get(1),
          new GpuShape(1, 32, 64, 64),
          new GpuShape(1, 128, 256, 256),
          new GpuShape(1, 512, 768, 768),
          new GpuShape(32, 128, 256, 256),
          new GpuShape(256, 64, 128, 128));

  /**
   * Reads shapes.
   *
   * @param text for example {@code 1x32x64x64,2x64x64x64}: B, T, H, D of each
   * @throws IllegalArgumentException if it names none, or one whose widths are no multiples of 8
   */
  static List<GpuShape> parse(String text) {
    return Arrays.stream(text.split(",", -1)).map(GpuShape::parseOne).toList();
  }

  private static GpuShape parseOne(String text) {
    if (!text.matches("[1-9]\\d{0,6}(x[1-9]\\d{0,6}){3}")) {
      throw new IllegalArgumentException("'" + text + "' is no shape, must be BxTxHxD");
    }
    int[] n = Arrays.stream(text.split("x", -1)).mapToInt(Integer::parseInt).toArray();
    if (n[2] % 8 != 0 || n[3] % 8 != 0) { // the yardstick takes aligned matrices alone
      throw new IllegalArgumentException("H and D of " + text + " must be multiples of 8");
    }
    return new GpuShape(n[0], n[1], n[2], n[3]);
  }

  int rows() {
    return Math.multiplyExact(batch, steps);
  }

  /** Whether a call's fixed cost counts: then its time is told in microseconds. */
  boolean isSmall() {
    return batch == 1 && steps <= 128;
  }

  boolean isTarget() {
    return TARGETS.contains(this);
  }

  /** Parameters of a module of this size, always the same. */
  AttentionParameters parameters() {
    Random random = new Random(hashCode());
    return AttentionParameters.additive(
        Forms.linear(random, units, width), Forms.linear(random, 1, units));
  }

  @Override
  public String toString() {
    return batch + "x" + steps + "x" + width + "x" + units;
  }
}
