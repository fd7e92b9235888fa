package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/**
 * A view of a batch of sequences: rows of {@code width} numbers in memory that the caller owns.
 *
 * <p>Two layouts: <i>padded</i>, x is [B,T,H] and lengths or a keep mask say which rows are real;
 * <i>ragged</i>, x is [N,H] and offsets [B+1] say where each sequence begins and ends. Every row of
 * x has a <i>position</i>: b·T + t, or its index in [N,H].
 *
 * <p>Immutable; lengths, masks and offsets are copied, x is not. Nothing is read from x before a
 * forward call. x must stay alive, and should not be changed, while a forward call reads it.
 */
public final class Sequences {
  private static final String OPERATION = "sequences";
  private static final int MAX_BATCH = Integer.MAX_VALUE - 16; // offsets have to fit an array

  private final MemorySegment x;
  private final ElementType type;
  private final int width;
  private final long steps; // T, or -1 when ragged
  private final long[] offsets; // [B+1] positions
  private final KeptRows kept;

  private Sequences(
      MemorySegment x, ElementType type, int width, long steps, long[] offsets, KeptRows kept) {
    this.x = x;
    this.type = type;
    this.width = width;
    this.steps = steps;
    this.offsets = offsets;
    this.kept = kept;
  }

  /**
   * A padded batch in which every row takes part.
   *
   * @param x row-major [batch, steps, width], exactly that many elements
   * @throws AttnPoolException if a size is negative, the width is not positive, or x has another
   *     size
   */
  public static Sequences padded(
      MemorySegment x, ElementType type, int batch, long steps, int width) {
    check(
        batch >= 0 && batch <= MAX_BATCH,
        () -> "batch is " + batch + ", must be 0 to " + MAX_BATCH);
    check(steps >= 0, () -> "steps is " + steps + ", must be at least 0");
    long rows = times(batch, steps);
    checkData(x, type, rows, width);
    long[] offsets = new long[batch + 1];
    for (int b = 0; b < batch; b++) {
      offsets[b + 1] = offsets[b] + steps;
    }
    return new Sequences(x, type, width, steps, offsets, keepAll(offsets));
  }

  /**
   * A ragged batch.
   *
   * @param rows row-major [N, width], exactly that many elements
   * @param offsets [B+1], from 0 to N, never falling: sequence b is rows offsets[b] … offsets[b+1]
   * @throws AttnPoolException if offsets do not run from 0 to N without falling, or sizes do not
   *     fit
   */
  public static Sequences ragged(MemorySegment rows, ElementType type, int width, long... offsets) {
    check(offsets != null && offsets.length > 0, () -> "offsets are missing, must have B+1 values");
    long[] own = offsets.clone(); // before the checks: the caller's may change meanwhile
    check(own[0] == 0, () -> "offsets[0] is " + own[0] + ", must be 0");
    for (int b = 1; b < own.length; b++) {
      if (own[b] < own[b - 1]) {
        throw bad(
            "offsets[%d] is %d, must not be below the %d before it"
                .formatted(b, own[b], own[b - 1]));
      }
    }
    checkData(rows, type, own[own.length - 1], width);
    return new Sequences(rows, type, width, -1, own, keepAll(own));
  }

  /**
   * These sequences, of which only the first {@code lengths[b]} rows take part.
   *
   * @throws AttnPoolException if this is not a padded batch without lengths or mask, or a length is
   *     outside 0 … steps
   */
  public Sequences withLengths(long... lengths) {
    checkUnmasked("lengths");
    check(
        lengths != null && lengths.length == batch(),
        () ->
            "there are "
                + (lengths == null ? "no" : lengths.length)
                + " lengths, must be one for each of the "
                + batch()
                + " sequences");
    KeptRows.Builder kept = new KeptRows.Builder(batch());
    for (int b = 0; b < batch(); b++) {
      long length = lengths[b];
      if (length < 0 || length > steps) {
        throw bad("lengths[" + b + "] is " + length + ", must be 0 to " + steps);
      }
      kept.keep(offsets[b], length);
      kept.endSequence();
    }
    return new Sequences(x, type, width, steps, offsets, kept.build());
  }

  /**
   * These sequences, of which only the rows marked 1 take part.
   *
   * @param keep [batch, steps] bytes: 1 = attend, 0 = ignore the row
   * @throws AttnPoolException if this is not a padded batch without lengths or mask, the mask has
   *     another size, cannot be read here, or has a byte that is neither 0 nor 1
   */
  public Sequences withKeepMask(MemorySegment keep) {
    checkUnmasked("a keep mask");
    check(
        keep != null && keep.byteSize() == positions(),
        () ->
            "the keep mask has "
                + (keep == null ? "no" : keep.byteSize())
                + " bytes, must have one for each of the "
                + positions()
                + " positions");
    check(
        keep.scope().isAlive() && keep.isAccessibleBy(Thread.currentThread()),
        () -> "the keep mask's memory is closed or belongs to another thread");
    KeptRows.Builder kept = new KeptRows.Builder(batch());
    for (int b = 0; b < batch(); b++) {
      long end = offsets[b + 1];
      for (long position = offsets[b]; position < end; position++) {
        byte mark = keep.get(JAVA_BYTE, position);
        if (mark != 0 && mark != 1) {
          throw bad("the keep mask at position " + position + " is " + mark + ", must be 0 or 1");
        }
        kept.keep(position, mark);
      }
      kept.endSequence();
    }
    return new Sequences(x, type, width, steps, offsets, kept.build());
  }

  /** B: number of sequences. */
  public int batch() {
    return offsets.length - 1;
  }

  /** Whether this is a padded batch. */
  public boolean isPadded() {
    return steps >= 0;
  }

  /** T: positions of every sequence of a padded batch; −1 when ragged. */
  public long steps() {
    return steps;
  }

  /** Positions in all, padding included: B·T or N. */
  public long positions() {
    return offsets[offsets.length - 1];
  }

  /** Position of a sequence's first row; with {@code sequence == batch()}, the end of the last. */
  public long offset(int sequence) {
    return offsets[sequence];
  }

  /**
   * Where in weights and scores a head's values for a sequence begin; position p of the sequence
   * stands {@code p - offset(sequence)} behind. A padded batch is [B,R,T], a ragged one [R,N].
   */
  public long resultIndex(int sequence, int head, int heads) {
    return isPadded()
        ? (heads * (long) sequence + head) * steps
        : head * positions() + offsets[sequence];
  }

  /** H: values in a row. */
  public int width() {
    return width;
  }

  /** Type of x's elements. */
  public ElementType type() {
    return type;
  }

  /** The rows, by position. */
  public MemorySegment x() {
    return x;
  }

  /** Which rows take part. */
  public KeptRows kept() {
    return kept;
  }

  private void checkUnmasked(String what) {
    check(isPadded(), () -> what + " can only be given to a padded batch");
    check(
        kept.count() == positions(),
        () -> what + " cannot be given to a batch that already has some");
  }

  private static KeptRows keepAll(long[] offsets) {
    KeptRows.Builder kept = new KeptRows.Builder(offsets.length - 1);
    for (int b = 0; b + 1 < offsets.length; b++) {
      kept.keep(offsets[b], offsets[b + 1] - offsets[b]);
      kept.endSequence();
    }
    return kept.build();
  }

  private static void checkData(MemorySegment x, ElementType type, long rows, int width) {
    check(x != null, () -> "x is null");
    check(
        type != null && type.isReal() && type != ElementType.F64,
        () -> "x has element type " + type + ", must be F32, BF16 or F16");
    check(width > 0, () -> "width is " + width + ", must be at least 1");
    long bytes = times(times(rows, width), type.bytes());
    check(
        x.byteSize() == bytes,
        () ->
            "x has "
                + x.byteSize()
                + " bytes, must have "
                + bytes
                + " ("
                + rows
                + " rows of "
                + width
                + " "
                + type
                + ")");
  }

  private static long times(long a, long b) {
    long high = Math.multiplyHigh(a, b);
    check(high == 0 && a * b >= 0, () -> "the size " + a + " x " + b + " is too large");
    return a * b;
  }

  private static void check(boolean good, Supplier<String> problem) {
    if (!good) {
      throw bad(problem.get());
    }
  }

  private static AttnPoolException bad(String problem) {
    return new AttnPoolException(OPERATION, problem);
  }
}
