package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.pickle.PickleValue;
import io.github.attnpool.internal.pickle.PickleValue.Constant;
import io.github.attnpool.internal.pickle.PickleValue.Sequence;

/** Numbers that describe a tensor in a pickle. */
final class PickledNumbers {
  private PickledNumbers() {}

  /**
   * Returns a tuple of numbers.
   *
   * @param name of the tensor
   */
  static long[] longs(String name, PickleValue value) {
    if (value instanceof Sequence tuple) {
      return tuple.items().stream().mapToLong(item -> number(name, item)).toArray();
    }
    throw bad(name);
  }

  /** Returns a number that is not negative. */
  static long number(String name, PickleValue value) {
    if (value instanceof Constant(Long number) && number >= 0) {
      return number;
    }
    throw bad(name);
  }

  private static AttnPoolException bad(String name) {
    return new AttnPoolException(
        TensorInfo.operation(name), "its pickle gives sizes that are no numbers, or negative");
  }
}
