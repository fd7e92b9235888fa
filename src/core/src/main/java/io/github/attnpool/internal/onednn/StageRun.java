package io.github.attnpool.internal.onednn;

import io.github.attnpool.internal.kernels.NativeKernels;
import io.github.attnpool.internal.lifetime.Releases;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * What one thread needs to run a {@link StageProgram}. The caller has pinned OpenMP to this thread.
 * Not thread-safe; must be closed before the program.
 */
final class StageRun implements TilePart {
  private final NativeStep[] steps;
  private final int[] widths; // before each step, and after the last one
  private final @Nullable MatmulCall[] calls; // null where the step is no map
  private final long[] placed; // [rows] values of the rows' places; 0 where the step has none
  private final int lastMap; // −1 if there is none
  private final boolean bf16;
  private final StageScratch scratch;
  private final Releases handles = new Releases();

  /**
   * @param arena owner of this run's memory; must outlive it
   */
  StageRun(StageProgram program, StageScratch scratch, Arena arena) {
    int count = program.steps().size();
    this.steps = program.steps().toArray(NativeStep[]::new);
    this.widths = new int[count + 1];
    this.calls = new MatmulCall[count];
    this.placed = new long[count];
    this.bf16 = program.isBf16();
    this.scratch = scratch;
    int last = -1;
    widths[0] = program.inputs();
    try {
      for (int i = 0; i < count; i++) {
        widths[i + 1] = program.width(i);
        switch (steps[i]) {
          case NativeStep.Map(Matmul matmul) -> {
            MatmulCall call = new MatmulCall(matmul, arena);
            handles.own(call::close);
            calls[i] = call;
            last = i;
          }
          case NativeStep.Place _ ->
              placed[i] = new NativeArrays(arena).scratch(scratch.rows(), Float.BYTES);
          default -> {}
        }
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    this.lastMap = last;
  }

  boolean isEmpty() {
    return steps.length == 0;
  }

  /** Notes the places of rows in their sequence, from one of the tile's rows on. */
  void place(long first, long rows, long place) {
    for (int i = 0; i < steps.length; i++) {
      if (steps[i] instanceof NativeStep.Place(long values)) {
        NativeKernels.copy(
            values + place * Float.BYTES, rows * Float.BYTES, placed[i] + first * Float.BYTES);
      }
    }
  }

  /**
   * Applies the steps to rows, of which there must be at least one.
   *
   * @param from F32 rows, or 0 if they are given in BF16 alone and the first step is a map
   * @param rounded the same rows in BF16, or 0 if they must be rounded for that
   * @param mayChange whether the rows given may be overwritten
   * @param first place of the first row in the tile; for step biases
   * @param to where the results go, F32
   * @param toRounded where they go in BF16 too, room for the widest rows; or 0
   * @return where the results are: {@code to}, or the rows given if they have been changed
   */
  long run(
      long from, long rounded, boolean mayChange, long first, long rows, long to, long toRounded) {
    long roundings = toRounded == 0 ? scratch.rounded() : toRounded;
    long current = from;
    long currentRounded = rounded;
    boolean owned = mayChange;
    for (int i = 0; i < steps.length; i++) {
      if (calls[i] != null) {
        long target = i == lastMap ? to : other(current);
        long input = current;
        if (bf16) {
          if (currentRounded == 0) {
            NativeKernels.toBf16(current, rows, widths[i], roundings);
            currentRounded = roundings;
          }
          input = currentRounded;
        }
        calls[i].run(input, rows, target);
        current = target;
        currentRounded = 0;
      } else {
        if (!owned) {
          long target = lastMap < 0 ? to : scratch.first();
          NativeKernels.copy(current, rows * widths[i] * Float.BYTES, target);
          current = target;
        }
        boolean mapFollows = i + 1 < steps.length && calls[i + 1] != null;
        boolean isLast = i + 1 == steps.length;
        boolean rounds = bf16 && (mapFollows || (isLast && toRounded != 0));
        change(i, current, first, rows, rounds ? roundings : 0);
        currentRounded = rounds ? roundings : 0;
      }
      owned = true;
    }
    if (toRounded != 0 && currentRounded != toRounded) {
      NativeKernels.toBf16(current, rows, widths[steps.length], toRounded);
    }
    return current;
  }

  private long other(long current) {
    return current == scratch.first() ? scratch.second() : scratch.first();
  }

  /** A step in place. */
  private void change(int index, long x, long first, long rows, long rounded) {
    long width = widths[index];
    switch (steps[index]) {
      case NativeStep.Scale scale ->
          NativeKernels.activate(
              x, rows, width, scale.factors(), scale.addends(), scale.activation(), rounded);
      case NativeStep.Norm norm ->
          NativeKernels.layerNorm(
              x,
              rows,
              norm.groups(),
              norm.columns(),
              norm.weight(),
              norm.bias(),
              norm.epsilon(),
              norm.activation(),
              rounded);
      case NativeStep.Place _ -> {
        NativeKernels.add(x, rows, width, width, placed[index] + first * Float.BYTES, 1, 0);
        if (rounded != 0) {
          NativeKernels.toBf16(x, rows, width, rounded);
        }
      }
      case NativeStep.Map _ -> throw new IllegalStateException("a map does not work in place");
    }
  }

  @Override
  public void close() {
    handles.close();
  }
}
