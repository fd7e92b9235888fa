package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.EngineInputs;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.fused.FusedEngine;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.spi.EngineOptions;
import io.github.attnpool.spi.StreamEngine;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A sequence in parts: the same as in one call. */
class StreamedPartsTest {
  private static final int ROWS = 700;

  static Stream<Arguments> kernelsAndLayers() {
    return Stream.of(BothKernels.scalar(), BothKernels.best())
        .flatMap(
            kernels ->
                Forms.combinations().entrySet().stream()
                    .filter(layer -> layer.getValue().query().isEmpty())
                    .map(
                        layer ->
                            Arguments.of(
                                Named.of(kernels.isa(), kernels),
                                layer.getKey(),
                                layer.getValue())));
  }

  @ParameterizedTest
  @MethodSource("kernelsAndLayers")
  void wholeBlocksGiveTheSameBits(TileKernels kernels, String name, AttentionParameters layer) {
    TileCase c = new TileCase(name.hashCode(), ROWS, layer);
    try (Parts parts = new Parts(kernels, c)) {
      int block = parts.stream.blockRows();
      for (int each = block; each <= 3 * block; each += block) {
        List<Integer> cuts = new ArrayList<>();
        for (int from = 0; from < ROWS; from += each) {
          cuts.add(from);
        }
        float[][] results = parts.results(parts.state(cuts));
        assertArrayEquals(parts.expected, results, "parts of " + each);
      }
    }
  }

  /** Cut anywhere, and the later half pooled apart and merged. */
  @ParameterizedTest
  @MethodSource("kernelsAndLayers")
  void anyPartsGiveTheSameButForRounding(
      TileKernels kernels, String name, AttentionParameters layer) {
    TileCase c = new TileCase(name.hashCode(), ROWS, layer);
    try (Parts parts = new Parts(kernels, c)) {
      MemorySegment state = parts.clear();
      parts.add(0, 1, state);
      parts.add(1, 301, state);
      MemorySegment later = parts.clear();
      parts.add(301, 302, later);
      parts.add(302, ROWS, later);
      parts.stream.merge(state, later);
      float[][] results = parts.results(state);
      for (int i = 0; i < results.length; i++) {
        for (int k = 0; k < results[i].length; k++) {
          float expected = parts.expected[i][k];
          assertEquals(expected, results[i][k], 1e-6 * Math.max(1, Math.abs(expected)));
        }
      }
    }
  }

  /** A layer, its results for the whole sequence, and states of parts. */
  private static final class Parts implements AutoCloseable {
    final Arena arena = Arena.ofShared();
    final TileCase c;
    final FusedEngine engine;
    final StreamEngine stream;
    final float[][] expected; // context, scores, weights, logits
    private final MemorySegment scores;

    Parts(TileKernels kernels, TileCase c) {
      this.c = c;
      this.engine =
          new FusedEngine(
              c.parameters,
              new EngineOptions(Plan.FUSED, Precision.F32, 1, EmptySequencePolicy.ZERO),
              new JvmTileProgram(LayerForm.of(c.parameters), kernels));
      this.stream = engine.stream().orElseThrow();
      this.scores = arena.allocate(JAVA_FLOAT, (long) c.heads * ROWS);
      this.expected = expected();
    }

    private float[][] expected() {
      try (AttentionPooling layer =
          AttentionPooling.builder(c.parameters).backend("jvm").plan(Plan.STAGED).build()) {
        Sequences in = part(0, ROWS);
        Outputs weights = layer.allocate(in, arena);
        Outputs scores = layer.allocate(in, arena, EnumSet.of(Output.SCORES));
        engine.forward(EngineInputs.of(in), EngineInputs.of(weights, in));
        engine.forward(EngineInputs.of(in), EngineInputs.of(scores, in));
        return new float[][] {
          weights.toArray(Output.CONTEXT),
          scores.toArray(Output.SCORES),
          weights.toArray(Output.WEIGHTS),
          weights.has(Output.LOGITS) ? weights.toArray(Output.LOGITS) : new float[0]
        };
      }
    }

    private Sequences part(int from, int to) {
      MemorySegment rows =
          c.rows(arena).asSlice((long) from * c.width * 4, (long) (to - from) * c.width * 4);
      return Sequences.ragged(rows, ElementType.F32, c.width, 0, to - from);
    }

    MemorySegment clear() {
      MemorySegment state = arena.allocate(stream.stateBytes(), 64);
      stream.clear(state);
      return state;
    }

    MemorySegment state(List<Integer> cuts) {
      MemorySegment state = clear();
      for (int i = 0; i < cuts.size(); i++) {
        add(cuts.get(i), i + 1 < cuts.size() ? cuts.get(i + 1) : ROWS, state);
      }
      return state;
    }

    void add(int from, int to, MemorySegment state) {
      int count = to - from;
      MemorySegment some = arena.allocate(JAVA_FLOAT, (long) c.heads * count);
      stream.add(EngineInputs.of(part(from, to)), state, some);
      for (int head = 0; head < c.heads; head++) {
        MemorySegment.copy(some, 4L * head * count, scores, 4L * (head * ROWS + from), 4L * count);
      }
    }

    float[][] results(MemorySegment state) {
      MemorySegment context = arena.allocate(JAVA_FLOAT, expected[0].length);
      MemorySegment logits = arena.allocate(JAVA_FLOAT, expected[3].length);
      stream.finish(state, context, expected[3].length == 0 ? null : logits);
      float[] raw = scores.toArray(JAVA_FLOAT);
      for (int head = 0; head < c.heads; head++) {
        stream.weigh(scores.asSlice(4L * head * ROWS, 4L * ROWS), head, state);
      }
      return new float[][] {
        context.toArray(JAVA_FLOAT), raw, scores.toArray(JAVA_FLOAT), logits.toArray(JAVA_FLOAT)
      };
    }

    @Override
    public void close() {
      engine.close();
      arena.close();
    }
  }
}
