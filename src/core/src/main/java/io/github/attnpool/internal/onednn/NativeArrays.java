package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.internal.kernels.NativeKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Copies arrays of parameters to native memory, where they stay as long as an arena. */
record NativeArrays(Arena arena) {
  private static final long ALIGNMENT = 64;

  /** Returns the address of a copy. */
  long copy(float... values) {
    MemorySegment copy = arena.allocate((long) values.length * Float.BYTES, ALIGNMENT);
    MemorySegment.copy(values, 0, copy, JAVA_FLOAT, 0, values.length);
    return copy.address();
  }

  /** Returns the address of a copy, rounded to F32. */
  long copy(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return copy(floats);
  }

  /** Returns the address of as many equal values. */
  long filled(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return copy(values);
  }

  /** Returns the address of as many values equal to one in native memory. */
  long repeated(long value, int count) {
    long values = scratch(count, Float.BYTES);
    for (int i = 0; i < count; i++) {
      NativeKernels.copy(value, Float.BYTES, values + (long) i * Float.BYTES);
    }
    return values;
  }

  /** Returns the address of memory for values. */
  long scratch(long values, int bytes) {
    return arena.allocate(Math.max(1, values * bytes), ALIGNMENT).address();
  }
}
