package io.github.attnpool.batch;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.arguments.Arguments;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Locale;

/**
 * Sequences told by a bag number for each row: rows with equal numbers lie side by side and form a
 * sequence.
 */
final class BagRuns {
  private final long[] offsets;
  private final long[] numbers;

  private BagRuns(long[] offsets, long[] numbers) {
    this.offsets = offsets;
    this.numbers = numbers;
  }

  /**
   * Reads the numbers.
   *
   * @param bags integers [N]
   * @throws AttnPoolException if a number comes back after another one
   */
  static BagRuns read(TensorFile file, TensorInfo bags) {
    long rows = bags.dim(0);
    long[] offsets = new long[16];
    long[] numbers = new long[15];
    int count = 0;
    try (Arena arena = Arena.ofConfined()) {
      IntegerWindow window = new IntegerWindow(file, bags, arena);
      for (long row = 0; row < rows; row++) {
        long number = window.get(row);
        if (count > 0 && numbers[count - 1] == number) {
          continue;
        }
        if (count == numbers.length) {
          numbers = Arrays.copyOf(numbers, 2 * count);
          offsets = Arrays.copyOf(offsets, 2 * count + 1);
        }
        offsets[count] = row;
        numbers[count++] = number;
      }
    }
    offsets[count] = rows;
    BagRuns runs = new BagRuns(Arrays.copyOf(offsets, count + 1), Arrays.copyOf(numbers, count));
    runs.checkTogether(file, bags);
    return runs;
  }

  private void checkTogether(TensorFile file, TensorInfo bags) {
    long[] sorted = numbers.clone();
    Arrays.sort(sorted);
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        throw comesBack(file, bags, sorted[i]);
      }
    }
  }

  private AttnPoolException comesBack(TensorFile file, TensorInfo bags, long number) {
    int first = 0;
    while (numbers[first] != number) {
      first++;
    }
    int again = first + 1;
    while (numbers[again] != number) {
      again++;
    }
    return new AttnPoolException(
        "read " + file.name(),
        String.format(
            Locale.ROOT,
            "%s[%d] is %d, which ended at row %d: the rows of a bag must lie side by side",
            bags.name(),
            offsets[again],
            number,
            offsets[first + 1] - 1));
  }

  /** Returns the row with which a bag begins; for B, the end of the last. */
  long offset(int bag) {
    return offsets[bag];
  }

  /** Returns all of these, [B+1]. */
  long[] offsets() {
    return offsets.clone();
  }

  /** Returns the number of a bag. */
  long number(int bag) {
    new Arguments("bags").index("sequence", bag, numbers.length);
    return numbers[bag];
  }

  /** Returns B, the number of bags. */
  int batch() {
    return numbers.length;
  }
}
