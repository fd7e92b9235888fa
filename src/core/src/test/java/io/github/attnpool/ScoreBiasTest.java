package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Forms;
import io.github.attnpool.testkit.Reference;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A bias is added to the scores; the softmax and all that follows are those of the sum. */
class ScoreBiasTest {
  private static final float NEVER = Float.NEGATIVE_INFINITY;

  static List<Variant> variants() {
    return Variant.offered().stream()
        .filter(each -> each.backend().equals("jvm") || each.plan() == Plan.FUSED)
        .filter(each -> !each.backend().equals("cuda"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void isAddedBeforeTheSoftmax(Variant variant) {
    Random random = new Random(11);
    for (Map.Entry<String, AttentionParameters> form : Forms.small().entrySet()) {
      AttentionParameters parameters = form.getValue();
      int heads = parameters.heads();
      for (Map.Entry<String, Batch> batch : batches(parameters, random).entrySet()) {
        for (int biasHeads : new int[] {1, heads}) {
          float[] bias = Forms.uniform(random, batch.getValue().positions() * biasHeads, 3);
          for (int i = 0; i < bias.length; i += 7) {
            bias[i] = NEVER;
          }
          check(variant, form.getKey() + ", " + batch.getKey(), parameters, batch.getValue(), bias);
        }
      }
    }
  }

  private static Map<String, Batch> batches(AttentionParameters parameters, Random random) {
    int width = parameters.inputWidth();
    Map<String, Batch> batches = new TreeMap<>();
    Batch ragged =
        Batch.ragged(Forms.uniform(random, 705 * width, 1), width, 0, 3, 3, 4, 700, 702, 705);
    Batch padded = Batch.padded(Forms.uniform(random, 3 * 40 * width, 1), 3, 40, width);
    boolean[] keep = new boolean[3 * 40];
    for (int i = 0; i < keep.length; i++) {
      keep[i] = random.nextBoolean();
    }
    batches.put("ragged", ragged);
    batches.put("padded", padded);
    batches.put("lengths", padded.withLengths(40, 0, 13));
    batches.put("mask", padded.withKeep(keep));
    if (!parameters.query().isEmpty()) {
      batches.replaceAll(
          (_, batch) ->
              batch.withQueries(Forms.uniform(random, batch.batch() * parameters.queryWidth(), 1)));
    }
    return batches;
  }

  /** Against the reference's scores without a bias, and the formulas in float64. */
  private static void check(
      Variant variant, String name, AttentionParameters parameters, Batch batch, float[] bias) {
    int heads = parameters.heads();
    int biasHeads = bias.length / Math.max(1, batch.positions());
    Reference plain = Reference.of(parameters, batch);
    try (AttentionPooling layer = variant.open(parameters);
        Arena arena = Arena.ofConfined()) {
      Sequences in = batch.sequences(arena).withScoreBias(MemorySegment.ofArray(bias), biasHeads);
      assertEquals(biasHeads, in.biasHeads());
      Outputs out = Run.room(layer, in, arena, Run.all(layer));
      layer.forward(in, out);
      float[] scores = out.toArray(Output.SCORES);
      float[] weights = out.toArray(Output.WEIGHTS);
      float[] context = out.toArray(Output.CONTEXT);
      int width = parameters.width();
      for (int b = 0; b < batch.batch(); b++) {
        for (int r = 0; r < heads; r++) {
          double[] e = new double[batch.positions()];
          double max = NEVER;
          for (int t = batch.begin(b); t < batch.end(b); t++) {
            int at = biasHeads == 1 ? t : batch.index(heads, r, b, t);
            e[t] = plain.result().scores[batch.index(heads, r, b, t)];
            e[t] = batch.kept(t) ? e[t] + bias[at] : NEVER;
            max = Math.max(max, e[t]);
          }
          double sum = 0;
          for (int t = batch.begin(b); t < batch.end(b); t++) {
            sum += max == NEVER ? 0 : Math.exp(e[t] - max);
          }
          sum += max == NEVER ? 1 : parameters.softmaxEpsilon() / Math.exp(max);
          double[] c = new double[width];
          for (int t = batch.begin(b); t < batch.end(b); t++) {
            String where = name + ", " + variant + ", head " + r + ", position " + t;
            int at = batch.index(heads, r, b, t);
            double weight = max == NEVER ? 0 : Math.exp(e[t] - max) / sum;
            assertEquals(e[t], scores[at], 2e-5, where);
            assertEquals(weight, weights[at], 2e-5, where);
            assertTrue(e[t] > NEVER || weights[at] == 0, where);
            for (int h = 0; h < width && batch.kept(t); h++) {
              c[h] += weight * plain.row(t)[h];
            }
          }
          for (int h = 0; h < width; h++) {
            assertEquals(c[h], context[(b * heads + r) * width + h], 2e-5, name + ", " + variant);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void aSequenceWhoseRowsAreAllRuledOutGivesZeros(Variant variant) {
    AttentionParameters parameters = Forms.small().get("plain");
    int width = parameters.inputWidth();
    for (int rows : new int[] {1, 5, 600}) {
      float[] bias = new float[rows + 2];
      Arrays.fill(bias, 0, rows, NEVER);
      try (AttentionPooling layer = variant.open(parameters);
          Arena arena = Arena.ofConfined()) {
        Sequences in =
            Batch.ragged(
                    Forms.uniform(new Random(3), (rows + 2) * width, 1), width, 0, rows, rows + 2)
                .sequences(arena)
                .withScoreBias(MemorySegment.ofArray(bias));
        Outputs out = Run.room(layer, in, arena, Run.all(layer));
        layer.forward(in, out);
        assertArrayEquals(
            new float[width], Arrays.copyOf(out.toArray(Output.CONTEXT), width), "" + rows);
        float[] weights = out.toArray(Output.WEIGHTS);
        assertArrayEquals(new float[rows], Arrays.copyOf(weights, rows));
        assertEquals(1, weights[rows] + weights[rows + 1], 1e-6);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void keysAndPartsGiveTheBitsOfOneCall(Variant variant) {
    if (variant.plan() != Plan.FUSED) {
      return;
    }
    AttentionParameters parameters = Forms.small().get("gate, heads");
    int width = parameters.inputWidth();
    int heads = parameters.heads();
    try (AttentionPooling layer = variant.open(parameters);
        Arena arena = Arena.ofShared()) {
      int block = layer.blockRows();
      int rows = 2 * block + 5;
      MemorySegment x =
          arena.allocateFrom(JAVA_FLOAT, Forms.uniform(new Random(5), rows * width, 1));
      float[] bias = Forms.uniform(new Random(6), heads * rows, 3);
      Sequences whole =
          Sequences.ragged(x, ElementType.F32, width, 0, rows)
              .withScoreBias(MemorySegment.ofArray(bias), heads);
      Outputs out = layer.allocate(whole, arena, EnumSet.of(Output.CONTEXT));
      layer.forward(whole, out);
      float[] expected = out.toArray(Output.CONTEXT);
      layer.forward(layer.projectKeys(whole, arena), out);
      assertArrayEquals(expected, out.toArray(Output.CONTEXT));
      PoolingState state = layer.newState();
      for (int from = 0; from < rows; from += block) {
        int count = Math.min(block, rows - from);
        float[] part = new float[heads * count];
        for (int r = 0; r < heads; r++) {
          System.arraycopy(bias, r * rows + from, part, r * count, count);
        }
        MemorySegment some =
            x.asSlice((long) from * width * Float.BYTES, (long) count * width * Float.BYTES);
        state.add(
            Sequences.ragged(some, ElementType.F32, width, 0, count)
                .withScoreBias(MemorySegment.ofArray(part), heads));
      }
      assertArrayEquals(expected, state.context());
    }
  }

  @Test
  void refusesWhatItCannotAdd() {
    Sequences in = Sequences.padded(MemorySegment.ofArray(new float[12]), ElementType.F32, 2, 3, 2);
    refuse("the bias has 20 bytes, must have 24: F32, one for each of the 6", in, 1, new float[5]);
    refuse("the bias has 24 bytes, must have 48: F32, 2 (one per head)", in, 2, new float[6]);
    refuse("the bias is for 0 heads, must be at least 1", in, 0, new float[6]);
    float[] bias = new float[6];
    bias[4] = Float.NaN;
    refuse("the bias at position 4 is NaN, must be finite, or -Infinity", in, 1, bias);
    float[] perHead = new float[12];
    perHead[10] = Float.POSITIVE_INFINITY;
    refuse("the bias at position 4, head 1 is Infinity, must be finite", in, 2, perHead);
    Sequences shorter = in.withLengths(3, 1); // position 4 does not take part
    assertEquals(1, shorter.withScoreBias(MemorySegment.ofArray(bias)).biasHeads());
    assertEquals(0, in.biasHeads());
  }

  private static void refuse(String problem, Sequences in, int heads, float[] bias) {
    AttnPoolException e =
        assertThrows(
            AttnPoolException.class, () -> in.withScoreBias(MemorySegment.ofArray(bias), heads));
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  @Test
  void anotherNumberOfHeadsIsRefused() {
    AttentionParameters parameters = Forms.small().get("gate, heads");
    int width = parameters.inputWidth();
    try (AttentionPooling layer = AttentionPooling.builder(parameters).backend("jvm").build();
        Arena arena = Arena.ofConfined()) {
      Sequences in =
          Sequences.ragged(MemorySegment.ofArray(new float[width]), ElementType.F32, width, 0, 1)
              .withScoreBias(MemorySegment.ofArray(new float[2]), 2);
      Outputs out = layer.allocate(in, arena);
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> layer.forward(in, out));
      assertEquals("the bias has values for 2 heads, must have them for 1 or 3", e.problem());
    }
  }

  @Test
  void anEngineWithoutItRefusesByName() {
    FakeBackend backend = new FakeBackend();
    AttentionParameters parameters = Forms.small().get("plain");
    int width = parameters.inputWidth();
    try (AttentionPooling layer = backend.layer(parameters);
        Arena arena = Arena.ofConfined()) {
      Sequences in =
          Sequences.ragged(MemorySegment.ofArray(new float[width]), ElementType.F32, width, 0, 1)
              .withScoreBias(MemorySegment.ofArray(new float[1]));
      Outputs out = layer.allocate(in, arena);
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> layer.forward(in, out));
      assertTrue(e.problem().contains("which backend fake"), e.problem());
    }
  }
}
