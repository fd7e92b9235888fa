package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.kernels.Activate;
import io.github.attnpool.internal.cuda.kernels.CopyRows;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;

/** Computes the rows that are pooled and their hidden units, a chunk at a time. */
final class HiddenLayer {
  private final DeviceParameters parameters;
  private final CallSlot slot;

  HiddenLayer(DeviceParameters parameters, CallSlot slot) {
    this.parameters = parameters;
    this.slot = slot;
  }

  /** Puts what follows from rows of x in a queue. */
  HiddenRows run(GpuMatrix x, long rows, ChunkMemory memory, LaunchQueue queue) {
    if (parameters.projection().isPresent()) {
      return runProjected(x, rows, memory, queue);
    }
    if (parameters.hidden().isEmpty()) {
      return new HiddenRows(x, x);
    }
    GpuMatrix operand = operand(x, rows, memory, queue);
    return new HiddenRows(x, hidden(operand, rows, memory, queue));
  }

  private HiddenRows runProjected(GpuMatrix x, long rows, ChunkMemory memory, LaunchQueue queue) {
    GpuType type = parameters.type();
    int width = parameters.width();
    GpuMatrix pooled = GpuMatrix.aligned(memory.projected().address(), GpuType.F32, width);
    long blas = memory.blas().address();
    slot.projection().run(operand(x, rows, memory, queue), rows, pooled, blas, queue);
    GpuMatrix rounded =
        type == GpuType.F32
            ? GpuMatrix.NONE
            : GpuMatrix.aligned(memory.rounded().address(), type, width);
    queue.put(
        new Activate(
            pooled,
            rows,
            width,
            parameters.projectionBias(),
            parameters.source().projectionActivation(),
            rounded));
    if (parameters.hidden().isEmpty()) {
      return new HiddenRows(pooled, pooled);
    }
    GpuMatrix operand = type == GpuType.F32 ? pooled : rounded;
    return new HiddenRows(pooled, hidden(operand, rows, memory, queue));
  }

  private GpuMatrix hidden(GpuMatrix operand, long rows, ChunkMemory memory, LaunchQueue queue) {
    GpuMatrix hidden =
        GpuMatrix.aligned(memory.hidden().address(), GpuType.F32, parameters.rowUnits());
    slot.hidden().run(operand, rows, hidden, memory.blas().address(), queue);
    return hidden;
  }

  /** Returns rows of x as they are multiplied: themselves, or a copy. */
  private GpuMatrix operand(GpuMatrix x, long rows, ChunkMemory memory, LaunchQueue queue) {
    GpuType type = parameters.type();
    if (x.type() == type && type.isAligned(x.address(), x.pitch())) {
      return x;
    }
    int width = parameters.source().inputWidth();
    GpuMatrix copy = GpuMatrix.aligned(memory.operand().address(), type, width);
    queue.put(new CopyRows(x, rows, width, copy));
    return copy;
  }
}
