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
import io.github.attnpool.forked.ForkedJvm;
import io.github.attnpool.internal.cuda.nvidia.CurrentDevice;
import io.github.attnpool.internal.cuda.nvidia.DriverApi;
import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.spi.Availability;
import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Choosing a device, and what is said of them, on the fake CUDA with two devices. */
class CudaDevicesTest {
  @BeforeEach
  @AfterEach
  void nothingIsAlive() {
    System.clearProperty(CudaBackend.DEVICE_PROPERTY);
    CudaFake.reset();
  }

  @Test
  void autoLeavesTheDeviceAloneAndSaysSo() {
    try (AttentionPooling layer = AttentionPooling.builder(Forms.plain()).build()) {
      assertEquals("onednn", layer.info().backend());
      String notice = layer.info().notices().getFirst();
      assertTrue(notice.contains("auto does not take backend cuda: it has never run on"), notice);
      assertTrue(notice.endsWith("to use it, name backend cuda; taking onednn"), notice);
    }
    try (AttentionPooling layer = AttentionPooling.builder(Forms.plain()).backend("cuda").build()) {
      assertEquals("cuda", layer.info().backend());
      assertEquals("sm_90", layer.info().isa());
      assertEquals(List.of(), layer.info().notices());
    }
  }

  @Test
  void severalDevices() {
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofConfined();
        AttentionPooling first = Results.layer(parameters, Plan.FUSED, Precision.F32);
        AttentionPooling second = AttentionPooling.builder(parameters).backend("cuda:1").build()) {
      assertEquals("cuda:1", second.info().backend());
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, Batches.lengths());
      Results.of(second, in).assertSameBits(Results.of(first, in), "on the other device");
    }
    System.setProperty(CudaBackend.DEVICE_PROPERTY, "1");
    try (AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32)) {
      assertEquals("cuda", layer.info().backend());
    }
  }

  @Test
  void noContextElsewhere() {
    ForkedJvm jvm =
        new ForkedJvm(UseDevice.class)
            .environment("ATTNPOOL_FAKE", "devices=2")
            .option("--add-reads=io.github.attnpool=ALL-UNNAMED"); // JUnit's assertions
    CudaFake.PROPERTIES.forEach(name -> jvm.property(name, System.getProperty(name)));
    assertEquals("contexts 0 1", jvm.arguments("cuda:1").run().good().strip());
  }

  @Test
  void goesBackToTheContextBefore() {
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32)) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, Batches.lengths());
      for (long context : new long[] {0, CudaFake.foreignContext(0), DriverApi.primary(1)}) {
        DriverApi.makeCurrent(context);
        Results.of(layer, in);
        assertEquals(context, DriverApi.current());
      }
    } finally {
      DriverApi.makeCurrent(0);
    }
  }

  @Test
  void contextsThatCannotBe() {
    GpuDevice device = new GpuDevice(7, "none", 90, 1, 1, 0);
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> new CurrentDevice(device));
    assertEquals("cuDevicePrimaryCtxRetain: CUDA_ERROR_INVALID_DEVICE (101)", e.getMessage());
  }

  @Test
  void devicesThatAreNotThere() {
    AttentionPooling.Builder builder = AttentionPooling.builder(Forms.plain());
    AttnPoolException e =
        assertThrows(AttnPoolException.class, () -> builder.backend("cuda:2").build());
    assertEquals(
        "choose backend: 'cuda:2' cannot be used here: there is no device 2, must be 0 to 1",
        e.getMessage());
    for (String name : new String[] {"cuda:", "cuda:x", "cuda:-1", "jvm:0"}) {
      e = assertThrows(AttnPoolException.class, () -> builder.backend(name).build());
      assertTrue(e.getMessage().startsWith("choose backend: "), e.getMessage());
    }
  }

  @Test
  void facts() {
    Availability found = new CudaBackend().availability();
    assertEquals("13.0", found.facts().get("version"));
    assertTrue(found.facts().get("device0").endsWith(", sm_90"), found.facts()::toString);
    assertTrue(found.facts().containsKey("device1"));
    for (String library : new String[] {"cudart", "cublaslt", "cudnn", "kernels"}) {
      assertTrue(found.facts().get(library).endsWith(".so"), library);
    }
  }

  @Test
  void whichCanBeUsed() {
    assertTrue(new GpuDevice(0, "H200", 90, 132, 1 << 25, 0).problem().isEmpty());
    assertTrue(
        new GpuDevice(0, "T4", 75, 40, 1 << 22, 0).problem().orElseThrow().contains("too old"));
    assertTrue(
        new GpuDevice(0, "A100", 80, 108, 1 << 25, 2)
            .problem()
            .orElseThrow()
            .contains("prohibited"));
  }
}
