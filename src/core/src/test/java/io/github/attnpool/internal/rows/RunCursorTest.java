package io.github.attnpool.internal.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.spi.KeptRows;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Walks over random stretches, against the position of each row. */
class RunCursorTest {
  static LongStream seeds() {
    return LongStream.range(0, 50);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void walksEveryRowOnce(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int sequences = 1 + random.nextInt(4);
    KeptRows.Builder builder = new KeptRows.Builder(sequences);
    long position = 0;
    for (int b = 0; b < sequences; b++) {
      for (int run = random.nextInt(4); run > 0; run--) {
        position += random.nextInt(3);
        int rows = random.nextInt(5);
        builder.keep(position, rows);
        position += rows;
      }
      builder.endSequence();
    }
    KeptRows kept = builder.build();
    RunCursor runs = new RunCursor();
    for (int b = 0; b < sequences; b++) {
      runs.start(kept, b);
      check(runs, kept, kept.first(b), kept.count(b));
    }
    runs.start(kept);
    check(runs, kept, 0, kept.count());
    long first = random.nextLong(kept.count() + 1);
    long rows = random.nextLong(kept.count() - first + 1);
    runs.start(kept, first, rows);
    check(runs, kept, first, rows);
  }

  private static void check(RunCursor runs, KeptRows kept, long first, long rows) {
    long row = first;
    while (runs.next()) {
      assertEquals(row, runs.row());
      assertTrue(runs.rows() > 0);
      for (long i = 0; i < runs.rows(); i++) {
        assertEquals(kept.position(row + i), runs.position() + i);
      }
      row += runs.rows();
      assertEquals(row == first + rows, runs.isLast());
      assertTrue(runs.isLast() || kept.position(row) > runs.position() + runs.rows());
    }
    assertEquals(first + rows, row);
    assertFalse(runs.next());
  }
}
