package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.io.ArrayCopy;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.function.IntFunction;

/** A named tensor: little-endian elements, row-major, in memory owned by others. */
public final class Tensor {
  private final TensorInfo info;
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
    this(new TensorInfo(name, type, shape), data);
  }

  /** Makes a tensor over memory, which is not copied. */
  Tensor(TensorInfo info, MemorySegment data) {
    this.info = info;
    this.data = new Arguments(operation()).given("data", data);
    if (data.byteSize() != info.byteSize()) {
      throw new AttnPoolException(
          operation(),
          String.format(
              Locale.ROOT,
              "has %d bytes, must have %d for %s",
              data.byteSize(),
              info.byteSize(),
              info.describe()));
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
    new Arguments("tensor").given("values", values);
    return new Tensor(name, ElementType.F32, shape, MemorySegment.ofArray(values));
  }

  private String operation() {
    return TensorInfo.operation(info.name());
  }

  /** {@return what this is but for the elements} */
  public TensorInfo info() {
    return info;
  }

  /** {@return the tensor's name} */
  public String name() {
    return info.name();
  }

  /** {@return the type of the elements} */
  public ElementType type() {
    return info.type();
  }

  /** {@return a copy of the sizes of the dimensions, outermost first} */
  public long[] shape() {
    return info.shape();
  }

  /** {@return the number of dimensions} */
  public int rank() {
    return info.rank();
  }

  /**
   * {@return the size of one dimension; 0 is the outermost}
   *
   * @param index number of the dimension
   */
  public long dim(int index) {
    return info.dim(index);
  }

  /** {@return the number of elements} */
  public long elements() {
    return info.elements();
  }

  /** {@return the elements' bytes} */
  public MemorySegment data() {
    return data;
  }

  /** {@return type and shape in words, for example {@code F32 [64, 100]}} */
  public String describe() {
    return info.describe();
  }

  /**
   * {@return the elements as floats; F64 is rounded}
   *
   * @throws AttnPoolException if they are not real numbers or too many for an array, or the memory
   *     is closed or, being a file's, no longer there
   */
  public float[] toFloatArray() {
    info.checkReal();
    return read(count -> ArrayCopy.floats(data, type(), count));
  }

  /**
   * {@return the elements as longs}
   *
   * @throws AttnPoolException if they are not integers or too many for an array, or the memory is
   *     closed or, being a file's, no longer there
   */
  public long[] toLongArray() {
    info.checkInteger();
    return read(count -> ArrayCopy.longs(data, type(), count));
  }

  private <T> T read(IntFunction<T> values) {
    new Arguments(operation()).usable("data", data);
    try {
      return values.apply(info.arrayLength());
    } catch (OutOfMemoryError e) {
      throw new Arguments(operation()).noMemory("an array of its elements", e);
    } catch (InternalError e) { // the JVM's report of a page that a mapped file no longer has
      throw new AttnPoolException(operation(), "its file was cut short while it was read", e);
    }
  }
}
