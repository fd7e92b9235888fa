package io.github.attnpool.internal.cuda.nvidia;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.cuda.CudaFake;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.lifetime.Releases;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The fake refuses what cuBLASLt's documentation forbids; otherwise tests on it prove little. */
class CudaMatmulRulesTest {
  private static final int INPUTS = 32;
  private static final int OUTPUTS = 16;
  private static final int ROWS = 200;
  private static final long WORKSPACE = 1 << 16;

  private final Releases releases = new Releases();
  private Arena arena;
  private MemorySegment number;
  private long handle;
  private long description;
  private long w;
  private long x;
  private long y;
  private long weight;
  private long rows;
  private long results;
  private long workspace;
  private int misuses; // so far

  @BeforeEach
  void make() {
    CudaFake.reset();
    arena = Arena.ofConfined();
    releases.own(arena::close);
    number = arena.allocate(Long.BYTES, Long.BYTES);
    handle = BlasLt.create();
    releases.own(() -> BlasLt.destroy(handle));
    description = BlasLt.description(false);
    releases.own(() -> BlasLt.destroyDescription(description));
    w = layout(GpuType.F32, OUTPUTS, INPUTS);
    x = layout(GpuType.F32, ROWS, INPUTS);
    y = layout(GpuType.F32, ROWS, OUTPUTS);
    weight = memory(4L * OUTPUTS * INPUTS);
    rows = memory(4L * ROWS * INPUTS + 64);
    results = memory(4L * ROWS * OUTPUTS + 64);
    workspace = memory(WORKSPACE + 256);
  }

  @AfterEach
  void nothingIsAlive() {
    StreamApi.synchronize(0);
    releases.close();
    assertEquals(0, CudaFake.live(), CudaFake::report);
    if (misuses == 0) {
      CudaFake.reset();
    } else {
      assertThrows(AssertionError.class, CudaFake::reset); // and forgets them
    }
  }

  private long layout(GpuType type, long count, long width) {
    long layout = BlasLt.layout(type, count, width, width);
    releases.own(() -> BlasLt.destroyLayout(layout));
    return layout;
  }

  private long memory(long bytes) {
    DeviceMemory memory = new DeviceMemory();
    long address = memory.allocate(bytes, "a test");
    releases.own(() -> memory.free(address, bytes));
    return address;
  }

  private BlasProduct product() {
    return new BlasProduct(handle, description, w, x, y);
  }

  private List<BlasAlgorithm> algorithms(int most) {
    return product().algorithms(WORKSPACE, most, arena);
  }

  private void multiply(BlasAlgorithm algorithm, long from, long to, long scratch) {
    product().multiply(algorithm, new BlasProduct.Operands(weight, from, to, scratch), 0);
  }

  /** The status, and what the fake noted. */
  private void assertRefused(String status, String misuse, Runnable call) {
    AttnPoolException e = assertThrows(AttnPoolException.class, call::run);
    assertTrue(e.getMessage().contains("CUBLAS_STATUS_" + status), e.getMessage());
    misuses += misuse.isEmpty() ? 0 : 1;
    assertEquals(misuses, CudaFake.get("misuses"), CudaFake::report);
    assertTrue(CudaFake.report().contains(misuse), CudaFake::report);
    assertEquals(0, CudaFake.get("pending"));
  }

  @Test
  void asManyAlgorithmsAsAskedFor() {
    assertEquals(1, algorithms(1).size());
    assertEquals(2, algorithms(2).size());
    assertTrue(algorithms(16).size() > 2);
    for (BlasAlgorithm algorithm : algorithms(16)) {
      assertTrue(algorithm.workspace() <= WORKSPACE);
      multiply(algorithm, rows, results, workspace);
    }
    CudaFake.set("blas.workspace", WORKSPACE + 1);
    assertEquals(List.of(0L), algorithms(16).stream().map(BlasAlgorithm::workspace).toList());
  }

  @Test
  void addresses() {
    BlasAlgorithm algorithm = algorithms(1).getFirst();
    assertRefused(
        "INVALID_VALUE",
        "cublasLtMatmul: B: the algorithm was chosen for addresses that are multiples of 16",
        () -> multiply(algorithm, rows + 8, results, workspace));
    assertRefused(
        "INVALID_VALUE",
        "cublasLtMatmul: C: the algorithm was chosen for addresses that are multiples of 16",
        () -> multiply(algorithm, rows, results + 4, workspace));
    assertRefused(
        "INVALID_VALUE",
        "the workspace's address is no multiple of 256",
        () -> multiply(algorithm, rows, results, workspace + 128));
    assertRefused(
        "INVALID_VALUE",
        "what it writes lies where something else does",
        () -> multiply(algorithm, rows, rows, workspace));
    assertRefused(
        "INVALID_VALUE",
        "what it writes lies where something else does",
        () -> multiply(algorithm, rows, results, rows));
  }

  @Test
  void pitches() {
    BlasAlgorithm algorithm = algorithms(1).getFirst();
    BlasLt.setRows(x, 100, number);
    BlasLt.setRows(y, 100, number);
    BlasLt.setPitch(x, INPUTS + 1, number);
    assertTrue(product().workspace(algorithm).isEmpty());
    assertRefused("NOT_SUPPORTED", "", () -> multiply(algorithm, rows, results, workspace));
    BlasLt.setPitch(x, INPUTS - 4, number);
    assertRefused(
        "INVALID_VALUE",
        "a leading dimension below the rows of a matrix",
        () -> multiply(algorithm, rows, results, workspace));
  }

  @Test
  void sizes() {
    BlasLt.setRows(x, 10, number);
    BlasLt.setRows(y, 10, number);
    BlasAlgorithm algorithm = algorithms(2).getLast();
    assertEquals(0, algorithm.workspace());
    multiply(algorithm, rows, results, 0);
    StreamApi.synchronize(0);
    BlasLt.setRows(x, ROWS, number);
    assertRefused(
        "INVALID_VALUE",
        "matrices whose sizes do not fit",
        () -> multiply(algorithm, rows, results, workspace));
    BlasLt.setRows(y, ROWS, number);
    assertTrue(product().workspace(algorithm).orElseThrow() > 0);
    assertRefused(
        "INVALID_VALUE",
        "a workspace of 0 bytes where 4096 are needed",
        () -> multiply(algorithm, rows, results, workspace));
    BlasLt.setRows(x, 0, number);
    BlasLt.setRows(y, 0, number);
    assertRefused(
        "INVALID_VALUE", "an empty matrix", () -> multiply(algorithm, rows, results, workspace));
  }

  @Test
  void types() {
    long w16 = layout(GpuType.BF16, OUTPUTS, INPUTS);
    long x16 = layout(GpuType.BF16, ROWS, INPUTS);
    long y16 = layout(GpuType.F16, ROWS, OUTPUTS);
    for (long[] layouts : new long[][] {{w16, x16, y16}, {w, x16, y}, {w, x, y16}}) {
      BlasProduct mixed = new BlasProduct(handle, description, layouts[0], layouts[1], layouts[2]);
      assertTrue(mixed.algorithms(WORKSPACE, 16, arena).isEmpty());
    }
    BlasProduct narrow = new BlasProduct(handle, description, w16, x16, y);
    assertEquals(2, narrow.algorithms(WORKSPACE, 2, arena).size());
    BlasAlgorithm algorithm = algorithms(1).getFirst();
    assertTrue(narrow.workspace(algorithm).isEmpty());
  }

  @Test
  void whatWasDestroyed() {
    BlasAlgorithm algorithm = algorithms(1).getFirst();
    long gone = BlasLt.description(false);
    BlasLt.destroyDescription(gone);
    assertRefused(
        "INVALID_VALUE",
        "cublasLtMatmul: a description of a multiplication that was destroyed",
        () ->
            new BlasProduct(handle, gone, w, x, y)
                .multiply(
                    algorithm, new BlasProduct.Operands(weight, rows, results, workspace), 0));
    assertRefused(
        "INVALID_VALUE",
        "a description of a multiplication that was destroyed",
        () -> BlasLt.destroyDescription(gone));
    long noHandle = BlasLt.create();
    BlasLt.destroy(noHandle);
    assertRefused(
        "NOT_INITIALIZED",
        "a handle of cuBLASLt that was destroyed",
        () ->
            new BlasProduct(noHandle, description, w, x, y)
                .multiply(
                    algorithm, new BlasProduct.Operands(weight, rows, results, workspace), 0));
  }
}
