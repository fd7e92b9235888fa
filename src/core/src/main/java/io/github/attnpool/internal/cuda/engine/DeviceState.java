package io.github.attnpool.internal.cuda.engine;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.device.MemoryPlan;
import io.github.attnpool.internal.cuda.kernels.States;
import io.github.attnpool.internal.fused.StateLayout;
import java.lang.foreign.MemorySegment;

/**
 * The state of one sequence in device memory: maxima and sums of all heads, F64 [R,2], then sums of
 * rows, F64 [R,H]; and room for its contexts and logits.
 */
final class DeviceState {
  private final StateLayout layout;
  private final States states;
  private final long contexts;
  private final long logits;

  /**
   * @param logitCount O; 0 without an output layer
   */
  DeviceState(StateLayout layout, int logitCount, CallSlot slot) {
    this.layout = layout;
    MemoryPlan plan = new MemoryPlan();
    long heads = layout.heads();
    MemoryPlan.Place maxSumPlace = plan.doubles(heads * 2);
    MemoryPlan.Place sumsPlace = plan.doubles(heads * layout.width());
    MemoryPlan.Place contextsPlace = plan.floats(heads * layout.width());
    MemoryPlan.Place logitsPlace = plan.floats(logitCount);
    plan.reserve(slot.state());
    this.states = new States(maxSumPlace.address(), sumsPlace.address());
    this.contexts = contextsPlace.address();
    this.logits = logitsPlace.address();
  }

  States states() {
    return states;
  }

  /** Returns the address of its contexts, F32 [R,H]. */
  long contexts() {
    return contexts;
  }

  /** Returns the address of its logits, F32 [O]. */
  long logits() {
    return logits;
  }

  private long maxSums() {
    return layout.heads() * 2L * Double.BYTES;
  }

  private long sums() {
    return (long) layout.heads() * layout.width() * Double.BYTES;
  }

  /** Returns the bytes of pinned memory that a state takes on its way. */
  long hostBytes() {
    return maxSums() + sums();
  }

  /** Puts a copy of a state to the device in the queue. */
  void upload(MemorySegment state, MemorySegment pinned, LaunchQueue queue) {
    for (int head = 0; head < layout.heads(); head++) {
      long from = head * layout.headBytes();
      MemorySegment.copy(state, from, pinned, head * 2L * Double.BYTES, 2 * Double.BYTES);
      long sums = (long) layout.width() * Double.BYTES;
      MemorySegment.copy(state, from + StateLayout.SUMS, pinned, maxSums() + head * sums, sums);
    }
    queue.upload(states.maxSum(), pinned, 0, maxSums());
    queue.upload(states.context(), pinned, maxSums(), sums());
  }

  /** Copies the state back, and waits for it. */
  void download(MemorySegment state, MemorySegment pinned, LaunchQueue queue) {
    queue.download(pinned, 0, states.maxSum(), maxSums());
    queue.download(pinned, maxSums(), states.context(), sums());
    queue.await();
    for (int head = 0; head < layout.heads(); head++) {
      long to = head * layout.headBytes();
      MemorySegment.copy(pinned, head * 2L * Double.BYTES, state, to, 2 * Double.BYTES);
      long sums = (long) layout.width() * Double.BYTES;
      MemorySegment.copy(pinned, maxSums() + head * sums, state, to + StateLayout.SUMS, sums);
    }
  }

  /** Adds all rows of another state to one, both in host memory. */
  static void merge(StateLayout layout, MemorySegment state, MemorySegment other) {
    for (int head = 0; head < layout.heads(); head++) {
      long at = head * layout.headBytes();
      double ours = state.get(JAVA_DOUBLE, at);
      double theirs = other.get(JAVA_DOUBLE, at);
      double max = Math.max(ours, theirs); // NaN if one is
      double keep = factor(ours, max);
      double take = factor(theirs, max);
      state.set(JAVA_DOUBLE, at, max);
      add(state, other, at + Double.BYTES, keep, take);
      for (int i = 0; i < layout.width(); i++) {
        add(state, other, at + StateLayout.SUMS + (long) i * Double.BYTES, keep, take);
      }
    }
  }

  /** exp(m − max); 0 for an empty state, whose m is −∞. StrictMath: the same bits everywhere. */
  private static double factor(double m, double max) {
    return m == Double.NEGATIVE_INFINITY ? 0 : StrictMath.exp(m - max);
  }

  private static void add(
      MemorySegment state, MemorySegment other, long at, double keep, double take) {
    double sum = state.get(JAVA_DOUBLE, at) * keep + other.get(JAVA_DOUBLE, at) * take;
    state.set(JAVA_DOUBLE, at, sum);
  }
}
