package io.github.attnpool.internal.rows;

import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;

/** Says whether native code may read rows where they lie, or has to be given a copy. */
public final class InPlace {
  private InPlace() {}

  /**
   * Whether x may be read by address. Not on the heap; not misaligned, since the kernels ask for
   * whole elements; and not in a memory-mapped file: that may be cut while it is read, which Java
   * survives and native code does not.
   */
  public static boolean allowedFor(RowBatch in) {
    MemorySegment x = in.x();
    return x.isNative() && !x.isMapped() && x.address() % in.type().bytes() == 0;
  }
}
