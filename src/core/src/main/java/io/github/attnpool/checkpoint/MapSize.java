package io.github.attnpool.checkpoint;

import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.io.Shown;
import java.util.List;
import java.util.Optional;

/** The sizes of a linear map, by the shape of its weight. */
record MapSize(long out, long in) {
  static final int MOST = Integer.MAX_VALUE - 8; // values in a Java array
  private static final String REAL = "real numbers (F32, F64, BF16 or F16)";

  /**
   * Reads the shape of a weight: trailing dimensions of size 1 are dropped, and a vector counts as
   * one row.
   *
   * @param transposed whether it is [in, out]
   * @param taken the width of the rows that the map gets, or 0 if any
   * @return empty if it is no matrix of real numbers
   */
  static Optional<MapSize> of(TensorInfo weight, boolean transposed, long taken) {
    int rank = weight.rank();
    while (rank > 2 && weight.dim(rank - 1) == 1) {
      rank--;
    }
    // [n,1] is a vector that counts as one row, unless the rows themselves have one value.
    boolean vector = rank == 1 || (rank == 2 && weight.dim(1) == 1 && taken != 1);
    if (!weight.type().isReal() || rank < 1 || rank > 2) {
      return Optional.empty();
    }
    long first = vector ? 1 : weight.dim(0);
    long second = vector ? weight.dim(0) : weight.dim(1);
    MapSize size = transposed && !vector ? new MapSize(second, first) : new MapSize(first, second);
    boolean sound = size.out >= 1 && size.in >= 1 && size.out <= MOST / size.in;
    return sound ? Optional.of(size) : Optional.empty();
  }

  /** Says why a weight has no sizes. */
  static String problem(TensorInfo weight) {
    return weight.type().isReal()
        ? is(weight) + ", must be a matrix of at most 2^31 - 9 values"
        : is(weight) + ", must be " + REAL;
  }

  /** Returns whether a vector has so many real numbers, whatever dimensions of size 1 it has. */
  static boolean isVector(TensorInfo tensor, long size) {
    boolean found = tensor.rank() == 0 && size == 1;
    for (int i = 0; i < tensor.rank(); i++) {
      found |= tensor.dim(i) == size;
    }
    return found && tensor.elements() == size && tensor.type().isReal();
  }

  static String vectorProblem(TensorInfo tensor, long size) {
    return is(tensor) + ", must be " + (tensor.type().isReal() ? "[" + size + "]" : REAL);
  }

  /** Names, types and shapes of the first of many tensors, and how many more there are. */
  static String list(List<TensorInfo> tensors) {
    return Shown.first(
        tensors, tensor -> Shown.text(tensor.name()) + " " + Shown.text(tensor.describe()));
  }

  /** Name, type and shape. */
  static String is(TensorInfo tensor) {
    return "'%s' is %s".formatted(Shown.text(tensor.name()), Shown.text(tensor.describe()));
  }
}
