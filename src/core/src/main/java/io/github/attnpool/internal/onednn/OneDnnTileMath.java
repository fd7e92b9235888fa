package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.Activation;
import io.github.attnpool.ElementType;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.internal.fused.TileMath;
import io.github.attnpool.internal.kernels.NativeKernels;
import io.github.attnpool.internal.lifetime.Releases;
import io.github.attnpool.internal.maps.UnitScores;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tiles on the CPU: oneDNN multiplies, the project's kernels do the rest. */
final class OneDnnTileMath implements TileMath {
  private static final long ALIGNMENT = 64;

  private final NativeParameters parameters;
  private final UnitScores form;
  private final int width;
  private final long tileRows;
  private final long headBytes; // of a state
  private final boolean bf16; // whether maps are multiplied in BF16
  private final Releases handles = new Releases();
  private final Arena arena = Arena.ofShared();
  private final @Nullable MatmulCall
      projection; // null where the layer has none; so are the next three
  private final @Nullable MatmulCall hidden;
  private final @Nullable MatmulCall query;
  private final @Nullable MatmulCall output;
  private final long units; // [tileRows, D or 2·D]
  private final long projected; // [tileRows, H]
  private final long rounded; // [tileRows, the wider of a row of x and H], BF16
  private final long work; // scratch of the kernel
  private final MemorySegment scores; // [heads, tileRows]
  private final MemorySegment block; // states of the last block
  private long ahead;
  private long aheadBytes;

  // The open tile:
  private long openUnits;
  private long openRows;
  private boolean openRowsAreBf16;

  OneDnnTileMath(NativeParameters parameters, int tileRows) {
    this.parameters = parameters;
    this.form = parameters.unitScores();
    this.width = parameters.width();
    StateLayout states = new StateLayout(form.heads(), width);
    this.tileRows = tileRows;
    this.headBytes = states.headBytes();
    this.bf16 = parameters.precision() == Precision.BF16;
    handles.own(arena::close);
    try {
      this.projection = call(parameters.projection());
      this.hidden = call(parameters.hidden());
      this.query = call(parameters.query());
      this.output = call(parameters.output());
      this.units = hidden == null ? 0 : scratch(tileRows * form.rowUnits(), Float.BYTES);
      this.projected = projection == null ? 0 : scratch((long) tileRows * width, Float.BYTES);
      long widest = Math.max(parameters.inputWidth(), width);
      this.rounded = bf16 ? scratch(tileRows * widest, Short.BYTES) : 0;
      this.work = scratch(form.workFloats(), Float.BYTES);
      this.scores = arena.allocate((long) form.heads() * tileRows * Float.BYTES, ALIGNMENT);
      this.block = arena.allocate(states.bytes(), ALIGNMENT);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private @Nullable MatmulCall call(@Nullable Matmul matmul) {
    if (matmul == null) {
      return null;
    }
    MatmulCall call = new MatmulCall(matmul, arena);
    handles.own(call::close);
    return call;
  }

  private long scratch(long values, int bytes) {
    return arena.allocate(values * bytes, ALIGNMENT).address();
  }

  @Override
  public void expect(MemorySegment x, long offset, long bytes) {
    ahead = at(x, offset);
    aheadBytes = bytes;
  }

  @Override
  public void open(MemorySegment x, long xOffset, ElementType type, long rows) {
    openRows = at(x, xOffset);
    openRowsAreBf16 = type == ElementType.BF16;
    if (projection == null && hidden == null) {
      openUnits = openRows; // the linear form: rows are their own units
      return;
    }
    int before = OpenMpThreads.pin();
    try {
      long input = openRows;
      if (bf16 && !openRowsAreBf16) {
        NativeKernels.toBf16(input, rows, parameters.inputWidth(), rounded);
        input = rounded;
      }
      if (projection != null) {
        input = project(projection, input, rows);
      }
      if (hidden == null) {
        openUnits = openRows;
      } else {
        hidden.run(input, rows, units);
        openUnits = units;
      }
    } finally {
      OpenMpThreads.restore(before);
    }
  }

  /** Makes the projected rows those of the tile; returns them as the hidden map takes them. */
  private long project(MatmulCall projection, long input, long rows) {
    projection.run(input, rows, projected);
    openRows = projected;
    openRowsAreBf16 = false;
    Activation activation = parameters.projectionActivation();
    long asBf16 = bf16 ? rounded : 0; // the input that lay there has been multiplied
    NativeKernels.activate(
        projected, rows, width, 0, parameters.projectionBias(), activation, asBf16);
    return bf16 ? rounded : projected;
  }

  @Override
  public void open(
      MemorySegment x,
      long xOffset,
      ElementType type,
      MemorySegment units,
      long unitsOffset,
      long rows) {
    openRows = at(x, xOffset);
    openRowsAreBf16 = type == ElementType.BF16;
    openUnits = at(units, unitsOffset);
  }

  @Override
  public void copyUnits(long rows, MemorySegment units, long unitsOffset) {
    NativeKernels.copy(openUnits, rows * form.rowUnits() * Float.BYTES, at(units, unitsOffset));
  }

  @Override
  public void copyProjected(long rows, MemorySegment projected, long rowsOffset) {
    NativeKernels.copy(openRows, rows * width * Float.BYTES, at(projected, rowsOffset));
  }

  @Override
  public void score(long first, long rows) {
    score(first, rows, form.bias());
  }

  @Override
  public void score(long first, long rows, MemorySegment biases, long biasOffset) {
    score(first, rows, at(biases, biasOffset));
  }

  private void score(long first, long rows, long bias) {
    NativeKernels.score(
        form,
        openUnits + first * form.rowUnits() * Float.BYTES,
        rows,
        bias,
        work,
        score(0, first),
        tileRows,
        ahead,
        aheadBytes);
    ahead = 0; // asking once is enough
    aheadBytes = 0;
  }

  /** The address of a row's score. */
  private long score(int head, long row) {
    return at(scores, (head * tileRows + row) * Float.BYTES);
  }

  @Override
  public void addToScores(int head, long first, long rows, float[] values, int from) {
    long at = head * tileRows + first;
    for (int t = 0; t < rows; t++) {
      float score = scores.getAtIndex(JAVA_FLOAT, at + t);
      scores.setAtIndex(JAVA_FLOAT, at + t, score + values[from + t]);
    }
  }

  @Override
  public void copyScores(int head, long first, long rows, MemorySegment to, long toOffset) {
    NativeKernels.copy(score(head, first), rows * Float.BYTES, at(to, toOffset));
  }

  @Override
  public void pool(long first, long rows) {
    NativeKernels.poolBlock(
        openRowsAreBf16,
        openRows + first * width * (openRowsAreBf16 ? Short.BYTES : Float.BYTES),
        rows,
        width,
        score(0, first),
        tileRows,
        form.heads(),
        at(block, 0),
        at(block, StateLayout.SUMS),
        headBytes / Double.BYTES);
  }

  @Override
  public MemorySegment block() {
    return block;
  }

  @Override
  public void weigh(int head, long first, long rows) {
    long values = score(head, first);
    NativeKernels.weights(values, rows, at(block, head * headBytes), values);
  }

  @Override
  public void weigh(
      MemorySegment states, int head, MemorySegment scores, long scoresOffset, long rows) {
    long values = at(scores, scoresOffset);
    NativeKernels.weights(values, rows, at(states, head * headBytes), values);
  }

  @Override
  public void merge(MemorySegment states, MemorySegment later, int head) {
    long offset = head * headBytes;
    NativeKernels.merge(
        at(states, offset),
        at(states, offset + StateLayout.SUMS),
        at(later, offset),
        at(later, offset + StateLayout.SUMS),
        width);
  }

  @Override
  public void finish(MemorySegment states, int head, MemorySegment contexts, long contextOffset) {
    long offset = head * headBytes;
    NativeKernels.finish(
        at(states, offset),
        at(states, offset + StateLayout.SUMS),
        width,
        at(contexts, contextOffset));
  }

  @Override
  public void copyRows(
      MemorySegment from,
      long fromOffset,
      long fromPitch,
      long rows,
      long rowBytes,
      MemorySegment to,
      long toOffset) {
    NativeKernels.copyRows(at(from, fromOffset), fromPitch, rows, rowBytes, at(to, toOffset));
  }

  @Override
  public boolean widen(
      ElementType type,
      MemorySegment x,
      long xOffset,
      long rows,
      long pitch,
      MemorySegment wide,
      long wideOffset) {
    long from = at(x, xOffset);
    long to = at(wide, wideOffset);
    switch (type) {
      case BF16 -> NativeKernels.fromBf16(from, rows, parameters.inputWidth(), pitch, to);
      case F16 -> NativeKernels.fromF16(from, rows, parameters.inputWidth(), pitch, to);
      default -> {
        return false;
      }
    }
    return true;
  }

  @Override
  public void biases(MemorySegment queries, long batch, MemorySegment biases) {
    if (query != null) {
      multiply(query, queries, batch, biases);
      return;
    }
    long values = batch * form.units();
    NativeKernels.copy(queries.address(), values * Float.BYTES, biases.address());
    NativeKernels.activate(
        biases.address(), batch, form.units(), 0, form.bias(), Activation.IDENTITY, 0);
  }

  @Override
  public void output(MemorySegment contexts, long batch, MemorySegment logits) {
    multiply(Objects.requireNonNull(output, "output"), contexts, batch, logits);
  }

  private static void multiply(MatmulCall map, MemorySegment x, long rows, MemorySegment y) {
    int before = OpenMpThreads.pin();
    try {
      map.run(x.address(), rows, y.address());
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
