package io.github.attnpool.bench;

/**
 * A problem size: {@code batch} sequences of {@code steps} rows of {@code width} numbers, and a
 * hidden layer of {@code units}. Written BxTxH-D, for example {@code 32x128x256-256}.
 */
public record BenchShape(int batch, int steps, int width, int units) {
  /** Reads BxTxH-D. */
  public static BenchShape parse(String text) {
    String[] parts = text.split("[x-]", -1);
    if (parts.length != 4) {
      throw new IllegalArgumentException("shape '" + text + "' must be BxTxH-D");
    }
    int[] sizes = new int[parts.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Integer.parseInt(parts[i]);
      if (sizes[i] < 1) {
        throw new IllegalArgumentException("shape '" + text + "' has a size below 1");
      }
    }
    return new BenchShape(sizes[0], sizes[1], sizes[2], sizes[3]);
  }

  /** Rows of the whole batch. */
  public long rows() {
    return (long) batch * steps;
  }

  /** Elements of x. */
  public long elements() {
    return rows() * width;
  }

  /** Floating-point operations of the hidden layer, 2·N·H·D: what fractions of peak count. */
  public double flops() {
    return 2.0 * elements() * units;
  }

  @Override
  public String toString() {
    return batch + "x" + steps + "x" + width + "-" + units;
  }
}
