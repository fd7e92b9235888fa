package io.github.attnpool.bench;

import java.util.Arrays;

/**
 * The sizes of a call: {@code batch} sequences of {@code steps} rows of {@code width} numbers, a
 * hidden layer of {@code units}, and a form of the layer. Written as BxTxH-D and the words of the
 * form, for example {@code 32x128x256-256} or {@code 1x50000x1024-256+proj512+gate}. D = 0 is the
 * linear form, without hidden units.
 */
public record BenchShape(int batch, int steps, int width, int units, BenchForm form) {
  /** Reads BxTxH-D and the words of a form. */
  public static BenchShape parse(String text) {
    String[] words = text.split("\\+", -1);
    String[] parts = words[0].split("[x-]", -1);
    if (parts.length != 4) {
      throw new IllegalArgumentException("shape '" + text + "' must be BxTxH-D");
    }
    int[] sizes = new int[parts.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Integer.parseInt(parts[i]);
      if (sizes[i] < (i == 3 ? 0 : 1)) {
        throw new IllegalArgumentException("shape '" + text + "' has a size that is too small");
      }
    }
    BenchForm form = BenchForm.of(Arrays.asList(words).subList(1, words.length));
    if (sizes[3] == 0 && (form.gated() || form.asked())) {
      throw new IllegalArgumentException("shape '" + text + "' is linear: no gate, no query");
    }
    return new BenchShape(sizes[0], sizes[1], sizes[2], sizes[3], form);
  }

  /** Returns the number of rows of the whole batch. */
  public long rows() {
    return (long) batch * steps;
  }

  /** Returns the number of elements of x. */
  public long elements() {
    return rows() * width;
  }

  /** Returns the width of a row that is scored. */
  public int rowWidth() {
    return form.projected() == 0 ? width : form.projected();
  }

  /** Tells whether the form is the textbook's, which every peer has. */
  public boolean isTextbook() {
    return units > 0 && form.equals(BenchForm.TEXTBOOK);
  }

  /**
   * Returns the floating-point operations of the maps that every row passes, which are what
   * fractions of the peak count. In the textbook's form, 2·N·H·D. Scores count in the linear form
   * and with a softmax per channel. The last map of the values does not: it is applied to contexts.
   */
  public double flops() {
    double projection = (double) width * form.projected();
    int scores = form.statistics() ? rowWidth() : form.heads();
    double scored = units == 0 ? scores : units * (form.gated() ? 2.0 : 1.0);
    double channels = form.statistics() ? (double) units * scores : 0;
    return 2.0 * rows() * (projection + rowWidth() * (scored + form.values()) + channels);
  }

  @Override
  public String toString() {
    return batch + "x" + steps + "x" + width + "-" + units + form;
  }
}
