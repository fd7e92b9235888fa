package io.github.attnpool.internal.cuda.device;

/** Places for arrays in a buffer that is still to be reserved: offsets now, addresses then. */
public final class MemoryPlan {
  private static final long ALIGNMENT = 256;

  private long end;

  /** A place for so many bytes, or for none; its offset. */
  public long place(long bytes) {
    long offset = end;
    end += (Math.max(1, bytes) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return offset;
  }

  /** A place for so many F32 values. */
  public long floats(long count) {
    return place(count * Float.BYTES);
  }

  /** A place for so many F64 values. */
  public long doubles(long count) {
    return place(count * Double.BYTES);
  }

  /** Bytes of all places. */
  public long bytes() {
    return end;
  }
}
