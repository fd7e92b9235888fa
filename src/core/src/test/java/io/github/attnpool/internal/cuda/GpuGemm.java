package io.github.attnpool.internal.cuda;

import io.github.attnpool.bindings.cudart.Cudart;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The yardstick of timings: cuBLASLt's multiplication of rows [rows, inputs] by a matrix [outputs,
 * inputs] alone, all rows at once, results in the rows' type, by the algorithm that cuBLASLt holds
 * to be the fastest. The layer's own keeps F32 results and takes one algorithm for all numbers of
 * rows: what that costs is in the ratio.
 */
final class GpuGemm {
  private static final long WORKSPACE = 32L << 20;

  private GpuGemm() {}

  /**
   * Median time in seconds.
   *
   * @param x address of the rows, aligned
   */
  static double seconds(
      int rows,
      int inputs,
      int outputs,
      GpuType type,
      boolean tf32,
      long x,
      int runs,
      GpuTimer timer,
      DeviceMemory memory) {
    try (Releases releases = new Releases();
        Arena arena = Arena.ofConfined()) {
      long blas = BlasLt.create();
      releases.own(() -> BlasLt.destroy(blas));
      long description = BlasLt.description(tf32);
      releases.own(() -> BlasLt.destroyDescription(description));
      long weightLayout = layout(type, outputs, inputs, releases);
      long xLayout = layout(type, rows, inputs, releases);
      long yLayout = layout(type, rows, outputs, releases);
      List<BlasLt.Algorithm> found =
          BlasLt.algorithms(
              blas, description, new long[] {weightLayout, xLayout, yLayout}, WORKSPACE, 1, arena);
      if (found.isEmpty()) {
        return Double.NaN;
      }
      long weight = allocate(memory, GpuMatrix.bytes(type, inputs, outputs), releases);
      long y = allocate(memory, GpuMatrix.bytes(type, outputs, rows), releases);
      long workspace = allocate(memory, WORKSPACE, releases);
      // Its values do not matter but for power: rows serve as weights.
      CudaStatus.cuda(
          "cudaMemcpyAsync",
          Cudart.cudaMemcpyAsync(
              MemorySegment.ofAddress(weight),
              MemorySegment.ofAddress(x),
              GpuMatrix.bytes(type, inputs, Math.min(rows, outputs)),
              Cudart.cudaMemcpyDeviceToDevice(),
              MemorySegment.ofAddress(timer.stream())));
      return timer.median(
          runs,
          () ->
              BlasLt.multiply(
                  blas,
                  description,
                  weight,
                  weightLayout,
                  x,
                  xLayout,
                  y,
                  yLayout,
                  found.getFirst(),
                  workspace,
                  timer.stream()));
    }
  }

  private static long layout(GpuType type, long rows, long width, Releases releases) {
    long layout = BlasLt.layout(type, rows, width, type.pitch(width));
    releases.own(() -> BlasLt.destroyLayout(layout));
    return layout;
  }

  private static long allocate(DeviceMemory memory, long bytes, Releases releases) {
    long address = memory.allocate(bytes, "the yardstick");
    releases.own(() -> memory.free(address, bytes));
    return address;
  }
}
