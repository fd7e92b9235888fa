package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.internal.io.ArrayCopy;
import io.github.attnpool.internal.io.Shown;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** A named tensor: little-endian elements, row-major, in memory owned by others. */
public final class Tensor {
  private final String name;
  private final ElementType type;
  private final long[] shape;
  private final MemorySegment data;

  /**
   * Makes a tensor over memory, which is not copied.
   *
   * @param name name in its file
   * @param type type of the elements
   * @param shape sizes of the dimensions, outermost first; empty for a scalar
   * @param data exactly the elements' bytes
   * @throws AttnPoolException if data has another size than type and shape give
   */
  public Tensor(String name, ElementType type, long[] shape, MemorySegment data) {
    this.name = Objects.requireNonNull(name, "name");
    this.type = Objects.requireNonNull(type, "type");
    this.shape = shape.clone();
    this.data = Objects.requireNonNull(data, "data");
    long bytes = byteSize(name, type, shape);
    if (data.byteSize() != bytes) {
      throw new AttnPoolException(
          operation(name),
          "has " + data.byteSize() + " bytes, must have " + bytes + " for " + describe());
    }
  }

  /**
   * {@return an F32 tensor over an array, which is not copied}
   *
   * @param name name in its file
   * @param values row-major
   * @param shape sizes of the dimensions, outermost first
   */
  public static Tensor of(String name, float[] values, long... shape) {
    return new Tensor(name, ElementType.F32, shape, MemorySegment.ofArray(values));
  }

  /** Returns the bytes that a tensor of that type and shape has. */
  static long byteSize(String name, ElementType type, long[] shape) {
    try {
      long bytes = type.bytes();
      for (long size : shape) {
        if (size < 0) {
          throw new AttnPoolException(
              operation(name), "has a dimension of size " + size + ", must be at least 0");
        }
        bytes = Math.multiplyExact(bytes, size);
      }
      return bytes;
    } catch (ArithmeticException e) {
      throw new AttnPoolException(
          operation(name), "shape " + Arrays.toString(shape) + " is too large", e);
    }
  }

  private static String operation(String name) {
    return "tensor " + Shown.text(name);
  }

  /** {@return the tensor's name} */
  public String name() {
    return name;
  }

  /** {@return the type of the elements} */
  public ElementType type() {
    return type;
  }

  /** {@return a copy of the sizes of the dimensions, outermost first} */
  public long[] shape() {
    return shape.clone();
  }

  /** {@return the number of dimensions} */
  public int rank() {
    return shape.length;
  }

  /**
   * {@return the size of one dimension; 0 is the outermost}
   *
   * @param index number of the dimension
   */
  public long dim(int index) {
    return shape[index];
  }

  /** {@return the number of elements} */
  public long elements() {
    return data.byteSize() / type.bytes();
  }

  /** {@return the elements' bytes} */
  public MemorySegment data() {
    return data;
  }

  /** {@return type and shape in words, for example {@code F32 [64, 100]}} */
  public String describe() {
    return describe(type, shape);
  }

  static String describe(ElementType type, long[] shape) {
    return type
        + Arrays.stream(shape)
            .mapToObj(Long::toString)
            .collect(Collectors.joining(", ", " [", "]"));
  }

  /**
   * {@return the elements as floats; F64 is rounded}
   *
   * @throws AttnPoolException if they are not real numbers or too many for an array, or the memory
   *     is closed or, being a file's, no longer there
   */
  public float[] toFloatArray() {
    checkReal();
    return read(count -> ArrayCopy.floats(data, type, count));
  }

  /**
   * Copies the elements into an array; F64 is rounded.
   *
   * @param target where the elements go, from {@code index} on
   * @param index where in the target the first value goes
   * @throws AttnPoolException as {@link #toFloatArray}, or if they do not fit in
   */
  public void copyTo(float[] target, int index) {
    checkReal();
    if (index < 0 || elements() > target.length - index) {
      throw new AttnPoolException(
          operation(name),
          "%d elements do not fit from index %d on into an array of %d"
              .formatted(elements(), index, target.length));
    }
    read(
        count -> {
          ArrayCopy.floats(data, type, target, index, count);
          return target;
        });
  }

  private void checkReal() {
    if (!type.isReal()) {
      throw wrongType("real numbers (F32, F64, BF16 or F16)");
    }
  }

  /**
   * {@return the elements as longs}
   *
   * @throws AttnPoolException if they are not integers or too many for an array, or the memory is
   *     closed or, being a file's, no longer there
   */
  public long[] toLongArray() {
    if (!type.isInteger()) {
      throw wrongType("integers");
    }
    return read(count -> ArrayCopy.longs(data, type, count));
  }

  private <T> T read(IntFunction<T> values) {
    if (!data.scope().isAlive()) {
      throw new AttnPoolException(operation(name), "its memory is closed, as its file may be");
    }
    try {
      return values.apply(arrayLength());
    } catch (InternalError e) { // the JVM's report of a page that a mapped file no longer has
      throw new AttnPoolException(operation(name), "its file was cut short while it was read", e);
    }
  }

  private AttnPoolException wrongType(String expected) {
    return new AttnPoolException(
        operation(name), "has element type " + type + ", must be " + expected);
  }

  private int arrayLength() {
    if (elements() > Integer.MAX_VALUE - 8) {
      throw new AttnPoolException(
          operation(name), "has " + elements() + " elements, too many for a Java array");
    }
    return (int) elements();
  }
}
