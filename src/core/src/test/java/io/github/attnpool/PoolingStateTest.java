package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.testkit.Forms;
import io.github.attnpool.testkit.Variant;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A sequence that comes in parts against the same in one call: the same bits where parts are whole
 * blocks, and within rounding however else it is cut or merged.
 */
class PoolingStateTest {
  private static final int ROWS = 5000;
  private static final double ROUNDING = 1e-6;

  static Stream<Arguments> formsAndVariants() {
    Map<Variant, List<Precision>> precisions = new LinkedHashMap<>();
    for (Variant variant : Variant.offered()) {
      if (variant.plan() == Plan.FUSED) {
        precisions.put(variant, variant.precisions());
      }
    }
    return Forms.small().keySet().stream()
        .flatMap(
            form ->
                precisions.entrySet().stream()
                    .flatMap(
                        entry ->
                            entry.getValue().stream()
                                .map(precision -> Arguments.of(form, entry.getKey(), precision))));
  }

  private static AttentionPooling layer(String form, Variant variant, Precision precision) {
    return variant.builder(Forms.small().get(form)).precision(precision).build();
  }

  @ParameterizedTest(name = "{0} on {1} in {2}")
  @MethodSource("formsAndVariants")
  void wholeBlocksGiveTheBitsOfOneCall(String form, Variant variant, Precision precision) {
    Random random = new Random(1);
    try (AttentionPooling layer = layer(form, variant, precision);
        Arena arena = Arena.ofShared()) {
      int block = layer.blockRows();
      LongSequence sequence = new LongSequence(layer, ROWS, arena);
      Map<Output, float[]> expected = sequence.inOneCall();
      for (int blocks : new int[] {1, 2, 5, 12}) {
        int[] sizes = equal(blocks * block);
        String what = "parts of " + blocks + " blocks";
        LongSequence.assertSameBits(expected, sequence.inParts(sizes), what);
      }
      int[] sizes = random.ints(ROWS, 0, 9).map(blocks -> blocks * block).toArray();
      LongSequence.assertSameBits(expected, sequence.inParts(sizes), "parts of 0 to 8 blocks");
    }
  }

  @ParameterizedTest(name = "{0} on {1} in {2}")
  @MethodSource("formsAndVariants")
  void anyPartsAreWithinRounding(String form, Variant variant, Precision precision) {
    Random random = new Random(2);
    try (AttentionPooling layer = layer(form, variant, precision);
        Arena arena = Arena.ofShared()) {
      LongSequence sequence = new LongSequence(layer, ROWS, arena);
      Map<Output, float[]> expected = sequence.inOneCall();
      for (int size : new int[] {1, 7, 100, 1777, ROWS - 1}) {
        assertWithinRounding(expected, sequence.inParts(equal(size)), "parts of " + size);
      }
      int[] sizes = random.ints(ROWS, 0, 300).toArray();
      assertWithinRounding(expected, sequence.inParts(sizes), "parts of 0 to 299");
    }
  }

  /** A row's scores depend on nothing else, and so are the same bits. */
  private static void assertWithinRounding(
      Map<Output, float[]> expected, Map<Output, float[]> actual, String what) {
    LongSequence.assertClose(ROUNDING, expected, actual, what);
    assertArrayEquals(expected.get(Output.SCORES), actual.get(Output.SCORES), what);
  }

  @ParameterizedTest(name = "{0} on {1} in {2}")
  @MethodSource("formsAndVariants")
  void mergedInAnyGrouping(String form, Variant variant, Precision precision) {
    Random random = new Random(3);
    try (AttentionPooling layer = layer(form, variant, precision);
        Arena arena = Arena.ofShared()) {
      LongSequence sequence = new LongSequence(layer, ROWS, arena);
      Map<Output, float[]> expected = sequence.inOneCall();
      for (Grouping grouping : Grouping.values()) {
        List<PoolingState> states = states(sequence, random);
        PoolingState merged = grouping.merge(states, random);
        assertEquals(ROWS, merged.rows());
        LongSequence.assertClose(ROUNDING, expected, LongSequence.of(merged), "merged " + grouping);
      }
    }
  }

  /** Of parts that are cut at random; one has a single row, one none. */
  private static List<PoolingState> states(LongSequence sequence, Random random) {
    int[] inner = random.ints(9, 1, ROWS - 1).toArray();
    int[] cuts =
        IntStream.concat(Arrays.stream(inner), IntStream.of(0, inner[0], inner[1] + 1, ROWS))
            .sorted()
            .toArray();
    List<PoolingState> states = new ArrayList<>();
    for (int i = 0; i + 1 < cuts.length; i++) {
      states.add(sequence.state(cuts[i], cuts[i + 1]));
    }
    return states;
  }

  private enum Grouping {
    LEFT,
    RIGHT,
    PAIRS,
    SHUFFLED;

    PoolingState merge(List<PoolingState> states, Random random) {
      if (this == SHUFFLED) {
        Collections.shuffle(states, random);
      }
      while (states.size() > 1) {
        int last = states.size() - 1;
        switch (this) {
          case LEFT, SHUFFLED -> states.get(0).merge(states.remove(1));
          case RIGHT -> states.get(last - 1).merge(states.remove(last));
          case PAIRS -> {
            for (int i = 0; i + 1 < states.size(); i++) {
              states.get(i).merge(states.remove(i + 1));
            }
          }
        }
      }
      return states.get(0);
    }
  }

  @ParameterizedTest(name = "{0} on {1} in {2}")
  @MethodSource("formsAndVariants")
  void goesOnFromBytesWithTheSameBits(String form, Variant variant, Precision precision) {
    try (AttentionPooling layer = layer(form, variant, precision);
        AttentionPooling other = layer(form, variant, precision);
        Arena arena = Arena.ofShared()) {
      LongSequence sequence = new LongSequence(layer, ROWS, arena);
      PoolingState here = sequence.state(0, 1234);
      PoolingState there = other.stateFromBytes(here.toBytes());
      LongSequence.assertSameBits(LongSequence.of(here), LongSequence.of(there), "from bytes");
      here.add(sequence.part(1234, ROWS));
      there.add(sequence.part(1234, ROWS));
      LongSequence.assertSameBits(LongSequence.of(here), LongSequence.of(there), "gone on");
      assertArrayEquals(here.toBytes(), there.toBytes());
    }
  }

  @ParameterizedTest(name = "{0} on {1} in {2}")
  @MethodSource("formsAndVariants")
  void mergingNothingChangesNothing(String form, Variant variant, Precision precision) {
    try (AttentionPooling layer = layer(form, variant, precision);
        Arena arena = Arena.ofShared()) {
      LongSequence sequence = new LongSequence(layer, ROWS, arena);
      PoolingState some = sequence.state(0, 300);
      byte[] before = some.toBytes();
      some.merge(layer.newState());
      assertArrayEquals(before, some.toBytes());
      some.add(sequence.part(300, 300));
      assertArrayEquals(before, some.toBytes());
      PoolingState nothing = layer.newState();
      nothing.merge(some);
      LongSequence.assertSameBits(
          LongSequence.of(some), LongSequence.of(nothing), "merged into nothing");
      assertArrayEquals(before, some.toBytes());
    }
  }

  private static int[] equal(int size) {
    int[] sizes = new int[(ROWS + size - 1) / size];
    Arrays.fill(sizes, size);
    return sizes;
  }
}
