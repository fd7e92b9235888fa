package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.spi.KeptRows;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbering and runs against lists of positions made row by row. */
class KeptRowsTest {
  static LongStream seeds() {
    return LongStream.range(0, 100);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void masks(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int batch = random.nextInt(6);
    int steps = random.nextInt(12);
    double share = random.nextInt(5) / 4.0; // none, some or all
    byte[] mask = new byte[batch * steps];
    List<List<Long>> model = new ArrayList<>();
    for (int b = 0; b < batch; b++) {
      List<Long> positions = new ArrayList<>();
      for (int t = 0; t < steps; t++) {
        if (random.nextDouble() < share) {
          mask[b * steps + t] = 1;
          positions.add((long) b * steps + t);
        }
      }
      model.add(positions);
    }
    check(model, padded(batch, steps).withKeepMask(MemorySegment.ofArray(mask)));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void lengths(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int batch = random.nextInt(6);
    int steps = random.nextInt(12);
    long[] lengths = random.longs(batch, 0, steps + 1L).toArray();
    List<List<Long>> model = new ArrayList<>();
    for (int b = 0; b < batch; b++) {
      long begin = (long) b * steps;
      model.add(LongStream.range(begin, begin + lengths[b]).boxed().toList());
    }
    check(model, padded(batch, steps).withLengths(lengths));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void offsets(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] offsets = new long[1 + random.nextInt(6)];
    List<List<Long>> model = new ArrayList<>();
    for (int b = 1; b < offsets.length; b++) {
      offsets[b] = offsets[b - 1] + random.nextInt(4);
      model.add(LongStream.range(offsets[b - 1], offsets[b]).boxed().toList());
    }
    float[] x = new float[Math.toIntExact(offsets[offsets.length - 1])];
    check(model, Sequences.ragged(MemorySegment.ofArray(x), ElementType.F32, 1, offsets));
  }

  private static Sequences padded(int batch, int steps) {
    MemorySegment x = MemorySegment.ofArray(new float[batch * steps]);
    return Sequences.padded(x, ElementType.F32, batch, steps, 1);
  }

  private static void check(List<List<Long>> model, Sequences in) {
    KeptRows kept = in.view().kept();
    List<Long> positions = model.stream().flatMap(List::stream).toList();
    assertEquals(positions.size(), kept.count());
    long row = 0;
    int firstEmpty = -1;
    for (int b = 0; b < model.size(); b++) {
      assertEquals(row, kept.first(b));
      assertEquals(model.get(b).size(), kept.count(b));
      row += model.get(b).size();
      if (firstEmpty < 0 && model.get(b).isEmpty()) {
        firstEmpty = b;
      }
    }
    assertEquals(row, kept.first(model.size()));
    assertEquals(firstEmpty, kept.firstEmpty());
    checkRuns(positions, kept);
  }

  private static void checkRuns(List<Long> positions, KeptRows kept) {
    int run = -1;
    for (int row = 0; row < positions.size(); row++) {
      if (row == 0 || positions.get(row) != positions.get(row - 1) + 1) {
        run++;
        assertEquals(row, kept.runFirst(run));
        assertEquals(positions.get(row), kept.runPosition(run));
      }
      assertEquals(run, kept.runOf(row));
      assertEquals(positions.get(row), kept.position(row));
    }
    assertEquals(run + 1, kept.runs());
    assertEquals(positions.size(), kept.runFirst(kept.runs()));
    assertTrue(kept.runs() <= kept.count());
  }
}
