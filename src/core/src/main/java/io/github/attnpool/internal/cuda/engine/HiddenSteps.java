package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.kernels.Activate;
import io.github.attnpool.internal.cuda.kernels.CopyRows;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;

/** From rows of x to rows that are pooled and hidden units, a chunk at a time. */
final class HiddenSteps {
  private final DeviceParameters parameters;
  private final CallSlot slot;
  private GpuMatrix pooled = GpuMatrix.NONE;
  private GpuMatrix hidden = GpuMatrix.NONE;

  HiddenSteps(DeviceParameters parameters, CallSlot slot) {
    this.parameters = parameters;
    this.slot = slot;
  }

  /** From rows. */
  void run(GpuMatrix x, long rows, ChunkMemory memory, LaunchQueue queue) {
    GpuType type = parameters.type();
    GpuMatrix in = x;
    pooled = x;
    if (parameters.projection() != null) {
      int width = parameters.width();
      pooled = GpuMatrix.aligned(memory.projected(), GpuType.F32, width);
      slot.projection().run(operand(x, rows, memory, queue), rows, pooled, memory.blas(), queue);
      GpuMatrix rounded =
          type == GpuType.F32 ? GpuMatrix.NONE : GpuMatrix.aligned(memory.rounded(), type, width);
      queue.put(
          new Activate(
              pooled,
              rows,
              width,
              parameters.projectionBias(),
              parameters.source().projectionActivation(),
              rounded));
      in = type == GpuType.F32 ? pooled : rounded;
    }
    if (parameters.hidden() == null) {
      hidden = pooled;
      return;
    }
    hidden = GpuMatrix.aligned(memory.hidden(), GpuType.F32, parameters.rowUnits());
    GpuMatrix operand = parameters.projection() == null ? operand(in, rows, memory, queue) : in;
    slot.hidden().run(operand, rows, hidden, memory.blas(), queue);
  }

  /** From keys: hidden units that were once computed. */
  void run(GpuMatrix x, GpuMatrix units) {
    pooled = x;
    hidden = units;
  }

  /** Rows of x as they are multiplied: themselves, or a copy. */
  private GpuMatrix operand(GpuMatrix x, long rows, ChunkMemory memory, LaunchQueue queue) {
    GpuType type = parameters.type();
    if (x.type() == type && type.isAligned(x.address(), x.pitch())) {
      return x;
    }
    int width = parameters.source().inputWidth();
    GpuMatrix copy = GpuMatrix.aligned(memory.operand(), type, width);
    queue.put(new CopyRows(x, rows, width, copy));
    return copy;
  }

  /** Rows that are pooled. */
  GpuMatrix pooled() {
    return pooled;
  }

  /** F32 hidden units before bias and activation; in the linear form the rows themselves. */
  GpuMatrix hidden() {
    return hidden;
  }
}
