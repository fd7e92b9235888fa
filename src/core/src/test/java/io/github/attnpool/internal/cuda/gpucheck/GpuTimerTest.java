package io.github.attnpool.internal.cuda.gpucheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.ElementType;
import io.github.attnpool.internal.cuda.CudaFake;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What scripts/gpu-check times by. */
class GpuTimerTest {
  private static final GpuShape SHAPE = new GpuShape(2, 16, 64, 32);

  @BeforeEach
  @AfterEach
  void nothingIsAlive() {
    CudaFake.reset();
  }

  @Test
  void multiplicationsTakeTime() {
    DeviceMemory memory = new DeviceMemory();
    try (Arena arena = Arena.ofConfined();
        GpuTimer timer = new GpuTimer(memory);
        GpuRows rows = new GpuRows(SHAPE, ElementType.BF16, memory, arena)) {
      long before = CudaFake.get("calls.cublasLtMatmul");
      GpuTime time = GpuGemm.time(SHAPE, GpuType.BF16, false, rows, timer, memory);
      assertTrue(time.min() > 0 && time.min() <= time.median() && time.median() <= time.max());
      assertTrue(CudaFake.get("calls.cublasLtMatmul") - before >= 31 * 20, "samples of 20");
      assertEquals(0, timer.late(), "the fake does nothing before somebody waits");
    }
    assertEquals(0, memory.held());
  }

  @Test
  void launchesThatDoNotWaitAreTold() {
    CudaFake.set("eager", 1);
    DeviceMemory memory = new DeviceMemory();
    CudaFake.set("memory", 1 << 20);
    try (GpuTimer timer = new GpuTimer(memory)) {
      timer.time(_ -> {});
      assertEquals(30, timer.late());
    }
  }

  @Test
  void numbersLookTheSameEverywhere() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      GpuTime time = GpuTime.of(new double[] {3e-3, 1e-3, 2.5e-3});
      assertEquals("2.5000 (1.0000–3.0000)", time.millis());
      assertEquals("2500.0 (1000.0–3000.0)", time.micros());
      assertEquals("1.5e-01", GpuReport.error(0.15));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void shapesAreRead() {
    assertEquals(
        List.of(new GpuShape(1, 32, 64, 64), SHAPE), GpuShape.parse("1x32x64x64,2x16x64x32"));
    assertTrue(GpuShape.parse("1x50000x1024x256").getFirst().isTarget());
    assertThrows(IllegalArgumentException.class, () -> GpuShape.parse("1x2x3"));
    assertThrows(IllegalArgumentException.class, () -> GpuShape.parse("1x32x63x64"));
  }
}
