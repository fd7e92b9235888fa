package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import io.github.attnpool.internal.fused.StateLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Maximum and sum of a state as the kernels read them, the sum with ε of the softmax. */
final class ClosedSoftmax {
  private final float epsilon;
  private final MemorySegment pair;

  ClosedSoftmax(float epsilon, Arena arena) {
    this.epsilon = epsilon;
    this.pair = arena.allocate(2L * Double.BYTES);
  }

  /**
   * Returns the address of maximum and sum; valid until the next call.
   *
   * @param max index of the maximum in the states
   * @param sum index of the sum
   */
  long of(MemorySegment states, long max, long sum) {
    if (epsilon == 0 && sum == max + 1) {
      return states.address() + max * Double.BYTES;
    }
    double largest = states.getAtIndex(JAVA_DOUBLE, max);
    double total = states.getAtIndex(JAVA_DOUBLE, sum);
    pair.set(JAVA_DOUBLE, 0, largest);
    pair.set(JAVA_DOUBLE, Double.BYTES, StateLayout.closedSum(largest, total, epsilon));
    return pair.address();
  }
}
