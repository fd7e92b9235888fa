package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.MemoryPlan;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;

/**
 * Where a chunk's intermediates lie in device memory; addresses, or offsets before there is memory.
 *
 * @param operand [chunk, Hin], x in the type that is multiplied
 * @param projected F32 [chunk, H]
 * @param rounded [chunk, H], the same in the type that is multiplied
 * @param hidden F32 [chunk, D]
 * @param blas cuBLASLt's workspace
 */
record ChunkMemory(long operand, long projected, long rounded, long hidden, long blas) {
  /**
   * Plans it, all but the workspace.
   *
   * @param copies whether rows of x may have to be copied before they are multiplied
   */
  static ChunkMemory plan(
      DeviceParameters parameters, long rows, boolean copies, long blas, MemoryPlan plan) {
    GpuType type = parameters.type();
    long width = parameters.width();
    boolean projects = parameters.projection() != null;
    boolean rounds = projects && type != GpuType.F32;
    int inputs = parameters.source().inputWidth();
    return new ChunkMemory(
        copies ? plan.place(GpuMatrix.bytes(type, inputs, rows)) : 0,
        projects ? plan.place(GpuMatrix.bytes(GpuType.F32, width, rows)) : 0,
        rounds ? plan.place(GpuMatrix.bytes(type, width, rows)) : 0,
        plan.place(GpuMatrix.bytes(GpuType.F32, parameters.rowUnits(), rows)),
        blas);
  }

  /** The same with memory at an address. */
  ChunkMemory at(long base) {
    return new ChunkMemory(
        operand + base, projected + base, rounded + base, hidden + base, blas + base);
  }
}
