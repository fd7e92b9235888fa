package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.internal.kernels.NativeKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A softmax and a mean per head. */
final class HeadPooling implements StatePooling {
  private static final long ALIGNMENT = 64;

  private final int heads;
  private final long width; // of a pooled row
  private final long contextBytes;
  private final long headBytes; // of a state
  private final ClosedSoftmax softmax;
  private final @Nullable FewRows map; // of the pooled rows; null without one
  private final MemorySegment zeros; // of a context
  private final MemorySegment pooled; // [heads, width], what the map takes; empty without one

  HeadPooling(NativeParameters parameters, StateLayout layout, Arena arena) {
    this.heads = layout.heads();
    this.width = layout.width();
    this.contextBytes = (long) parameters.form().contextWidth() * Float.BYTES;
    this.headBytes = layout.headBytes();
    this.softmax = new ClosedSoftmax(parameters.form().softmaxEpsilon(), arena);
    StageProgram after = parameters.valueMap();
    long pooledValues = after == null ? 0 : heads * width;
    this.zeros = arena.allocate(contextBytes, ALIGNMENT);
    this.pooled = arena.allocate(pooledValues * Float.BYTES, ALIGNMENT);
    this.map = after == null ? null : new FewRows(after, arena);
  }

  @Override
  public void pool(long values, boolean bf16, long first, long rows, ScoreMatrix scores, long to) {
    NativeKernels.poolBlock(
        bf16,
        values,
        rows,
        width,
        scores.at(0, first),
        scores.headStep(),
        heads,
        to,
        to + StateLayout.SUMS,
        headBytes / Double.BYTES);
  }

  @Override
  public void merge(MemorySegment states, MemorySegment later) {
    for (int head = 0; head < heads; head++) {
      long state = states.address() + head * headBytes;
      long other = later.address() + head * headBytes;
      NativeKernels.merge(state, state + StateLayout.SUMS, other, other + StateLayout.SUMS, width);
    }
  }

  @Override
  public void finish(MemorySegment states, long contexts) {
    if (map == null) {
      finish(states, contexts, contextBytes);
      return;
    }
    finish(states, pooled.address(), width * Float.BYTES);
    map.run(pooled.address(), heads, contexts);
    for (int head = 0; head < heads; head++) {
      if (states.get(JAVA_DOUBLE, head * headBytes) == Double.NEGATIVE_INFINITY) {
        clear(contexts + head * contextBytes); // no weight, so no m of M·v + m either
      }
    }
  }

  private void finish(MemorySegment states, long to, long toBytes) {
    for (int head = 0; head < heads; head++) {
      long offset = head * headBytes;
      long max = offset / Double.BYTES;
      NativeKernels.finish(
          softmax.of(states, max, max + 1),
          states.address() + offset + StateLayout.SUMS,
          width,
          to + head * toBytes);
    }
  }

  private void clear(long context) {
    NativeKernels.copy(zeros.address(), contextBytes, context);
  }

  @Override
  public void weigh(MemorySegment states, int head, long scores, long rows) {
    long max = head * headBytes / Double.BYTES;
    NativeKernels.weights(scores, rows, softmax.of(states, max, max + 1), scores);
  }

  @Override
  public void close() {
    if (map != null) {
      map.close();
    }
  }
}
