package io.github.attnpool.internal.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.DeviceRows;
import io.github.attnpool.ElementType;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Output;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.Rows;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.cuda.device.DeviceBuffer;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.device.MemoryPlan;
import io.github.attnpool.internal.cuda.engine.WorkLimits;
import io.github.attnpool.internal.cuda.nvidia.MemoryApi;
import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Device memory on the fake CUDA: bounded, freed, or owned by the caller. */
class CudaMemoryTest {
  private static final int WIDTH = 40;

  @BeforeEach
  @AfterEach
  void nothingIsAlive() {
    System.clearProperty(WorkLimits.WORKSPACE_PROPERTY);
    CudaFake.reset();
  }

  @Test
  void theSameForAnyNumberOfRows() {
    AttentionParameters parameters = Forms.plain();
    System.setProperty(WorkLimits.WORKSPACE_PROPERTY, "200000");
    long[] peaks = new long[2];
    for (int i = 0; i < peaks.length; i++) {
      CudaFake.reset();
      try (Arena arena = Arena.ofConfined();
          AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32)) {
        long rows = i == 0 ? 20_000 : 80_000;
        Results.of(
            layer,
            Batches.ragged(parameters, ElementType.F32, arena, rows, rows / 10, 3),
            EnumSet.allOf(Output.class));
        peaks[i] = CudaFake.get("peak.bytes");
      }
    }
    assertEquals(peaks[0], peaks[1]);
  }

  @Test
  void planEndsWhenMemoryIsReserved() {
    try (AttentionPooling _ = Results.layer(Forms.plain(), Plan.FUSED, Precision.F32);
        DeviceBuffer buffer = new DeviceBuffer(new DeviceMemory(), "a test", () -> {})) {
      MemoryPlan plan = new MemoryPlan();
      plan.bytes(1);
      MemoryPlan.Place place = plan.floats(3);
      assertThrows(IllegalStateException.class, place::address);
      plan.reserve(buffer);
      assertEquals(buffer.reserve(1) + 256, place.address());
      assertThrows(IllegalStateException.class, () -> plan.bytes(1));
    }
  }

  @Test
  void rowsOfTheCaller() {
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32);
        AttentionPooling staged = Results.layer(parameters, Plan.STAGED, Precision.BF16);
        AttentionPooling onednn = AttentionPooling.builder(parameters).backend("jvm").build()) {
      int steps = 600;
      MemorySegment x = Batches.rows(new Random(1), ElementType.F32, 3 * steps * WIDTH, arena);
      long address = MemoryApi.mallocOrZero(x.byteSize());
      try {
        MemoryApi.upload(address, x);
        DeviceRows rows = new DeviceRows(address, x.byteSize());
        Sequences host = Sequences.padded(x, ElementType.F32, 3, steps, WIDTH);
        Sequences device = Sequences.padded(Rows.of(rows, ElementType.F32, WIDTH), 3, steps);
        MemorySegment keep = arena.allocate(3L * steps);
        for (int i = 0; i < 3 * steps; i++) {
          keep.set(ValueLayout.JAVA_BYTE, i, (byte) (i % 5 == 0 ? 0 : 1));
        }
        for (AttentionPooling some : new AttentionPooling[] {layer, staged}) {
          Results.of(some, device).assertSameBits(Results.of(some, host), "all rows");
          Results.of(some, device.withLengths(5, 0, 300))
              .assertSameBits(Results.of(some, host.withLengths(5, 0, 300)), "lengths");
          Results.of(some, device.withKeepMask(keep))
              .assertSameBits(Results.of(some, host.withKeepMask(keep)), "mask");
          Results.ofKeys(some, device).assertSameBits(Results.of(some, host), "keys");
        }
        AttnPoolException e =
            assertThrows(AttnPoolException.class, () -> Results.of(onednn, device));
        assertEquals(
            "forward: x lies in device memory, backend jvm reads host memory only", e.getMessage());
        assertTrue(device.rows().memory().isEmpty());
        assertEquals(rows, device.rows().device().orElseThrow());
        e = assertThrows(AttnPoolException.class, () -> device.rows().withPitch(WIDTH + 1));
        assertTrue(e.getMessage().contains("device memory"), e.getMessage());
      } finally {
        MemoryApi.free(address);
      }
    }
  }

  @Test
  void whatIsNoMemoryOfTheDevice() {
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32);
        AttentionPooling uniform =
            AttentionPooling.builder(parameters)
                .backend("cuda")
                .emptySequence(EmptySequencePolicy.UNIFORM)
                .build()) {
      MemorySegment x = Batches.rows(new Random(1), ElementType.F32, 10 * WIDTH, arena);
      long address = MemoryApi.mallocOrZero(x.byteSize());
      try {
        MemoryApi.upload(address, x);
        for (long wrong : new long[] {x.address(), address + 16, address + 2}) {
          Sequences in =
              Sequences.padded(
                  Rows.of(new DeviceRows(wrong, x.byteSize()), ElementType.F32, WIDTH), 1, 10);
          AttnPoolException e = assertThrows(AttnPoolException.class, () -> Results.of(layer, in));
          assertTrue(e.getMessage().startsWith("forward: "), e.getMessage());
        }
        Sequences empty =
            Sequences.padded(
                    Rows.of(new DeviceRows(address, x.byteSize()), ElementType.F32, WIDTH), 1, 10)
                .withLengths(0);
        assertThrows(AttnPoolException.class, () -> Results.of(uniform, empty));
        Results.of(layer, empty);
      } finally {
        MemoryApi.free(address);
      }
    }
    assertThrows(AttnPoolException.class, () -> new DeviceRows(0, 4));
    assertThrows(
        AttnPoolException.class,
        () -> Sequences.padded(Rows.of(new DeviceRows(64, 100), ElementType.F32, WIDTH), 1, 10));
  }
}
