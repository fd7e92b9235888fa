package io.github.attnpool.internal.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.Plan;
import io.github.attnpool.PoolingState;
import io.github.attnpool.Precision;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.cuda.engine.WorkLimits;
import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** On the fake CUDA: a sequence's results are the same bits however it gets through the device. */
class CudaDeterminismTest {
  @BeforeEach
  @AfterEach
  void nothingIsAlive() {
    System.clearProperty(WorkLimits.CHUNK_PROPERTY);
    System.clearProperty(WorkLimits.WORKSPACE_PROPERTY);
    CudaFake.reset();
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void anyBatchAroundIt(Precision precision) {
    AttentionParameters parameters = Forms.everything();
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = Results.layer(parameters, Plan.FUSED, precision)) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, Batches.lengths());
      Results all = Results.of(layer, in);
      int contexts = parameters.heads() * parameters.width();
      for (int b = 0; b < in.batch(); b++) {
        Results alone = Results.of(layer, only(in, b));
        assertArrayEquals(
            Arrays.copyOfRange(all.values().get(Output.CONTEXT), b * contexts, (b + 1) * contexts),
            alone.values().get(Output.CONTEXT));
        assertArrayEquals(
            Arrays.copyOfRange(
                all.values().get(Output.LOGITS),
                b * parameters.logitCount(),
                (b + 1) * parameters.logitCount()),
            alone.values().get(Output.LOGITS));
      }
    }
  }

  private static Sequences only(Sequences in, int b) {
    long rows = in.offset(b + 1) - in.offset(b);
    long bytes = (long) in.width() * Float.BYTES;
    long query = (long) in.queryWidth() * Float.BYTES;
    return Sequences.ragged(
            in.rows().memory().orElseThrow().asSlice(in.offset(b) * bytes, rows * bytes),
            ElementType.F32,
            in.width(),
            0,
            rows)
        .withQueries(in.queries().orElseThrow().asSlice(b * query, query));
  }

  /** Chunks of one tile to several, pieces of some sequences, and sequences in parts. */
  @ParameterizedTest
  @CsvSource({"256, 1000000000", "512, 1000000000", "4096, 30000", "256, 8000", "1024, 3000"})
  void anyChunksAndPieces(int chunkRows, int workspace) {
    for (AttentionParameters parameters : List.of(Forms.plain(), Forms.everything())) {
      try (Arena arena = Arena.ofConfined()) {
        for (var batch : Batches.all(parameters, ElementType.F32, arena).entrySet()) {
          Results expected;
          try (AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32)) {
            expected = Results.of(layer, batch.getValue());
          }
          System.setProperty(WorkLimits.CHUNK_PROPERTY, "" + chunkRows);
          System.setProperty(WorkLimits.WORKSPACE_PROPERTY, "" + workspace);
          try (AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32)) {
            Results.of(layer, batch.getValue()).assertSameBits(expected, batch.getKey());
            Results.ofKeys(layer, batch.getValue()).assertSameBits(expected, "keys");
          }
          System.clearProperty(WorkLimits.CHUNK_PROPERTY);
          System.clearProperty(WorkLimits.WORKSPACE_PROPERTY);
        }
      }
    }
  }

  @Test
  void manyThreadsShareALayer() throws Exception {
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofShared();
        AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32);
        ExecutorService threads = Executors.newFixedThreadPool(12)) {
      List<Sequences> batches =
          List.copyOf(Batches.all(parameters, ElementType.F32, arena).values());
      List<Results> expected = batches.stream().map(in -> Results.of(layer, in)).toList();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        int which = i % batches.size();
        running.add(
            threads.submit(
                () ->
                    Results.of(layer, batches.get(which))
                        .assertSameBits(expected.get(which), "batch " + which)));
      }
      for (Future<?> call : running) {
        call.get();
      }
      // Three for each of the calls that may run at once, and the default stream.
      assertTrue(CudaFake.get("live.streams") <= 3 * 8 + 1, CudaFake::report);
    }
  }

  @Test
  void partsOfASequence() {
    AttentionParameters parameters = Forms.all().get("projection");
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32);
        AttentionPooling jvm =
            AttentionPooling.builder(parameters).backend("jvm").plan(Plan.FUSED).build()) {
      int rows = 700;
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, rows);
      Results expected = Results.of(layer, in);
      assertEquals(256, layer.blockRows());
      PoolingState state = layer.newState();
      float[] weights = new float[rows];
      List<MemorySegment> scores = new ArrayList<>();
      for (int first = 0; first < rows; first += layer.blockRows()) {
        int count = Math.min(layer.blockRows(), rows - first);
        scores.add(arena.allocate(4L * parameters.heads() * count, 4));
        state.add(part(in, first, count), scores.getLast());
      }
      assertArrayEquals(expected.values().get(Output.CONTEXT), state.context());
      assertArrayEquals(expected.values().get(Output.LOGITS), state.logits());
      int at = 0;
      for (MemorySegment some : scores) {
        long bytes = some.byteSize() / parameters.heads();
        MemorySegment head = some.asSlice(0, bytes);
        state.weights(0, head);
        float[] values = head.toArray(java.lang.foreign.ValueLayout.JAVA_FLOAT);
        System.arraycopy(values, 0, weights, at, values.length);
        at += values.length;
      }
      assertArrayEquals(Arrays.copyOf(expected.values().get(Output.WEIGHTS), rows), weights);

      // From one backend to another, both ways, and merged.
      PoolingState there = jvm.stateFromBytes(state.toBytes());
      assertNear(state.context(), there.context());
      PoolingState back = layer.newState();
      back.merge(layer.stateFromBytes(there.toBytes()));
      assertNear(state.context(), back.context());
      PoolingState twice = layer.newState();
      twice.add(part(in, 0, 100));
      PoolingState rest = layer.newState();
      rest.add(part(in, 100, rows - 100));
      twice.merge(rest);
      assertNear(state.context(), twice.context());
    }
  }

  private static Sequences part(Sequences in, long first, long rows) {
    long bytes = (long) in.width() * Float.BYTES;
    return Sequences.ragged(
        in.rows().memory().orElseThrow().asSlice(first * bytes, rows * bytes),
        ElementType.F32,
        in.width(),
        0,
        rows);
  }

  private static void assertNear(float[] expected, float[] found) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 1e-5 * Math.max(1, Math.abs(expected[i])));
    }
  }
}
