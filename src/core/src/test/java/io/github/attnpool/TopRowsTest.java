package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopRowsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100, 999, 1000, 5000})
  void asAFullSortHasIt(int k) {
    SplittableRandom random = new SplittableRandom(k);
    float[] weights = new float[1000];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextInt(300); // many equal ones
    }
    List<RankedRow> sorted = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      sorted.add(new RankedRow(i, weights[i]));
    }
    sorted.sort(Comparator.comparingDouble(row -> -row.weight())); // stable
    assertEquals(
        sorted.subList(0, Math.min(k, weights.length)),
        TopRows.of(MemorySegment.ofArray(weights), 0, weights.length, k));
  }

  @Test
  void notANumberComesFirst() {
    MemorySegment weights = MemorySegment.ofArray(new float[] {0, 0.5f, Float.NaN, 1});
    assertEquals(
        List.of(2L, 3L), TopRows.of(weights, 0, 4, 2).stream().map(RankedRow::row).toList());
  }

  @Test
  void ofOneHeadOfOneSequence() {
    Linear twoHeads = Linear.of(2, 2, new float[4]);
    try (AttentionPooling layer =
            AttentionPooling.builder(AttentionParameters.linear(twoHeads)).backend("jvm").build();
        Arena arena = Arena.ofConfined()) {
      Sequences padded = Sequences.padded(Rows.of(new float[12], 2), 2, 3);
      Sequences ragged =
          Sequences.ragged(MemorySegment.ofArray(new float[12]), ElementType.F32, 2, 0, 2, 6);
      for (Sequences in : List.of(padded, ragged)) {
        Outputs out = layer.allocate(in, arena);
        for (int i = 0; i < 12; i++) {
          out.weights().setAtIndex(JAVA_FLOAT, i, i);
        }
        RankedRow best = out.top(in, 1, 0, 1).getFirst();
        long last = in.offset(2) - in.offset(1) - 1;
        assertEquals(last, best.row());
        assertEquals((float) (in.resultIndex(1, 0, 2) + last), best.weight());
      }
    }
  }

  @Test
  void whatIsNotThereIsRefused() {
    Linear score = Linear.of(1, 2, new float[2]);
    try (AttentionPooling layer =
            AttentionPooling.builder(AttentionParameters.linear(score)).backend("jvm").build();
        Arena arena = Arena.ofConfined()) {
      Sequences in = Sequences.padded(Rows.of(new float[12], 2), 2, 3);
      Outputs out = layer.allocate(in, arena);
      for (int[] bad : new int[][] {{2, 0, 1}, {-1, 0, 1}, {0, 1, 1}, {0, -1, 1}, {0, 0, 0}}) {
        assertTrue(
            assertThrows(AttnPoolException.class, () -> out.top(in, bad[0], bad[1], bad[2]))
                .problem()
                .contains("must be below 2, below 1, at least 1"));
      }
      Sequences other = Sequences.padded(Rows.of(new float[6], 2), 1, 3);
      assertThrows(AttnPoolException.class, () -> out.top(other, 0, 0, 1));
    }
  }
}
