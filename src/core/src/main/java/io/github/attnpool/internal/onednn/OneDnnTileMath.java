package io.github.attnpool.internal.onednn;

import io.github.attnpool.Precision;
import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.internal.fused.TileMath;
import io.github.attnpool.internal.kernels.Activation;
import io.github.attnpool.internal.kernels.NativeKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Tiles on the CPU: oneDNN multiplies, the project's kernels do the rest. */
final class OneDnnTileMath implements TileMath {
  private static final long ALIGNMENT = 64;

  private final OneDnnTileProgram program;
  private final Handles handles = new Handles();
  private final MatmulCall hidden; // null in the linear form
  private final MatmulCall output; // null without an output layer
  private final MemorySegment units; // [tileRows, D]
  private final MemorySegment converted; // [tileRows, H] in BF16, where that is the precision
  private final int width;
  private boolean bf16Rows;
  private long ahead;
  private long aheadBytes;

  OneDnnTileMath(OneDnnTileProgram program) {
    this.program = program;
    this.width = program.width();
    try {
      Arena arena = Arena.ofShared();
      handles.own(arena::close);
      this.hidden = program.hidden() == null ? null : own(new MatmulCall(program.hidden(), arena));
      this.output = program.output() == null ? null : own(new MatmulCall(program.output(), arena));
      this.units =
          hidden == null
              ? MemorySegment.NULL
              : arena.allocate(
                  (long) program.tileRows() * program.hidden().outputs() * Float.BYTES, ALIGNMENT);
      this.converted =
          hidden != null && program.precision() == Precision.BF16
              ? arena.allocate((long) program.tileRows() * width * Short.BYTES, ALIGNMENT)
              : MemorySegment.NULL;
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private MatmulCall own(MatmulCall call) {
    handles.own(call::close);
    return call;
  }

  @Override
  public void rowsAreBf16(boolean bf16) {
    bf16Rows = bf16;
  }

  @Override
  public void expect(MemorySegment x, long offset, long bytes) {
    ahead = at(x, offset);
    aheadBytes = bytes;
  }

  @Override
  public void score(MemorySegment x, long xOffset, long rows, MemorySegment scores, long stride) {
    if (hidden == null) {
      weighUnits(at(x, xOffset), rows, width, Activation.IDENTITY, scores, stride);
      return;
    }
    long from = at(x, xOffset);
    if (program.precision() == Precision.BF16 && !bf16Rows) {
      NativeKernels.toBf16(from, rows, width, converted.address());
      from = converted.address();
    }
    int before = OpenMpThreads.pin();
    try {
      hidden.run(from, rows, units.address());
    } finally {
      OpenMpThreads.restore(before);
    }
    weighUnits(units.address(), rows, program.hidden().outputs(), Activation.TANH, scores, stride);
  }

  private void weighUnits(
      long values,
      long rows,
      long count,
      Activation activation,
      MemorySegment scores,
      long stride) {
    for (int head = 0; head < program.heads(); head++) {
      NativeKernels.score(
          values,
          rows,
          count,
          program.hiddenBias().address(),
          at(program.a(), head * count * Float.BYTES),
          program.c(head),
          activation,
          at(scores, head * stride * Float.BYTES),
          ahead,
          aheadBytes);
      ahead = 0; // asking once is enough
      aheadBytes = 0;
    }
  }

  @Override
  public void pool(
      MemorySegment x,
      long xOffset,
      long rows,
      MemorySegment scores,
      long scoresOffset,
      MemorySegment state,
      long stateOffset) {
    NativeKernels.poolBlock(
        bf16Rows,
        at(x, xOffset),
        rows,
        width,
        at(scores, scoresOffset),
        at(state, stateOffset),
        at(state, stateOffset + StateLayout.SUMS));
  }

  @Override
  public void merge(MemorySegment state, long stateOffset, MemorySegment later, long laterOffset) {
    NativeKernels.merge(
        at(state, stateOffset),
        at(state, stateOffset + StateLayout.SUMS),
        at(later, laterOffset),
        at(later, laterOffset + StateLayout.SUMS),
        width);
  }

  @Override
  public void finish(
      MemorySegment state, long stateOffset, MemorySegment contexts, long contextOffset) {
    NativeKernels.finish(
        at(state, stateOffset),
        at(state, stateOffset + StateLayout.SUMS),
        width,
        at(contexts, contextOffset));
  }

  @Override
  public void weigh(
      MemorySegment scores, long scoresOffset, long rows, MemorySegment state, long stateOffset) {
    long values = at(scores, scoresOffset);
    NativeKernels.weights(values, rows, at(state, stateOffset), values);
  }

  @Override
  public void copy(
      MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes) {
    NativeKernels.copy(at(from, fromOffset), bytes, at(to, toOffset));
  }

  @Override
  public boolean widen(
      MemorySegment x, long xOffset, long rows, MemorySegment wide, long wideOffset) {
    NativeKernels.fromBf16(at(x, xOffset), rows, width, at(wide, wideOffset));
    return true;
  }

  @Override
  public void output(MemorySegment contexts, long batch, MemorySegment logits) {
    int before = OpenMpThreads.pin();
    try {
      output.run(contexts.address(), batch, logits.address());
    } finally {
      OpenMpThreads.restore(before);
    }
  }

  /**
   * A bare address. The layer keeps the memory alive, so its lifetime need not be checked again in
   * every native call, which costs most for shared arenas.
   */
  private static long at(MemorySegment segment, long offset) {
    return segment.address() + offset;
  }

  @Override
  public void close() {
    handles.close();
  }
}
