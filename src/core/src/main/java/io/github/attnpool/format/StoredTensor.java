package io.github.attnpool.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.attnpool.internal.io.ByteSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where a tensor's elements are: element (i, j, …) is number offset + i·strides[0] + j·strides[1] +
 * … of those that the source holds.
 *
 * @param info the tensor
 * @param stored type of the elements in the source
 * @param source which all elements lie in: whoever makes this has checked it
 * @param offset elements before the first
 * @param strides for each dimension, in elements; not negative
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StoredTensor(
    TensorInfo info, StoredType stored, ByteSource source, long offset, long[] strides) {
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  /** Row-major elements that are the whole source. */
  static StoredTensor whole(TensorInfo info, StoredType stored, ByteSource source) {
    return new StoredTensor(info, stored, source, 0, rowMajor(info.shape()));
  }

  /** Elements that are the whole source, the first dimension innermost. */
  static StoredTensor columnMajor(TensorInfo info, StoredType stored, ByteSource source) {
    long[] strides = new long[info.rank()];
    long stride = 1;
    for (int i = 0; i < strides.length; i++) {
      strides[i] = stride;
      stride *= Math.max(1, info.dim(i));
    }
    return new StoredTensor(info, stored, source, 0, strides);
  }

  /** Returns the strides of a tensor whose last dimension is the innermost. */
  private static long[] rowMajor(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(1, shape[i]);
    }
    return strides;
  }

  /** Whether the elements lie one after the other, row-major. */
  boolean isRowMajor() {
    long stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      if (info.dim(i) != 1 && strides[i] != stride) {
        return info.elements() == 0;
      }
      stride *= info.dim(i);
    }
    return true;
  }

  /** Reads consecutive elements of a tensor that is row-major. */
  void read(long element, MemorySegment target) throws IOException {
    source.read((offset + element) * stored.bytes(), stored.storedPart(target));
    stored.decode(target);
  }

  /**
   * Collects consecutive elements of any tensor.
   *
   * @param bytes of the whole source
   */
  void gather(MemorySegment bytes, long element, MemorySegment target) {
    MemorySegment part = stored.storedPart(target);
    long count = part.byteSize() / stored.bytes();
    long[] index = index(element);
    int last = index.length - 1;
    for (long done = 0; done < count; ) {
      long run = Math.min(info.dim(last) - index[last], count - done);
      copyRun(bytes, place(index), part, done, run);
      done += run;
      index[last] += run;
      carry(index);
    }
    stored.decode(target);
  }

  private long[] index(long element) {
    long[] index = new long[strides.length];
    long rest = element;
    for (int i = index.length - 1; i >= 0; i--) {
      index[i] = rest % info.dim(i);
      rest /= info.dim(i);
    }
    return index;
  }

  private long place(long[] index) {
    long place = offset;
    for (int i = 0; i < index.length; i++) {
      place += index[i] * strides[i];
    }
    return place;
  }

  private void carry(long[] index) {
    for (int i = index.length - 1; i > 0 && index[i] == info.dim(i); i--) {
      index[i] = 0;
      index[i - 1]++;
    }
  }

  private void copyRun(MemorySegment bytes, long from, MemorySegment target, long to, long run) {
    int width = stored.bytes();
    long stride = strides[strides.length - 1];
    if (stride == 1) {
      MemorySegment.copy(bytes, from * width, target, to * width, run * width);
      return;
    }
    switch (width) {
      case Short.BYTES -> {
        for (long i = 0; i < run; i++) {
          short value = bytes.get(SHORT, (from + i * stride) * Short.BYTES);
          target.set(SHORT, (to + i) * Short.BYTES, value);
        }
      }
      case Integer.BYTES -> {
        for (long i = 0; i < run; i++) {
          int value = bytes.get(INT, (from + i * stride) * Integer.BYTES);
          target.set(INT, (to + i) * Integer.BYTES, value);
        }
      }
      case Long.BYTES -> {
        for (long i = 0; i < run; i++) {
          long value = bytes.get(LONG, (from + i * stride) * Long.BYTES);
          target.set(LONG, (to + i) * Long.BYTES, value);
        }
      }
      default -> {
        for (long i = 0; i < run; i++) {
          target.set(JAVA_BYTE, to + i, bytes.get(JAVA_BYTE, from + i * stride));
        }
      }
    }
  }
}
