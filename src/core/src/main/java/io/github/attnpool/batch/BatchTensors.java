package io.github.attnpool.batch;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The tensors that describe a batch; their types and shapes are checked, each for itself and
 * against the others.
 */
final class BatchTensors {
  private static final int MAX_WITHOUT_STEPS = 1 << 20;

  private final TensorFile file;
  private final InputNames names;
  private final TensorInfo x;
  private final long storedWidth;
  private final int firstColumn;
  private final int width;
  private final @Nullable BagRuns bags;

  private BatchTensors(TensorFile file, InputOptions options) {
    this.file = file;
    this.names = InputNames.of(file, options.x());
    this.x = names.x();
    checkX();
    this.storedWidth = x.rank() > 1 ? x.dim(x.rank() - 1) : widthOfNothing(options);
    checkColumns(options);
    this.firstColumn = options.columns().map(InputOptions.Columns::from).orElse(0);
    this.width =
        options.columns().map(InputOptions.Columns::count).orElseGet(() -> (int) storedWidth);
    this.bags = readBags();
    checkOthers();
  }

  /**
   * Picks them out of a file's tensors.
   *
   * @throws AttnPoolException if there is no x, or one is not as it must be
   */
  static BatchTensors of(TensorFile file, InputOptions options) {
    return new BatchTensors(file, options);
  }

  private void checkX() {
    if (!x.type().isReal()) {
      throw bad(x, "F32, BF16 or F16, or F64, which is rounded to F32");
    }
    boolean nothing = x.rank() == 1 && x.dim(0) == 0;
    if (x.rank() != 2 && x.rank() != 3 && !nothing) {
      throw bad(x, "[B,T,H] or [N,H]");
    }
    if (!nothing && (x.dim(x.rank() - 1) < 1 || x.dim(x.rank() - 1) > Integer.MAX_VALUE)) {
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

  /** An x [0], as some programs store an input without rows. */
  private int widthOfNothing(InputOptions options) {
    int columns = options.columns().map(InputOptions.Columns::to).orElse(0);
    int width = options.emptyWidth().orElse(0);
    if (columns == 0 && width == 0) {
      throw bad(x, "[0,H] where there are no rows, or the width H must be given");
    }
    return Math.max(columns, width);
  }

  private void checkColumns(InputOptions options) {
    options
        .columns()
        .filter(columns -> columns.to() > storedWidth)
        .ifPresent(
            columns -> {
              throw bad(
                  String.format(
                      Locale.ROOT,
                      "columns are %d:%d, but %s is %s, which has the columns 0:%d",
                      columns.from(),
                      columns.to(),
                      x.name(),
                      x.describe(),
                      storedWidth));
            });
  }

  private @Nullable BagRuns readBags() {
    TensorInfo numbers = other(InputNames.BAGS);
    if (numbers == null) {
      return null;
    }
    if (padded() || offsets() != null) {
      throw bad(
          padded()
              ? numbers.name() + " goes with rows x [N,H], but x is " + x.describe()
              : "there are " + numbers.name() + " and offsets, must be one of them");
    }
    if (!numbers.type().isInteger() || numbers.rank() != 1 || numbers.dim(0) != positions()) {
      throw bad(numbers, "integers [" + positions() + "], a bag number for each row");
    }
    return BagRuns.read(file, numbers);
  }

  private void checkOthers() {
    TensorInfo offsets = offsets();
    if (padded() && offsets != null) {
      throw bad("offsets go with rows x [N,H], but x is " + x.describe());
    }
    checkPadded(lengths());
    checkPadded(keep());
    if (offsets != null
        && (!offsets.type().isInteger() || offsets.rank() != 1 || offsets.dim(0) < 1)) {
      throw bad(offsets, "integers [B+1]");
    }
    if (offsets != null && offsets.dim(0) > Integer.MAX_VALUE) {
      throw bad(offsets, "of fewer than " + Integer.MAX_VALUE + " sequences");
    }
    TensorInfo lengths = lengths();
    if (lengths != null
        && (!lengths.type().isInteger() || lengths.rank() != 1 || lengths.dim(0) != batch())) {
      throw bad(lengths, "integers [" + batch() + "]");
    }
    TensorInfo keep = keep();
    if (keep != null && (keep.type().isReal() || !isByPosition(keep))) {
      throw bad(keep, "BOOL or integers " + byPosition());
    }
    TensorInfo queries = queries();
    if (queries != null
        && (!queries.type().isReal() || queries.rank() != 2 || !queriesFit(queries))) {
      throw bad(queries, "real numbers [" + batch() + ",Q]");
    }
    TensorInfo bias = bias();
    if (bias != null && (!bias.type().isReal() || !(isByPosition(bias) || isByHead(bias)))) {
      throw bad(
          bias,
          "real numbers "
              + byPosition()
              + (padded() ? String.format(Locale.ROOT, " or [%d, R, %d]", batch(), steps()) : ""));
    }
    TensorInfo coords = coords();
    if (coords != null && (coords.type() == ElementType.BOOL || !coordsFit(coords))) {
      throw bad(
          coords,
          String.format(
              Locale.ROOT,
              "numbers [%d, 2]%s",
              positions(),
              padded() ? String.format(Locale.ROOT, " or [%d, %d, 2]", batch(), steps()) : ""));
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

  /** Whether there is a value for each position. */
  private boolean isByPosition(TensorInfo tensor) {
    return padded()
        ? tensor.rank() == 2 && tensor.dim(0) == batch() && tensor.dim(1) == steps()
        : tensor.rank() == 1 && tensor.dim(0) == positions();
  }

  private String byPosition() {
    return padded()
        ? String.format(Locale.ROOT, "[%d, %d]", batch(), steps())
        : "[" + positions() + "]";
  }

  private boolean isByHead(TensorInfo bias) {
    return padded()
        && bias.rank() == 3
        && bias.dim(0) == batch()
        && bias.dim(1) >= 1
        && bias.dim(1) <= Integer.MAX_VALUE
        && bias.dim(2) == steps();
  }

  private boolean coordsFit(TensorInfo coords) {
    if (coords.rank() == 1 && coords.dim(0) == 0) {
      return positions() == 0;
    }
    return switch (coords.rank()) {
      case 2 -> coords.dim(0) == positions() && coords.dim(1) == 2;
      case 3 ->
          coords.dim(0) == (padded() ? batch() : 1)
              && coords.dim(1) == (padded() ? steps() : positions())
              && coords.dim(2) == 2;
      default -> false;
    };
  }

  /** [B,T,H] or [N,H]; or [0]. */
  TensorInfo x() {
    return x;
  }

  /** [B+1], with rows; null without, as the next ones. */
  @Nullable TensorInfo offsets() {
    return other(InputNames.OFFSETS);
  }

  /** Bags, with rows. */
  @Nullable BagRuns bags() {
    return bags;
  }

  /** [B], with padded x. */
  @Nullable TensorInfo lengths() {
    return other(InputNames.LENGTHS);
  }

  /** [B,T], with padded x. */
  @Nullable TensorInfo keep() {
    return other(InputNames.KEEP);
  }

  /** [B,Q]. */
  @Nullable TensorInfo queries() {
    return other(InputNames.QUERIES);
  }

  /** [B,T] or [B,R,T] with padded x, [N] with rows. */
  @Nullable TensorInfo bias() {
    return other(InputNames.BIAS);
  }

  /** [N,2], or [B,T,2] with padded x. */
  @Nullable TensorInfo coords() {
    return other(InputNames.COORDS);
  }

  private @Nullable TensorInfo other(String name) {
    return names.others().get(name);
  }

  /** Names of the tensors that are left alone. */
  List<String> ignored() {
    return names.ignored();
  }

  boolean padded() {
    return x.rank() == 3;
  }

  /** B. */
  int batch() {
    if (padded()) {
      return (int) x.dim(0);
    }
    if (bags != null) {
      return bags.batch();
    }
    TensorInfo offsets = offsets();
    return offsets == null ? 1 : (int) (offsets.dim(0) - 1);
  }

  /** T; −1 for rows. */
  long steps() {
    return padded() ? x.dim(1) : -1;
  }

  /** Rows of x, B·T or N. */
  long positions() {
    return padded() ? x.dim(0) * x.dim(1) : x.dim(0);
  }

  /** H, the columns of x that make a row. */
  int width() {
    return width;
  }

  /** The columns of x in the file. */
  long storedWidth() {
    return storedWidth;
  }

  /** The column of x that a row begins with. */
  int firstColumn() {
    return firstColumn;
  }

  /** How many heads the bias has values for: 1 if all share them; 0 if there is none. */
  int biasHeads() {
    TensorInfo bias = bias();
    if (bias == null) {
      return 0;
    }
    return bias.rank() == 3 ? (int) bias.dim(1) : 1;
  }

  /** Type of the rows as they come: F64 is rounded. */
  ElementType rowType() {
    return x.type() == ElementType.F64 ? ElementType.F32 : x.type();
  }

  /** Bytes of a row of x in the file. */
  long storedRowBytes() {
    return storedWidth * x.type().bytes();
  }

  private AttnPoolException bad(TensorInfo tensor, String must) {
    return bad(tensor.name() + " is " + tensor.describe() + ", must be " + must);
  }

  AttnPoolException bad(String problem) {
    return new AttnPoolException("read " + file.name(), problem);
  }
}
