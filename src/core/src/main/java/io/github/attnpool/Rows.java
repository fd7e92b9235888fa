package io.github.attnpool;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Locale;
import java.util.Optional;

/**
 * Rows of numbers in memory that the caller owns: where they lie, how they are stored, how wide
 * they are, and how far apart. {@link Sequences} says how many there are and which rows form a
 * sequence.
 *
 * <p>Immutable and thread-safe. Nothing is read from the memory before a forward call.
 */
public final class Rows {
  private final Optional<MemorySegment> memory;
  private final Optional<DeviceRows> device;
  private final long bytes;
  private final ElementType type;
  private final int width;
  private final long pitch;

  private Rows(
      Optional<MemorySegment> memory,
      Optional<DeviceRows> device,
      long bytes,
      ElementType type,
      int width,
      long pitch) {
    Sequences.ARGUMENTS.given("type", type);
    if (!type.isReal() || type == ElementType.F64) {
      throw Sequences.ARGUMENTS.bad("x has element type " + type + ", must be F32, BF16 or F16");
    }
    Sequences.ARGUMENTS.must(width >= 1, () -> "width is " + width + ", must be at least 1");
    this.memory = memory;
    this.device = device;
    this.bytes = bytes;
    this.type = type;
    this.width = width;
    this.pitch = pitch;
  }

  /**
   * Takes rows that lie side by side in a segment, on the heap or not, mapped from a file or not.
   * Rows in native memory are read in place; others are copied a tile at a time in each call.
   *
   * @param x row-major [rows, width], exactly that many elements
   * @param type how they are stored: F32, BF16 or F16
   * @param width values in a row
   * @return the rows
   * @throws AttnPoolException if x is null, the type is another or the width is not positive
   */
  public static Rows of(MemorySegment x, ElementType type, int width) {
    checkGiven(x);
    return new Rows(Optional.of(x), Optional.empty(), x.byteSize(), type, width, width);
  }

  /**
   * Takes rows that lie side by side in a buffer, from its position to its limit. A direct buffer
   * is read in place; another is copied a tile at a time in each call.
   *
   * @param x row-major [rows, width], exactly that many elements, in little-endian byte order; a
   *     new {@code ByteBuffer}, a slice and a duplicate are big-endian until {@link
   *     ByteBuffer#order} says otherwise
   * @param type how they are stored: F32, BF16 or F16
   * @param width values in a row
   * @return the rows
   * @throws AttnPoolException if x is null or big-endian, the type is another or the width is not
   *     positive
   */
  public static Rows of(ByteBuffer x, ElementType type, int width) {
    checkGiven(x);
    checkOrder(x.order());
    return of(MemorySegment.ofBuffer(x), type, width);
  }

  /**
   * Takes F32 rows that lie side by side in a buffer, from its position to its limit. A direct
   * buffer is read in place; another is copied a tile at a time in each call.
   *
   * @param x row-major [rows, width], exactly that many elements, in little-endian byte order
   * @param width values in a row
   * @return the rows
   * @throws AttnPoolException if x is null or big-endian, or the width is not positive
   */
  public static Rows of(FloatBuffer x, int width) {
    checkGiven(x);
    checkOrder(x.order());
    return of(MemorySegment.ofBuffer(x), ElementType.F32, width);
  }

  /**
   * Takes rows of 16-bit values that lie side by side in a buffer, from its position to its limit.
   * A direct buffer is read in place; another is copied a tile at a time in each call.
   *
   * @param x row-major [rows, width], exactly that many elements, in little-endian byte order
   * @param type what the values are: BF16 or F16
   * @param width values in a row
   * @return the rows
   * @throws AttnPoolException if x is null or big-endian, the type is another or the width is not
   *     positive
   */
  public static Rows of(ShortBuffer x, ElementType type, int width) {
    checkGiven(x);
    checkOrder(x.order());
    Sequences.ARGUMENTS.must(
        type != ElementType.F32, () -> "x is a ShortBuffer of F32 values, must be BF16 or F16");
    return of(MemorySegment.ofBuffer(x), type, width);
  }

  private static void checkOrder(ByteOrder order) {
    Sequences.ARGUMENTS.must(
        order == ByteOrder.LITTLE_ENDIAN,
        () ->
            "x is a buffer in big-endian byte order, Java's default; must be little-endian: call"
                + " order(ByteOrder.LITTLE_ENDIAN) before it is filled");
  }

  /**
   * Takes rows that lie side by side in an array, which is copied a tile at a time in each call.
   *
   * @param x row-major [rows, width], exactly that many elements
   * @param width values in a row
   * @return the rows
   * @throws AttnPoolException if x is null or the width is not positive
   */
  public static Rows of(float[] x, int width) {
    checkGiven(x);
    return of(MemorySegment.ofArray(x), ElementType.F32, width);
  }

  /**
   * Takes rows that lie side by side in the memory of a GPU.
   *
   * @param x row-major [rows, width], exactly that many elements
   * @param type how they are stored: F32, BF16 or F16
   * @param width values in a row
   * @return the rows
   * @throws AttnPoolException if x is null, the type is another or the width is not positive
   */
  public static Rows of(DeviceRows x, ElementType type, int width) {
    checkGiven(x);
    return new Rows(Optional.empty(), Optional.of(x), x.bytes(), type, width, width);
  }

  private static void checkGiven(Object x) {
    Sequences.ARGUMENTS.given("x", x);
  }

  /**
   * {@return these rows with gaps between them, for example some columns of a wider matrix} Row p
   * begins at element p·pitch; the memory ends with the last row or the gap after it. Such rows are
   * copied a tile at a time in each call.
   *
   * @param pitch elements from one row to the next, at least the width
   * @throws AttnPoolException if the pitch is smaller than the width, or the rows lie on a device
   */
  public Rows withPitch(long pitch) {
    Sequences.ARGUMENTS.must(
        pitch >= width,
        () -> "the row pitch is " + pitch + " elements, must be at least the width, " + width);
    Sequences.ARGUMENTS.must(
        device.isEmpty() || pitch == width,
        () -> "rows in device memory have a pitch of " + pitch + ", must be the width, " + width);
    return new Rows(memory, device, bytes, type, width, pitch);
  }

  /** Checks that there are so many rows, and nothing else but gaps between them. */
  void checkHold(long rows) {
    long most = times(times(rows, pitch), type.bytes());
    long least = rows == 0 ? 0 : most - (pitch - width) * type.bytes();
    Sequences.ARGUMENTS.must(
        bytes >= least && bytes <= most,
        () ->
            String.format(
                Locale.ROOT,
                "x has %d bytes, must have %s%d (%d rows of %d %s%s)",
                bytes,
                least == most ? "" : least + " to ",
                most,
                rows,
                width,
                type,
                pitch == width ? "" : " with a pitch of " + pitch));
  }

  static long times(long a, long b) {
    if (Math.multiplyHigh(a, b) != 0 || a * b < 0) {
      throw Sequences.ARGUMENTS.bad("the size " + a + " x " + b + " is too large");
    }
    return a * b;
  }

  /** {@return the memory of the rows; empty if they lie on a device} */
  public Optional<MemorySegment> memory() {
    return memory;
  }

  /** {@return where the rows lie on a device; empty if they lie in host memory} */
  public Optional<DeviceRows> device() {
    return device;
  }

  /** {@return how the numbers are stored} */
  public ElementType type() {
    return type;
  }

  /** {@return the number of values in a row} */
  public int width() {
    return width;
  }

  /** {@return the number of elements from one row to the next: the width, or more with gaps} */
  public long pitch() {
    return pitch;
  }
}
