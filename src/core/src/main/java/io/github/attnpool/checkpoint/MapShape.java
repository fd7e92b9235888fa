package io.github.attnpool.checkpoint;

import io.github.attnpool.format.Tensor;
import io.github.attnpool.internal.io.Shown;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shapes of a linear map's tensors, as files have them. */
record MapShape(long outputs, long inputs) {
  static final int MOST = Integer.MAX_VALUE - 8; // values in a Java array
  private static final String REAL = "real numbers (F32, F64, BF16 or F16)";

  /**
   * Of a weight, without further dimensions of size 1.
   *
   * @param transposed whether it is [inputs, outputs]; one dimension is then that of one output
   * @return null if it is no matrix of real numbers
   */
  static @Nullable MapShape of(Tensor weight, boolean transposed) {
    int rank = weight.rank();
    while (rank > 2 && weight.dim(rank - 1) == 1) {
      rank--;
    }
    boolean column = transposed && rank == 1;
    if (!weight.type().isReal() || (rank != 2 && !column)) {
      return null;
    }
    long rows = weight.dim(0);
    long columns = column ? 1 : weight.dim(1);
    if (rows < 1 || columns < 1 || rows > MOST || columns > MOST) {
      return null;
    }
    return transposed ? new MapShape(columns, rows) : new MapShape(rows, columns);
  }

  /** Why there is no shape of a weight. */
  static String problem(Tensor weight) {
    return weight.type().isReal()
        ? is(weight) + ", must have two dimensions from 1 to 2^31 - 9"
        : is(weight) + ", must be " + REAL;
  }

  /** Whether a bias has as many values, whatever dimensions of size 1 there are besides. */
  static boolean isBias(Tensor bias, long size) {
    boolean found = false;
    for (int i = 0; i < bias.rank(); i++) {
      found |= bias.dim(i) == size;
    }
    return found && bias.elements() == size && bias.type().isReal();
  }

  static String biasProblem(Tensor bias, long size) {
    return is(bias) + ", must be " + (bias.type().isReal() ? "[" + size + "]" : REAL);
  }

  /** Names, types and shapes of the first of many tensors, and how many more there are. */
  static String list(List<Tensor> tensors) {
    return Shown.first(
        tensors, tensor -> Shown.text(tensor.name()) + " " + Shown.text(tensor.describe()));
  }

  /** Name, type and shape. */
  static String is(Tensor tensor) {
    return "'%s' is %s".formatted(Shown.text(tensor.name()), Shown.text(tensor.describe()));
  }
}
