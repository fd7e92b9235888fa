package io.github.attnpool.batch;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import io.github.attnpool.ElementType;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.io.ArrayCopy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * Where the rows of a batch lie, for example the corners of the tiles of a slide, in the units of
 * the program that wrote them. Immutable; lives as long as its file is open.
 */
public final class Coordinates {
  private static final Arguments ARGUMENTS = new Arguments("coordinates");
  private static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int PIECE = 1 << 13; // elements

  private final MemorySegment values; // F64 [positions, 2]
  private final Map<String, String> attributes;

  private Coordinates(MemorySegment values, Map<String, String> attributes) {
    this.values = values;
    this.attributes = attributes;
  }

  /** Reads those of all positions. */
  static Coordinates read(TensorFile file, TensorInfo coords, Arena arena) {
    MemorySegment values = arena.allocate(JAVA_DOUBLE, coords.elements());
    int bytes = coords.type().bytes();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment stored = scratch.allocate((long) PIECE * bytes, Long.BYTES);
      for (long done = 0; done < coords.elements(); done += PIECE) {
        int size = (int) Math.min(PIECE, coords.elements() - done);
        MemorySegment part = stored.asSlice(0, (long) size * bytes);
        file.read(coords.name(), done, part);
        for (int i = 0; i < size; i++) {
          values.setAtIndex(JAVA_DOUBLE, done + i, value(coords.type(), part, i));
        }
      }
    }
    return new Coordinates(values, coords.attributes());
  }

  private static double value(ElementType type, MemorySegment stored, int i) {
    if (type.isInteger()) {
      return ArrayCopy.integer(type, stored, i);
    }
    return type == ElementType.F64
        ? stored.get(F64, (long) i * Double.BYTES)
        : ArrayCopy.floats(stored.asSlice((long) i * type.bytes(), type.bytes()), type, 1)[0];
  }

  /**
   * {@return the first coordinate of a row}
   *
   * @param position the row's position
   */
  public double x(long position) {
    return get(position, 0);
  }

  /**
   * {@return the second coordinate of a row}
   *
   * @param position the row's position
   */
  public double y(long position) {
    return get(position, 1);
  }

  private double get(long position, int column) {
    ARGUMENTS.index("position", position, values.byteSize() / (2 * Double.BYTES));
    ARGUMENTS.usable("the coordinates", values);
    return values.getAtIndex(JAVA_DOUBLE, 2 * position + column);
  }

  /**
   * {@return what the file says about the coordinates, for example {@code patch_size}; empty unless
   * it is an HDF5 file}
   */
  public Map<String, String> attributes() {
    return attributes;
  }
}
