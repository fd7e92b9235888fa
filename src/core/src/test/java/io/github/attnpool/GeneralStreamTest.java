package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.testkit.Bits;
import io.github.attnpool.testkit.Forms;
import io.github.attnpool.testkit.GeneralForms;
import io.github.attnpool.testkit.Variant;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sequences in parts, for layers of stages of any steps. */
class GeneralStreamTest {
  private static final int ROWS = 1150;
  private static final double TOLERANCE = 1e-6;

  static Stream<Arguments> formsAndVariants() {
    return forms(false)
        .flatMap(
            form ->
                variants().stream()
                    .map(each -> Arguments.of(Named.of(form.getKey(), form.getValue()), each)));
  }

  static Stream<Arguments> placedFormsAndVariants() {
    return forms(true)
        .flatMap(
            form ->
                variants().stream()
                    .map(each -> Arguments.of(Named.of(form.getKey(), form.getValue()), each)));
  }

  private static Stream<Map.Entry<String, AttentionParameters>> forms(boolean placed) {
    return GeneralForms.all().entrySet().stream()
        .filter(
            each ->
                each.getValue().score().stream().anyMatch(StepBias.class::isInstance) == placed);
  }

  private static List<Variant> variants() {
    return Variant.fused().stream().filter(each -> !each.backend().equals("cuda")).toList();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("formsAndVariants")
  void partsGiveWhatOneCallGives(AttentionParameters parameters, Variant variant) {
    try (Arena arena = Arena.ofShared();
        AttentionPooling layer = variant.withThreads(2).open(parameters)) {
      Parts parts = new Parts(layer, arena);
      Outputs whole = layer.allocate(parts.in(0, ROWS), arena, layerOutputs(parameters));
      layer.forward(parts.in(0, ROWS), whole);
      float[] expected = whole.toArray(Output.CONTEXT);
      int block = layer.blockRows();

      PoolingState blocks = layer.newState();
      for (int from = 0; from < ROWS; from += block) {
        parts.add(blocks, from, Math.min(ROWS, from + block));
      }
      Bits.assertSame(expected, blocks.context(), "context of blocks");
      for (int head = 0; head < parameters.heads(); head++) {
        blocks.weights(head, parts.scores(head));
      }
      Bits.assertSame(
          whole.toArray(Output.WEIGHTS), parts.scores.toArray(JAVA_FLOAT), "weights of blocks");

      PoolingState first = layer.newState();
      parts.add(first, 0, 1);
      parts.add(first, 1, 300);
      PoolingState later = layer.newState();
      parts.add(later, 300, ROWS);
      first.merge(layer.stateFromBytes(later.toBytes()));
      assertClose(expected, first.context());
      if (parameters.logitCount() > 0) {
        Bits.assertSame(whole.toArray(Output.LOGITS), blocks.logits(), "logits of blocks");
      }
    }
  }

  /** States of all engines lie alike. */
  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("formsAndVariants")
  void statesGoFromBackendToBackend(AttentionParameters parameters, Variant variant) {
    try (Arena arena = Arena.ofShared();
        AttentionPooling layer = variant.open(parameters);
        AttentionPooling other =
            new Variant("jvm", Plan.FUSED, Precision.F32, 1).open(parameters)) {
      Parts parts = new Parts(layer, arena);
      PoolingState state = layer.newState();
      parts.add(state, 0, ROWS);
      PoolingState moved = other.stateFromBytes(state.toBytes());
      assertEquals(ROWS, moved.rows());
      assertClose(state.context(), moved.context());
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("placedFormsAndVariants")
  void partsDoNotKnowTheirPlace(AttentionParameters parameters, Variant variant) {
    try (AttentionPooling layer = variant.open(parameters)) {
      AttnPoolException refusal = assertThrows(AttnPoolException.class, layer::newState);
      assertTrue(refusal.getMessage().contains("step bias"), refusal.getMessage());
    }
  }

  private static Set<Output> layerOutputs(AttentionParameters parameters) {
    return parameters.logitCount() > 0
        ? EnumSet.of(Output.CONTEXT, Output.WEIGHTS, Output.LOGITS)
        : EnumSet.of(Output.CONTEXT, Output.WEIGHTS);
  }

  private static void assertClose(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    double size = 0;
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      size += expected[i] * expected[i];
      error += Math.pow(expected[i] - actual[i], 2);
    }
    double relative = Math.sqrt(error / size);
    assertTrue(relative <= TOLERANCE, () -> "off by " + relative);
  }

  /** A sequence, and the scores of its rows as they are added. */
  private static final class Parts {
    final MemorySegment scores; // [R, ROWS]
    private final Arena arena;
    private final AttentionParameters parameters;
    private final MemorySegment x;

    Parts(AttentionPooling layer, Arena arena) {
      this.arena = arena;
      this.parameters = layer.parameters();
      int values = ROWS * parameters.inputWidth();
      this.x = arena.allocateFrom(JAVA_FLOAT, Forms.uniform(new Random(11), values, 1));
      this.scores = arena.allocate(JAVA_FLOAT, (long) ROWS * parameters.heads());
    }

    Sequences in(int from, int to) {
      long rowBytes = (long) parameters.inputWidth() * Float.BYTES;
      Sequences rows =
          Sequences.ragged(
              x.asSlice(from * rowBytes, (to - from) * rowBytes),
              ElementType.F32,
              parameters.inputWidth(),
              0,
              to - from);
      if (parameters.query().isEmpty()) {
        return rows;
      }
      float[] query = Forms.uniform(new Random(12), parameters.queryWidth(), 1);
      return rows.withQueries(arena.allocateFrom(JAVA_FLOAT, query));
    }

    void add(PoolingState state, int from, int to) {
      int rows = to - from;
      MemorySegment part = arena.allocate(JAVA_FLOAT, (long) rows * parameters.heads());
      state.add(in(from, to), part);
      for (int head = 0; head < parameters.heads(); head++) {
        long at = ((long) head * ROWS + from) * Float.BYTES;
        MemorySegment.copy(
            part, (long) head * rows * Float.BYTES, scores, at, (long) rows * Float.BYTES);
      }
    }

    MemorySegment scores(int head) {
      long bytes = (long) ROWS * Float.BYTES;
      return scores.asSlice(head * bytes, bytes);
    }
  }
}
