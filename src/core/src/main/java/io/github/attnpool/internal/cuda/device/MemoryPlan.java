package io.github.attnpool.internal.cuda.device;

/** Places for arrays in a buffer: planned first, reserved together, then known by address. */
public final class MemoryPlan {
  private static final long ALIGNMENT = 256;

  private long end;
  private long base; // 0 until memory is reserved

  /** A place for an array. */
  public final class Place {
    private final long offset;

    private Place(long offset) {
      this.offset = offset;
    }

    /** Returns the address; to be called when memory is reserved. */
    public long address() {
      if (base == 0) {
        throw new IllegalStateException("memory is not reserved yet");
      }
      return base + offset;
    }
  }

  /** Plans a place for so many bytes, or for none; to be called before memory is reserved. */
  public Place bytes(long count) {
    if (base != 0) {
      throw new IllegalStateException("memory is reserved already");
    }
    Place place = new Place(end);
    end += (Math.max(1, count) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return place;
  }

  /** Plans a place for so many F32 values. */
  public Place floats(long count) {
    return bytes(count * Float.BYTES);
  }

  /** Plans a place for so many F64 values. */
  public Place doubles(long count) {
    return bytes(count * Double.BYTES);
  }

  /** Reserves memory for all places; no more can be planned. */
  public void reserve(DeviceBuffer buffer) {
    base = buffer.reserve(end);
  }
}
