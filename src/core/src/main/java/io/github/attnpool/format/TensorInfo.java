package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.io.Shown;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What a tensor of a file is: everything but its elements.
 *
 * @param name name in its file
 * @param type type of the elements
 * @param shape sizes of the dimensions, outermost first; empty for a scalar
 * @param attributes texts that HDF5 stores with a dataset; empty in other files
 */
@SuppressWarnings("ArrayRecordComponent") // copied, and compared by its elements
public record TensorInfo(
    String name, ElementType type, long[] shape, Map<String, String> attributes) {

  /**
   * Checks the shape and copies it.
   *
   * @throws AttnPoolException if a dimension is negative, or the elements are more bytes than a
   *     long counts
   */
  public TensorInfo {
    Arguments arguments = new Arguments("tensor");
    arguments.given("name", name);
    arguments.given("type", type);
    shape = arguments.given("shape", shape).clone();
    attributes = Map.copyOf(arguments.allGiven("attributes", attributes));
    byteSize(name, type, shape);
  }

  /**
   * Describes a tensor without attributes.
   *
   * @param name name in its file
   * @param type type of the elements
   * @param shape sizes of the dimensions, outermost first; empty for a scalar
   * @throws AttnPoolException if the shape is not sound
   */
  public TensorInfo(String name, ElementType type, long... shape) {
    this(name, type, shape, Map.of());
  }

  /** {@return a copy of the sizes of the dimensions, outermost first} */
  @Override
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
    new Arguments(operation(name)).index("index", index, shape.length);
    return shape[index];
  }

  /** {@return the number of elements} */
  public long elements() {
    return byteSize() / type.bytes();
  }

  /** {@return the bytes that all elements take} */
  public long byteSize() {
    return byteSize(name, type, shape);
  }

  /** {@return type and shape in words, for example {@code F32 [64, 100]}} */
  public String describe() {
    return describe(type, shape);
  }

  /** Fails unless the elements are real numbers. */
  void checkReal() {
    if (!type.isReal()) {
      throw wrongType("real numbers (F32, F64, BF16 or F16)");
    }
  }

  /** Fails unless the elements are integers. */
  void checkInteger() {
    if (!type.isInteger()) {
      throw wrongType("integers");
    }
  }

  private AttnPoolException wrongType(String expected) {
    return new AttnPoolException(
        operation(name), "has element type " + type + ", must be " + expected);
  }

  /** Returns the number of elements if an array can hold them. */
  int arrayLength() {
    if (elements() > Integer.MAX_VALUE - 8) {
      throw new AttnPoolException(
          operation(name), "has " + elements() + " elements, too many for a Java array");
    }
    return (int) elements();
  }

  static String describe(ElementType type, long[] shape) {
    return type
        + Arrays.stream(shape)
            .mapToObj(Long::toString)
            .collect(Collectors.joining(", ", " [", "]"));
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

  /** Returns what an exception about a tensor begins with. */
  static String operation(String name) {
    return "tensor " + Shown.text(name);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorInfo(var itsName, var itsType, var itsShape, var itsAttributes)
        && name.equals(itsName)
        && type == itsType
        && Arrays.equals(shape, itsShape)
        && attributes.equals(itsAttributes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, type, Arrays.hashCode(shape), attributes);
  }

  @Override
  public String toString() {
    return Shown.text(name) + " " + describe();
  }
}
