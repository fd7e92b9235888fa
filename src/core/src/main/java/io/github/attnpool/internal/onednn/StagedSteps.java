package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.Activation;
import io.github.attnpool.ElementType;
import io.github.attnpool.internal.kernels.NativeKernels;
import io.github.attnpool.internal.maps.UnitScores;
import io.github.attnpool.internal.rows.InPlace;
import io.github.attnpool.internal.rows.RowReader;
import io.github.attnpool.internal.rows.RunCursor;
import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** The steps of one staged forward call, with its intermediates. */
final class StagedSteps {
  private static final long ALIGNMENT = 64;

  private final NativeParameters maps;
  private final Arena arena;

  /**
   * @param arena owner of the intermediates
   */
  StagedSteps(NativeParameters maps, Arena arena) {
    this.maps = maps;
    this.arena = arena;
  }

  MemorySegment floats(long count) {
    return arena
        .allocate(Math.max(1, count) * Float.BYTES, ALIGNMENT)
        .asSlice(0, count * Float.BYTES);
  }

  /** The kept rows as F32, side by side: x itself where that is how they lie, else a copy. */
  MemorySegment keptRows(RowBatch in) {
    KeptRows kept = in.kept();
    long width = in.width();
    if (in.type() == ElementType.F32
        && in.pitch() == width
        && kept.runs() == 1
        && InPlace.allowedFor(in)) {
      long bytes = width * Float.BYTES;
      return in.x().asSlice(kept.runPosition(0) * bytes, kept.count() * bytes);
    }
    MemorySegment copy = floats(kept.count() * width);
    RowReader reader = new RowReader(in);
    float[] row = new float[in.width()];
    RunCursor runs = new RunCursor();
    for (runs.start(kept); runs.next(); ) {
      for (long i = 0; i < runs.rows(); i++) {
        reader.read(runs.position() + i, row);
        long to = (runs.row() + i) * width * Float.BYTES;
        MemorySegment.copy(row, 0, copy, JAVA_FLOAT, to, row.length);
      }
    }
    return copy;
  }

  /** The rows that are pooled: [rows, H]. */
  MemorySegment project(MemorySegment x, long rows) {
    StageProgram stage = maps.rows();
    if (stage.isEmpty()) {
      return x;
    }
    MemorySegment projected = floats(rows * stage.width());
    StageScratch none = StageScratch.of(new NativeArrays(arena), 0, 0);
    try (StageRun run = new StageRun(stage, none, arena)) {
      int before = OpenMpThreads.pin();
      try {
        run.run(x.address(), 0, false, 0, rows, projected.address(), 0);
      } finally {
        OpenMpThreads.restore(before);
      }
    }
    return projected;
  }

  /** The hidden units before bias and activation; in the linear form the rows themselves. */
  MemorySegment hidden(MemorySegment x, long rows) {
    Matmul hidden = maps.hidden();
    if (hidden == null) {
      return x;
    }
    MemorySegment units = floats(rows * hidden.outputs());
    multiply(hidden, x, rows, units);
    return units;
  }

  /** Scores of kept rows: [R, rows]. */
  MemorySegment scores(RowBatch in, MemorySegment units) {
    KeptRows kept = in.kept();
    UnitScores form = maps.unitScores();
    MemorySegment scores = floats(kept.count() * form.heads());
    if (!in.hasQueries()) {
      score(form, units, 0, kept.count(), form.bias(), scores, kept.count());
      return scores;
    }
    MemorySegment biases = biases(in);
    for (int b = 0; b < in.batch(); b++) {
      long bias = at(biases, (long) b * form.units());
      score(form, units, kept.first(b), kept.count(b), bias, scores, kept.count());
    }
    return scores;
  }

  private void score(
      UnitScores form,
      MemorySegment units,
      long first,
      long rows,
      long bias,
      MemorySegment scores,
      long stride) {
    NativeKernels.score(
        form,
        at(units, first * form.rowUnits()),
        rows,
        bias,
        floats(form.workFloats()).address(),
        at(scores, first),
        stride,
        0,
        0);
  }

  /** Bias and query term of each sequence, [B, D]. */
  private MemorySegment biases(RowBatch in) {
    UnitScores form = maps.unitScores();
    MemorySegment biases = floats((long) in.batch() * form.units());
    StageProgram query = maps.query();
    if (query != null) {
      try (FewRows run = new FewRows(query, arena)) {
        run.run(in.queries().address(), in.batch(), biases.address());
      }
      return biases;
    }
    biases.copyFrom(in.queries());
    NativeKernels.activate(
        biases.address(), in.batch(), form.units(), 0, form.bias(), Activation.IDENTITY, 0);
    return biases;
  }

  /** Logits of contexts. */
  void output(MemorySegment contexts, long batch, MemorySegment logits) {
    NativeOutput output = Objects.requireNonNull(maps.output(), "output");
    try (OutputRun run = new OutputRun(output, arena)) {
      run.run(contexts.address(), batch, logits.address());
    }
  }

  private void multiply(Matmul matmul, MemorySegment x, long rows, MemorySegment y) {
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
  static void spread(RowBatch in, MemorySegment values, int heads, MemorySegment results) {
    KeptRows kept = in.kept();
    RunCursor runs = new RunCursor();
    for (int head = 0; head < heads; head++) {
      for (int b = 0; b < in.batch(); b++) {
        long base = in.resultBase(b, head, heads);
        for (runs.start(kept, b); runs.next(); ) {
          MemorySegment.copy(
              values,
              (head * kept.count() + runs.row()) * Float.BYTES,
              results,
              (base + runs.position()) * Float.BYTES,
              runs.rows() * Float.BYTES);
        }
      }
    }
  }

  static long at(MemorySegment floats, long index) {
    return floats.address() + index * Float.BYTES;
  }
}
