package io.github.attnpool.internal.cuda.gpucheck;

import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.nvidia.BlasAlgorithm;
import io.github.attnpool.internal.cuda.nvidia.BlasLt;
import io.github.attnpool.internal.cuda.nvidia.BlasProduct;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.lifetime.Releases;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * The yardstick of timings: cuBLASLt's multiplication of rows [rows, width] by a matrix [units,
 * width] alone, all rows at once, results in the rows' type, by the fastest of the algorithms that
 * cuBLASLt proposes. The layer's own keeps F32 results and takes one algorithm for all numbers of
 * rows: what that costs is in the ratio.
 */
final class GpuGemm {
  private static final long WORKSPACE = 32L << 20;
  private static final int CANDIDATES = 8;

  private final GpuShape shape;
  private final GpuType type;
  private final Releases releases;
  private final DeviceMemory memory;

  private GpuGemm(GpuShape shape, GpuType type, Releases releases, DeviceMemory memory) {
    this.shape = shape;
    this.type = type;
    this.releases = releases;
    this.memory = memory;
  }

  /** Time of one multiplication; not a number where cuBLASLt has no algorithm. */
  static GpuTime time(
      GpuShape shape,
      GpuType type,
      boolean tf32,
      GpuRows rows,
      GpuTimer timer,
      DeviceMemory memory) {
    try (Releases releases = new Releases();
        Arena arena = Arena.ofConfined()) {
      return new GpuGemm(shape, type, releases, memory).time(tf32, rows, timer, arena);
    }
  }

  private GpuTime time(boolean tf32, GpuRows rows, GpuTimer timer, Arena arena) {
    long blas = BlasLt.create();
    releases.own(() -> BlasLt.destroy(blas));
    long description = BlasLt.description(tf32);
    releases.own(() -> BlasLt.destroyDescription(description));
    long weightLayout = layout(shape.units(), shape.width());
    long xLayout = layout(shape.rows(), shape.width());
    long yLayout = layout(shape.rows(), shape.units());
    BlasProduct product = new BlasProduct(blas, description, weightLayout, xLayout, yLayout);
    List<BlasAlgorithm> found = product.algorithms(WORKSPACE, CANDIDATES, arena);
    long weight = allocate(shape.units(), shape.width());
    long y = allocate(shape.rows(), shape.units());
    long workspace = memory.allocate(WORKSPACE, "the yardstick");
    releases.own(() -> memory.free(workspace, WORKSPACE));
    // Its values do not matter but for power: rows serve as weights.
    int known = Math.min(shape.rows(), shape.units());
    timer.copy(weight, rows.address(0), GpuMatrix.bytes(type, shape.width(), known));
    Multiplication multiplication =
        (algorithm, turn) ->
            product.multiply(
                algorithm,
                new BlasProduct.Operands(weight, rows.address(turn), y, workspace),
                timer.stream());
    BlasAlgorithm best = null;
    double least = Double.POSITIVE_INFINITY;
    for (BlasAlgorithm each : found) {
      double seconds = timer.estimate(turn -> multiplication.launch(each, turn)).median();
      if (seconds < least) {
        least = seconds;
        best = each;
      }
    }
    BlasAlgorithm fastest = best;
    return fastest == null
        ? new GpuTime(Double.NaN, Double.NaN, Double.NaN)
        : timer.time(turn -> multiplication.launch(fastest, turn));
  }

  private interface Multiplication {
    void launch(BlasAlgorithm algorithm, int turn);
  }

  private long layout(long rows, long width) {
    long layout = BlasLt.layout(type, rows, width, type.pitch(width));
    releases.own(() -> BlasLt.destroyLayout(layout));
    return layout;
  }

  private long allocate(long rows, long width) {
    long bytes = GpuMatrix.bytes(type, width, rows);
    long address = memory.allocate(bytes, "the yardstick");
    releases.own(() -> memory.free(address, bytes));
    return address;
  }
}
