package io.github.attnpool.internal.cuda.nvidia;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Factors of a result and of what was in its memory before: y = 1·f(x) + 0·y. */
final class Scaling {
  private static final MemorySegment FACTORS = Arena.global().allocateFrom(JAVA_FLOAT, 1, 0);

  /** 1, the factor of the result. */
  static final MemorySegment ALPHA = FACTORS.asSlice(0, Float.BYTES);

  /** 0, the factor of what was there. */
  static final MemorySegment BETA = FACTORS.asSlice(Float.BYTES);

  private Scaling() {}
}
