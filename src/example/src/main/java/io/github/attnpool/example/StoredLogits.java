package io.github.attnpool.example;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Logits that PyTorch computed, [N, labels]. */
final class StoredLogits {
  /** Largest difference of a logit that rounding can explain with room to spare. */
  static final double TOLERANCE = 1e-4;

  private final String file;
  private final int rows;
  private final int labels;
  private final float[] values;

  private StoredLogits(String file, int rows, int labels, float[] values) {
    this.file = file;
    this.rows = rows;
    this.labels = labels;
    this.values = values;
  }

  /** Reads the tensor {@code logits} of a file. */
  static StoredLogits read(Path path) {
    try (TensorFile file = TensorFile.open(path)) {
      return of(file);
    }
  }

  /** Copies the tensor {@code logits} of an open file. */
  static StoredLogits of(TensorFile file) {
    TensorInfo logits = file.tensor("logits");
    if (logits.rank() != 2) {
      throw new AttnPoolException(
          "read " + file.name(), "'logits' is " + logits.describe() + ", must have two dimensions");
    }
    float[] values = file.floats(logits.name());
    return new StoredLogits(file.name(), (int) logits.dim(0), (int) logits.dim(1), values);
  }

  /** Fails unless there are so many rows and labels. */
  void checkShape(int expectedRows, int expectedLabels) {
    if (rows != expectedRows || labels != expectedLabels) {
      throw new AttnPoolException(
          "read " + file,
          String.format(
              Locale.ROOT,
              "'logits' is [%d, %d], must be [%d, %d]",
              rows,
              labels,
              expectedRows,
              expectedLabels));
    }
  }

  /** Index of a row's largest logit. */
  int prediction(int row) {
    int best = 0;
    for (int label = 1; label < labels; label++) {
      if (values[row * labels + label] > values[row * labels + best]) {
        best = label;
      }
    }
    return best;
  }

  /** Largest absolute difference of a logit, of results in the order of the rows. */
  double largestDifference(List<Classification> results) {
    double largest = 0;
    for (int row = 0; row < rows; row++) {
      for (int label = 0; label < labels; label++) {
        double expected = values[row * labels + label];
        largest = Math.max(largest, Math.abs(results.get(row).logit(label) - expected));
      }
    }
    return largest;
  }

  /** Whether a difference is within the tolerance; NaN is not. */
  static boolean isGood(double difference) {
    return difference <= TOLERANCE;
  }
}
