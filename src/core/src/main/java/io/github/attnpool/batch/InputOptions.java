package io.github.attnpool.batch;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.arguments.Arguments;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a reader of input files cannot see in the file. Immutable; {@link #DEFAULT} asks for
 * nothing.
 *
 * @param x name of the tensor that holds the rows; empty for the first of {@code x}, {@code
 *     features} and {@code feats} that there is
 * @param columns which columns of x make a row; empty for all
 * @param emptyWidth width of a row where the file does not say it: some programs store an input
 *     without rows as an array [0]
 */
public record InputOptions(Optional<String> x, Optional<Columns> columns, OptionalInt emptyWidth) {
  private static final Arguments ARGUMENTS = new Arguments("input options");

  /** The usual names, all columns, and an error where the width is not known. */
  public static final InputOptions DEFAULT =
      new InputOptions(Optional.empty(), Optional.empty(), OptionalInt.empty());

  /** Makes options out of all their values. */
  public InputOptions {
    ARGUMENTS.given("x", x);
    ARGUMENTS.given("columns", columns);
    ARGUMENTS.given("emptyWidth", emptyWidth);
    if (emptyWidth.isPresent() && emptyWidth.getAsInt() < 1) {
      throw ARGUMENTS.bad("width is " + emptyWidth.getAsInt() + ", must be at least 1");
    }
  }

  /**
   * {@return these options with the name of the tensor that holds the rows}
   *
   * @param name a tensor's or a dataset's name
   */
  public InputOptions withX(String name) {
    return new InputOptions(Optional.of(ARGUMENTS.given("name", name)), columns, emptyWidth);
  }

  /**
   * {@return these options with the columns that make a row}
   *
   * @param from first column, at least 0
   * @param to column after the last one
   * @throws AttnPoolException if that is not at least one column
   */
  public InputOptions withColumns(int from, int to) {
    return new InputOptions(x, Optional.of(new Columns(from, to)), emptyWidth);
  }

  /**
   * {@return these options with the width of a row where the file does not say it}
   *
   * @param width usually the layer's {@link io.github.attnpool.AttentionParameters#inputWidth}
   * @throws AttnPoolException if it is not positive
   */
  public InputOptions withEmptyWidth(int width) {
    return new InputOptions(x, columns, OptionalInt.of(width));
  }

  /**
   * Consecutive columns.
   *
   * @param from first column
   * @param to column after the last one
   */
  public record Columns(int from, int to) {
    /**
     * Makes a range of columns.
     *
     * @throws AttnPoolException if that is not at least one column
     */
    public Columns {
      if (from < 0 || to <= from) {
        throw new AttnPoolException(
            "input options",
            String.format(Locale.ROOT, "columns are %d:%d, must be A:B with 0 <= A < B", from, to));
      }
    }

    /** {@return the number of columns} */
    public int count() {
      return to - from;
    }
  }
}
