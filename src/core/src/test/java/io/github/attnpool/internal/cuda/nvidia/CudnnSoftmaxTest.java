package io.github.attnpool.internal.cuda.nvidia;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.cuda.CudaFake;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.lookup.CudaSystem;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** cuDNN's softmax on the fake CUDA, split into calls of sizes that cuDNN accepts. */
class CudnnSoftmaxTest {
  private static final int LENGTH = 2;
  private static final int EXECUTION_FAILED = 5000; // CUDNN_STATUS_EXECUTION_FAILED

  private CurrentDevice current;

  @BeforeEach
  void toTheDevice() {
    CudaFake.reset();
    CudaSystem.get().needCudnn();
    current = new CurrentDevice(GpuDevice.of(0));
  }

  @AfterEach
  void nothingIsAlive() {
    current.close();
    CudaFake.reset();
  }

  @Test
  void moreRowsThanOneCallDoes() {
    int rows = (int) (2 * CudnnSoftmax.MOST_ROWS + 1);
    MemorySegment host = MemoryApi.hostAlloc((long) rows * LENGTH * Float.BYTES);
    long device = MemoryApi.mallocOrZero(host.byteSize());
    try (LaunchQueue queue = new LaunchQueue();
        CudnnSoftmax softmax = new CudnnSoftmax()) {
      for (int row = 0; row < rows; row++) {
        host.setAtIndex(JAVA_FLOAT, (long) row * LENGTH, row % 7);
        host.setAtIndex(JAVA_FLOAT, (long) row * LENGTH + 1, 0);
      }
      queue.upload(device, host, 0, host.byteSize());
      softmax.run(device, rows, LENGTH, queue.stream());
      queue.download(host, 0, device, host.byteSize());
      queue.await();
      assertEquals(3, CudaFake.get("calls.cudnnSoftmaxForward"));
      for (int row = 0; row < rows; row++) {
        double expected = 1 / (1 + Math.exp(-(row % 7)));
        assertEquals(
            expected, host.getAtIndex(JAVA_FLOAT, (long) row * LENGTH), 1e-6, "row " + row);
      }
    } finally {
      MemoryApi.free(device);
      MemoryApi.freeHost(host);
    }
  }

  @Test
  void rowsOfOneCall() {
    assertEquals(65535, CudnnSoftmax.mostRows(1));
    assertEquals(65535, CudnnSoftmax.mostRows(32768)); // together 2^31 - 32768 values
    assertEquals(65534, CudnnSoftmax.mostRows(32769));
    assertEquals(1, CudnnSoftmax.mostRows(Integer.MAX_VALUE));
  }

  @Test
  void aRowThatIsTooLong() {
    try (CudnnSoftmax softmax = new CudnnSoftmax()) {
      AttnPoolException e =
          assertThrows(AttnPoolException.class, () -> softmax.run(0, 1, 1L << 31, 0));
      assertTrue(e.getMessage().contains("must be below 2^31"), e.getMessage());
    }
  }

  @Test
  void failuresSayMore() {
    CudaFake.fail("cudnnCreate", 1, EXECUTION_FAILED);
    AttnPoolException e = assertThrows(AttnPoolException.class, CudnnSoftmax::new);
    assertTrue(
        e.getMessage().startsWith("cudnnCreate: CUDNN_STATUS_EXECUTION_FAILED (5000): "),
        e.getMessage());
  }
}
