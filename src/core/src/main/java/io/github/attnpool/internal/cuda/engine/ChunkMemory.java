package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.MemoryPlan;
import io.github.attnpool.internal.cuda.device.MemoryPlan.Place;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;

/**
 * Where a chunk's intermediates lie in device memory.
 *
 * @param operand [chunk, Hin], x in the type that is multiplied
 * @param projected F32 [chunk, H]
 * @param rounded [chunk, H], projected rows in the type that is multiplied
 * @param hidden F32 [chunk, D]
 * @param blas cuBLASLt's scratch memory, which chunks share
 */
record ChunkMemory(Place operand, Place projected, Place rounded, Place hidden, Place blas) {
  /**
   * Plans it, all but cuBLASLt's.
   *
   * @param copies whether rows of x may have to be copied before they are multiplied
   */
  static ChunkMemory plan(
      DeviceParameters parameters, long rows, boolean copies, Place blas, MemoryPlan plan) {
    GpuType type = parameters.type();
    long width = parameters.width();
    boolean projects = parameters.projection().isPresent();
    boolean rounds = projects && type != GpuType.F32;
    int inputs = parameters.source().inputWidth();
    return new ChunkMemory(
        plan.bytes(copies ? GpuMatrix.bytes(type, inputs, rows) : 0),
        plan.bytes(projects ? GpuMatrix.bytes(GpuType.F32, width, rows) : 0),
        plan.bytes(rounds ? GpuMatrix.bytes(type, width, rows) : 0),
        plan.bytes(GpuMatrix.bytes(GpuType.F32, parameters.rowUnits(), rows)),
        blas);
  }
}
