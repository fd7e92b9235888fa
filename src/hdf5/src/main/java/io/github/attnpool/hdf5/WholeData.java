package io.github.attnpool.hdf5;

import java.lang.foreign.MemorySegment;

/**
 * Elements that lie side by side in the file.
 *
 * @param bytes all of them
 */
record WholeData(MemorySegment bytes, StoredType type) implements StoredData {
  @Override
  public void read(long element, long count, MemorySegment target) {
    type.copy(bytes, element * type.bytes(), count, target, 0);
  }
}
