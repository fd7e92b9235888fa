package io.github.attnpool.internal.rows;

import io.github.attnpool.ElementType;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads rows of x in plain Java, whatever their element type, from any kind of memory. */
public final class RowReader {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort BITS16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment x;
  private final ElementType type;
  private final int width;
  private final long rowBytes;

  public RowReader(RowBatch in) {
    this.x = in.x();
    this.type = in.type();
    this.width = in.width();
    this.rowBytes = in.pitch() * in.type().bytes();
  }

  /** Reads the row at a position into {@code row}, which has room for width values. */
  public void read(long position, float[] row) {
    long at = position * rowBytes;
    switch (type) {
      case F32 -> MemorySegment.copy(x, F32, at, row, 0, width);
      case BF16 -> {
        for (int i = 0; i < width; i++) {
          row[i] = Float.intBitsToFloat(x.get(BITS16, at + 2L * i) << 16);
        }
      }
      case F16 -> {
        for (int i = 0; i < width; i++) {
          row[i] = Float.float16ToFloat(x.get(BITS16, at + 2L * i));
        }
      }
      default -> throw new IllegalStateException("rows of " + type + " were let through");
    }
  }
}
