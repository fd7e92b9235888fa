package io.github.attnpool.internal.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.Sequences;
import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small calls that come again run as one graph, with the results of single launches. */
class CudaGraphsTest {
  private static final AttentionParameters PARAMETERS = Forms.everything();

  @BeforeEach
  @AfterEach
  void nothingIsAlive() {
    CudaFake.reset();
  }

  private static AttentionPooling layer() {
    return Results.layer(PARAMETERS, Plan.FUSED, Precision.F32);
  }

  private static long launches() {
    return CudaFake.get("calls.cudaGraphLaunch");
  }

  @Test
  void theSameShapeAgainIsOneGraph() {
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = layer();
        AttentionPooling fresh = layer()) {
      for (int round = 0; round < 5; round++) {
        // Other values in other memory: what is on the way goes through the slot's own.
        Sequences in = Batches.ragged(PARAMETERS, ElementType.F32, arena, 7, 40, 3);
        in.rows().memory().orElseThrow().set(java.lang.foreign.ValueLayout.JAVA_FLOAT, 0, round);
        Results direct = Results.of(fresh, in); // its own slot's first or later call
        Results.of(layer, in).assertSameBits(direct, "round " + round);
        direct.assertNear(Results.expected(PARAMETERS, in), 1e-5, "round " + round);
      }
      assertEquals(2 * 4, launches(), "captured at the second call of each layer");
      assertEquals(2, CudaFake.get("calls.cudaStreamBeginCapture"));
    }
  }

  @Test
  void graphsAreBounded() {
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = layer()) {
      List<Sequences> shapes = new ArrayList<>();
      for (int rows = 1; rows <= 40; rows++) {
        shapes.add(Batches.ragged(PARAMETERS, ElementType.F32, arena, 41 - rows));
      }
      long most = 0;
      for (Sequences in : shapes) {
        Results first = Results.of(layer, in);
        Results.of(layer, in).assertSameBits(first, "captured");
        Results.of(layer, in).assertSameBits(first, "launched");
        most = Math.max(most, CudaFake.get("live.graphs"));
      }
      assertEquals(16, most);
      assertEquals(80, launches());
    }
  }

  @Test
  void memoryThatMovesTakesGraphsAlong() {
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = layer()) {
      Sequences small = Batches.ragged(PARAMETERS, ElementType.F32, arena, 5);
      Results expected = Results.of(layer, small);
      Results.of(layer, small);
      assertEquals(1, CudaFake.get("live.graphs"));
      Results.of(layer, Batches.ragged(PARAMETERS, ElementType.F32, arena, 90_000));
      assertEquals(0, CudaFake.get("live.graphs"));
      for (int i = 0; i < 3; i++) {
        Results.of(layer, small).assertSameBits(expected, "after growth, " + i);
      }
      assertEquals(1, CudaFake.get("live.graphs"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cudaStreamBeginCapture",
        "cudaStreamEndCapture",
        "cudaGraphInstantiateWithFlags",
        "cudaGraphDestroy"
      })
  void withoutGraphsLaunchesGoOneByOne(String function) {
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = layer()) {
      Sequences in = Batches.ragged(PARAMETERS, ElementType.F32, arena, 7, 40, 3);
      Results expected = Results.of(layer, in);
      CudaFake.fail(function, 1, 801); // cudaErrorNotSupported
      for (int i = 0; i < 4; i++) {
        Results.of(layer, in).assertSameBits(expected, function + ", call " + i);
      }
      assertEquals(0, launches());
      assertEquals(1, CudaFake.get("calls.cudaStreamBeginCapture"));
    }
    if (function.equals("cudaGraphDestroy")) {
      CudaFake.abandon(); // nobody can release what will not be released
    }
  }

  @Test
  void aLaunchThatFailsWhileItIsCapturedIsTriedAgain() {
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = layer()) {
      Sequences in = Batches.ragged(PARAMETERS, ElementType.F32, arena, 7, 40, 3);
      Results expected = Results.of(layer, in);
      CudaFake.fail("attnpool_cuda_pool", 1, -719);
      Results.of(layer, in).assertSameBits(expected, "again");
      assertEquals(0, CudaFake.get("live.graphs"));
      assertTrue(CudaFake.get("calls.cudaStreamEndCapture") > 0);
    }
  }
}
