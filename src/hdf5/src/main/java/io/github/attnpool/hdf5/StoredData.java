package io.github.attnpool.hdf5;

import java.lang.foreign.MemorySegment;

/** Where the elements of a dataset are. */
interface StoredData {
  /**
   * Reads consecutive elements, row-major.
   *
   * @param element index of the first
   * @param target gets them, little-endian
   */
  void read(long element, long count, MemorySegment target);
}
