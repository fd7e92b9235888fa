package io.github.attnpool.batch;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.io.Shown;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tensors that describe a batch; their types and shapes are checked, each for itself and
 * against the others. Those that a file need not have are null where it has none.
 *
 * @param path of their file, for messages
 * @param x [B,T,H] or [N,H]
 * @param offsets [B+1], with rows
 * @param lengths [B], with padded x
 * @param keep [B,T], with padded x
 * @param queries [B,Q]
 */
record BatchTensors(
    Path path,
    TensorInfo x,
    @Nullable TensorInfo offsets,
    @Nullable TensorInfo lengths,
    @Nullable TensorInfo keep,
    @Nullable TensorInfo queries) {
  private static final int MAX_WITHOUT_STEPS = 1 << 20;

  private static final Set<String> KNOWN = Set.of("x", "offsets", "lengths", "keep", "queries");

  /**
   * Picks them out of a file's tensors.
   *
   * @throws AttnPoolException if there are others, or one is not as it must be
   */
  static BatchTensors of(Path path, Map<String, TensorInfo> tensors) {
    for (String name : tensors.keySet()) {
      if (!KNOWN.contains(name) && tensors.containsKey("x")) {
        throw new AttnPoolException(
            "read " + path,
            "there is a tensor '"
                + Shown.text(name)
                + "', must be x, offsets, lengths, keep or queries");
      }
    }
    TensorInfo x = tensors.get("x");
    if (x == null) {
      throw new AttnPoolException(
          "read " + path,
          "there is no tensor 'x', found "
              + (tensors.isEmpty() ? "no tensors" : Shown.names(tensors.keySet())));
    }
    BatchTensors batch =
        new BatchTensors(
            path,
            x,
            tensors.get("offsets"),
            tensors.get("lengths"),
            tensors.get("keep"),
            tensors.get("queries"));
    batch.checkX();
    batch.checkOthers();
    return batch;
  }

  private void checkX() {
    if (!x.type().isReal()) {
      throw bad(x, "F32, BF16 or F16, or F64, which is rounded to F32");
    }
    if (x.rank() != 2 && x.rank() != 3) {
      throw bad(x, "[B,T,H] or [N,H]");
    }
    if (x.dim(x.rank() - 1) < 1 || x.dim(x.rank() - 1) > Integer.MAX_VALUE) {
      throw bad(x, "of a width H (last dimension) from 1 to " + Integer.MAX_VALUE);
    }
    if (padded() && x.dim(0) >= Integer.MAX_VALUE) {
      throw bad(x, "of fewer than " + Integer.MAX_VALUE + " sequences");
    }
    // Nothing in the file stands for such sequences, yet each would take memory and results.
    if (padded() && x.dim(1) == 0 && x.dim(0) > MAX_WITHOUT_STEPS) {
      throw bad(x, "of at most " + MAX_WITHOUT_STEPS + " sequences where there are no steps");
    }
  }

  private void checkOthers() {
    if (padded() && offsets != null) {
      throw bad("offsets go with rows x [N,H], but x is " + x.describe());
    }
    checkPadded(lengths);
    checkPadded(keep);
    if (offsets != null
        && (!offsets.type().isInteger() || offsets.rank() != 1 || offsets.dim(0) < 1)) {
      throw bad(offsets, "integers [B+1]");
    }
    if (offsets != null && offsets.dim(0) > Integer.MAX_VALUE) {
      throw bad(offsets, "of fewer than " + Integer.MAX_VALUE + " sequences");
    }
    if (lengths != null
        && (!lengths.type().isInteger() || lengths.rank() != 1 || lengths.dim(0) != batch())) {
      throw bad(lengths, "integers [" + batch() + "]");
    }
    if (keep != null
        && ((keep.type() != ElementType.BOOL && keep.type() != ElementType.U8)
            || keep.rank() != 2
            || keep.dim(0) != batch()
            || keep.dim(1) != steps())) {
      throw bad(keep, "BOOL or U8 [" + batch() + ", " + steps() + "]");
    }
    if (queries != null
        && (!queries.type().isReal() || queries.rank() != 2 || !queriesFit(queries))) {
      throw bad(queries, "real numbers [" + batch() + ",Q]");
    }
  }

  private void checkPadded(@Nullable TensorInfo mask) {
    if (!padded() && mask != null) {
      throw bad(mask.name() + " goes with padded x [B,T,H], but x is " + x.describe());
    }
  }

  private boolean queriesFit(TensorInfo queries) {
    return queries.dim(0) == batch() && queries.dim(1) >= 1 && queries.dim(1) <= Integer.MAX_VALUE;
  }

  boolean padded() {
    return x.rank() == 3;
  }

  /** B. */
  int batch() {
    return padded() ? (int) x.dim(0) : offsets == null ? 1 : (int) (offsets.dim(0) - 1);
  }

  /** T; −1 for rows. */
  long steps() {
    return padded() ? x.dim(1) : -1;
  }

  /** Rows of x, B·T or N. */
  long positions() {
    return padded() ? x.dim(0) * x.dim(1) : x.dim(0);
  }

  /** H of x. */
  int width() {
    return (int) x.dim(x.rank() - 1);
  }

  /** Type of the rows as they come: F64 is rounded. */
  ElementType rowType() {
    return x.type() == ElementType.F64 ? ElementType.F32 : x.type();
  }

  /** Bytes of a row of x. */
  long rowBytes() {
    return (long) width() * x.type().bytes();
  }

  private AttnPoolException bad(TensorInfo tensor, String must) {
    return bad(tensor.name() + " is " + tensor.describe() + ", must be " + must);
  }

  AttnPoolException bad(String problem) {
    return new AttnPoolException("read " + path, problem);
  }
}
