package io.github.attnpool.internal.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.Sequences;
import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Has every library call that can fail do so, each time it is made, on the fake CUDA. */
class CudaFailureTest {
  private static final int STATUS = 999; // of any function: unknown

  @BeforeEach
  @AfterEach
  void nothingIsAlive() {
    CudaFake.reset();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuCtxGetCurrent",
        "cudaMalloc",
        "cudaHostAlloc",
        "cudaMemcpy",
        "cudaMemcpyAsync",
        "cudaStreamCreateWithFlags",
        "cudaStreamSynchronize",
        "cudaStreamWaitEvent",
        "cudaEventCreateWithFlags",
        "cudaEventRecord",
        "cudaEventSynchronize",
        "cublasLtCreate",
        "cublasLtMatmulDescCreate",
        "cublasLtMatmulDescSetAttribute",
        "cublasLtMatrixLayoutCreate",
        "cublasLtMatrixLayoutSetAttribute",
        "cublasLtMatmulPreferenceCreate",
        "cublasLtMatmulPreferenceSetAttribute",
        "cublasLtMatmulAlgoGetHeuristic",
        "cublasLtMatmul",
        "cudnnCreate",
        "cudnnCreateTensorDescriptor",
        "cudnnSetTensor4dDescriptor",
        "cudnnSetStream",
        "cudnnSoftmaxForward",
        "attnpool_cuda_copy_rows",
        "attnpool_cuda_activate",
        "attnpool_cuda_score",
        "attnpool_cuda_pool",
        "attnpool_cuda_merge",
        "attnpool_cuda_weights",
        "attnpool_cuda_pad",
        "attnpool_cuda_unpad"
      })
  void atTheNthCall(String function) {
    AttentionParameters parameters = Forms.everything();
    try (Arena arena = Arena.ofConfined()) {
      Sequences in = Batches.ragged(parameters, ElementType.BF16, arena, 300, 0, 290, 270);
      int failures = 0;
      for (Plan plan : Plan.values()) {
        Results expected;
        try (AttentionPooling layer = Results.layer(parameters, plan, Precision.F32)) {
          expected = Results.of(layer, in);
        }
        for (int nth = 1; failsOnce(function, nth, parameters, plan, in, expected); nth++) {
          failures++;
        }
      }
      assertTrue(failures > 0, function + " was never called");
    }
  }

  /** Whether the nth call of the function came to be, and so failed. */
  private static boolean failsOnce(
      String function,
      int nth,
      AttentionParameters parameters,
      Plan plan,
      Sequences in,
      Results expected) {
    CudaFake.reset();
    CudaFake.fail(function, nth, STATUS);
    String what = function + " " + nth + " in " + plan;
    AttnPoolException failure = null;
    AttentionPooling layer = null;
    try {
      layer = Results.layer(parameters, plan, Precision.F32);
      Results.of(layer, in);
    } catch (AttnPoolException e) {
      failure = e;
      assertTrue(e.getMessage().contains(function), e.getMessage());
    }
    CudaFake.spare(function);
    if (layer != null) {
      Results.of(layer, in).assertSameBits(expected, what);
      layer.close();
    }
    assertEquals(0, CudaFake.live(), () -> what + ": " + CudaFake.report());
    assertEquals(0, CudaFake.get("misuses"), () -> what + ": " + CudaFake.report());
    return failure != null;
  }

  /** As after a kernel that crashed: every later call fails, and closing ends all the same. */
  @Test
  void anOperationOnTheStream() {
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofConfined()) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, 600);
      AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32);
      Results.of(layer, in);
      CudaFake.fail("execution", 3, 700);
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> Results.of(layer, in));
      assertTrue(e.getMessage().contains("cudaErrorIllegalAddress"), e.getMessage());
      try {
        layer.close();
      } catch (AttnPoolException broken) {
        assertTrue(broken.getMessage().contains("cuda"), broken.getMessage());
      }
      CudaFake.abandon();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cudaFree",
        "cudaFreeHost",
        "cudaStreamDestroy",
        "cudaEventDestroy",
        "cublasLtDestroy",
        "cublasLtMatmulDescDestroy",
        "cublasLtMatrixLayoutDestroy"
      })
  void aReleaseThatFailsDoesNotHinderTheOthers(String function) {
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofConfined()) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, 600);
      AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32);
      Results.of(layer, in);
      CudaFake.fail(function, 1, STATUS);
      AttnPoolException e = assertThrows(AttnPoolException.class, layer::close);
      assertTrue(e.getMessage().startsWith(function), e.getMessage());
      assertEquals(1, CudaFake.live(), CudaFake::report);
      CudaFake.abandon();
    }
  }

  @Test
  void tooLittleMemory() {
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32)) {
      Sequences small = Batches.ragged(parameters, ElementType.F32, arena, 10);
      Sequences large = Batches.ragged(parameters, ElementType.F32, arena, new long[3000]);
      Sequences rows = Batches.ragged(parameters, ElementType.F32, arena, 20_000);
      Results expected = Results.of(layer, small);
      long before = CudaFake.get("live.bytes");
      CudaFake.set("memory", before + (1 << 16));
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> Results.of(layer, rows));
      assertTrue(
          e.getMessage().startsWith("allocate device memory: there is no room for the "),
          e.getMessage());
      assertTrue(CudaFake.get("live.bytes") <= before, CudaFake::report);
      Results.of(layer, small).assertSameBits(expected, "after too little memory");
      assertEquals(3000, large.batch());
      CudaFake.set("memory", 1000);
      assertThrows(
          AttnPoolException.class,
          () -> Results.layer(parameters, Plan.FUSED, Precision.F32).close());
      assertThrows(AttnPoolException.class, () -> Results.of(layer, large));
      CudaFake.set("memory", 1 << 28);
      Results.of(layer, large);
      Results.of(layer, rows);
    }
  }
}
