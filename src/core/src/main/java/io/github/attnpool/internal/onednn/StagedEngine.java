package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.KeptRows;
import io.github.attnpool.Output;
import io.github.attnpool.Pooled;
import io.github.attnpool.Sequences;
import io.github.attnpool.backend.Engine;
import io.github.attnpool.backend.EngineOptions;
import io.github.attnpool.internal.InPlace;
import io.github.attnpool.internal.MaskedResults;
import io.github.attnpool.internal.RowReader;
import io.github.attnpool.internal.kernels.Activation;
import io.github.attnpool.internal.kernels.NativeKernels;
import io.github.attnpool.internal.natives.Natives;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The textbook steps as separate library calls over all kept rows: hidden = x·Wᵀ (oneDNN), scores
 * (own kernel), softmax (oneDNN), weighted sum (own kernel), output layer (oneDNN). Every
 * intermediate stands whole in memory: made to be read, not to be fast. Runs in the caller's
 * thread.
 */
final class StagedEngine implements Engine {
  private static final int MAX_ROWS = 64; // of one multiplication
  private static final long ALIGNMENT = 64;

  private final AttentionParameters parameters;
  private final MaskedResults masked;
  private final Matmul hidden; // null in the linear form
  private final Matmul output; // null without an output layer
  private final Softmax softmax = new Softmax();
  private final MemorySegment hiddenBias; // NULL where there is none
  private final MemorySegment a; // [R, D], or [R, H] in the linear form
  private final float[] c;
  private final Handles handles = new Handles();

  StagedEngine(AttentionParameters parameters, EngineOptions options) {
    this.parameters = parameters;
    this.masked = new MaskedResults(options.emptySequence());
    try {
      Arena arena = Arena.ofShared();
      handles.own(arena::close);
      handles.own(softmax::close);
      this.a = arena.allocateFrom(JAVA_FLOAT, parameters.score().weight());
      this.c = parameters.score().bias().orElseGet(() -> new float[parameters.heads()]);
      this.hiddenBias =
          parameters
              .hidden()
              .flatMap(map -> map.bias())
              .map(bias -> arena.allocateFrom(JAVA_FLOAT, bias))
              .orElse(MemorySegment.NULL);
      this.hidden =
          parameters
              .hidden()
              .map(map -> new Matmul(map, OneDnn.Type.F32, false, MAX_ROWS))
              .orElse(null);
      if (hidden != null) {
        handles.own(hidden::close);
      }
      this.output =
          parameters
              .output()
              .map(map -> new Matmul(map, OneDnn.Type.F32, true, MAX_ROWS))
              .orElse(null);
      if (output != null) {
        handles.own(output::close);
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  @Override
  public void forward(Sequences in, Pooled out) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment contexts =
          out.has(Output.CONTEXT) ? out.context() : floats(arena, out.size(Output.CONTEXT));
      masked.write(in, out, contexts);
      if (in.kept().count() > 0) {
        pool(in, out, contexts, arena);
      }
      if (out.has(Output.LOGITS) && in.batch() > 0) {
        multiply(output, contexts, in.batch(), out.logits(), arena);
      }
    }
  }

  private void pool(Sequences in, Pooled out, MemorySegment contexts, Arena arena) {
    KeptRows kept = in.kept();
    long rows = kept.count();
    MemorySegment x = keptRows(in, arena);
    MemorySegment scores = scores(x, rows, arena);
    MemorySegment weights = floats(arena, rows * parameters.heads());
    long width = parameters.width();
    for (int head = 0; head < parameters.heads(); head++) {
      for (int b = 0; b < in.batch(); b++) {
        long count = kept.count(b);
        if (count > 0) {
          long first = head * rows + kept.first(b);
          softmax.run(scores, first, count, weights);
          NativeKernels.weightedSum(
              at(x, kept.first(b) * width),
              count,
              width,
              at(weights, first),
              at(contexts, ((long) b * parameters.heads() + head) * width));
        }
      }
    }
    if (out.has(Output.SCORES)) {
      spread(in, scores, out.scores());
    }
    if (out.has(Output.WEIGHTS)) {
      spread(in, weights, out.weights());
    }
  }

  /** The kept rows as F32, side by side: x itself where that is how they lie, else a copy. */
  private static MemorySegment keptRows(Sequences in, Arena arena) {
    KeptRows kept = in.kept();
    long width = in.width();
    MemorySegment x = in.x();
    if (in.type() == ElementType.F32 && kept.runs() == 1 && InPlace.allowedFor(in)) {
      return slice(x, kept.runPosition(0) * width, kept.count() * width);
    }
    MemorySegment copy = floats(arena, kept.count() * width);
    RowReader reader = new RowReader(in);
    float[] row = new float[in.width()];
    long to = 0;
    for (int run = 0; run < kept.runs(); run++) {
      long end = kept.runPosition(run) + kept.runFirst(run + 1) - kept.runFirst(run);
      for (long position = kept.runPosition(run); position < end; position++) {
        reader.read(position, row);
        MemorySegment.copy(row, 0, copy, JAVA_FLOAT, to * Float.BYTES, row.length);
        to += width;
      }
    }
    return copy;
  }

  /** [R, rows] */
  private MemorySegment scores(MemorySegment x, long rows, Arena arena) {
    long units = hidden == null ? parameters.width() : hidden.outputs();
    MemorySegment u = x;
    if (hidden != null) {
      u = floats(arena, rows * units);
      multiply(hidden, x, rows, u, arena);
    }
    MemorySegment scores = floats(arena, rows * parameters.heads());
    for (int head = 0; head < parameters.heads(); head++) {
      NativeKernels.score(
          u.address(),
          rows,
          units,
          hiddenBias.address(),
          at(a, head * units),
          c[head],
          hidden == null ? Activation.IDENTITY : Activation.TANH,
          at(scores, head * rows),
          0,
          0);
    }
    return scores;
  }

  private static void multiply(
      Matmul matmul, MemorySegment x, long rows, MemorySegment y, Arena arena) {
    try (MatmulCall call = new MatmulCall(matmul, arena)) {
      int before = OpenMpThreads.pin();
      try {
        call.run(x.address(), rows, y.address());
      } finally {
        OpenMpThreads.restore(before);
      }
    }
  }

  /** Values of kept rows, [R, rows], to their positions. */
  private void spread(Sequences in, MemorySegment values, MemorySegment results) {
    KeptRows kept = in.kept();
    for (int head = 0; head < parameters.heads(); head++) {
      for (int b = 0; b < in.batch(); b++) {
        long base = in.resultIndex(b, head, parameters.heads()) - in.offset(b);
        long row = kept.first(b);
        long end = row + kept.count(b);
        while (row < end) {
          int run = kept.runOf(row);
          long count = Math.min(end, kept.runFirst(run + 1)) - row;
          MemorySegment.copy(
              values,
              (head * kept.count() + row) * Float.BYTES,
              results,
              (base + kept.position(row)) * Float.BYTES,
              count * Float.BYTES);
          row += count;
        }
      }
    }
  }

  private static MemorySegment floats(Arena arena, long count) {
    return arena.allocate(Math.max(1, count) * Float.BYTES, ALIGNMENT);
  }

  private static long at(MemorySegment floats, long index) {
    return floats.address() + index * Float.BYTES;
  }

  private static MemorySegment slice(MemorySegment floats, long first, long count) {
    return floats.asSlice(first * Float.BYTES, count * Float.BYTES);
  }

  @Override
  public String isa() {
    return Natives.get().tier();
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void close() {
    handles.close();
  }
}
