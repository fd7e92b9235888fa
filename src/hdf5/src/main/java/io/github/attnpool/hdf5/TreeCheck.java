package io.github.attnpool.hdf5;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.jhdf.HdfFile;
import io.jhdf.storage.HdfBackingStorage;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Checks the trees that say where the members of a group and the chunks of a dataset are, before
 * jHDF walks them: each node must have one parent. If two could share a child, a few nodes would
 * make a tree larger than any memory.
 *
 * @see <a href="https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html">format,
 *     III.A.1 Version 1 B-trees</a>
 */
final class TreeCheck {
  private static final byte[] SIGNATURE = {'T', 'R', 'E', 'E'};
  private static final int LEVEL = 5; // offsets in a node
  private static final int ENTRIES = 6;
  private static final int SIBLINGS = 8;

  private final MemorySegment bytes;
  private final int addressBytes;
  private final int lengthBytes;

  private record Node(long address, int maxLevel) {}

  /**
   * @param bytes of the file, from the one that addresses count from
   * @param addressBytes of an address
   * @param lengthBytes of a length
   */
  TreeCheck(MemorySegment bytes, int addressBytes, int lengthBytes) {
    this.bytes = bytes;
    this.addressBytes = addressBytes;
    this.lengthBytes = lengthBytes;
  }

  static TreeCheck of(HdfFile hdf, MemorySegment file) {
    HdfBackingStorage storage = hdf.getHdfBackingStorage();
    return new TreeCheck(
        file.asSlice(storage.getUserBlockSize()),
        storage.getSizeOfOffsets(),
        storage.getSizeOfLengths());
  }

  /** Checks the tree of a group's members. */
  void checkGroup(long root) {
    check(root, lengthBytes, true);
  }

  /**
   * Checks the tree of a dataset's chunks.
   *
   * @param rank of the dataset
   */
  void checkChunks(long root, int rank) {
    check(root, 2 * Integer.BYTES + (rank + 1) * Long.BYTES, false);
  }

  /**
   * @param keyBytes what lies before each child's address
   * @param leaves whether the children of the lowest nodes may not be shared either
   */
  private void check(long root, int keyBytes, boolean leaves) {
    Deque<Node> open = new ArrayDeque<>();
    Set<Long> seen = new HashSet<>();
    seen.add(root);
    open.add(new Node(root, 0xff));
    while (!open.isEmpty()) {
      Node node = open.remove();
      long at = node.address();
      if (bytes.asSlice(at, SIGNATURE.length).mismatch(MemorySegment.ofArray(SIGNATURE)) >= 0) {
        throw new IllegalArgumentException("there is no tree at " + at);
      }
      int level = bytes.get(JAVA_BYTE, at + LEVEL) & 0xff;
      if (level > node.maxLevel()) {
        throw new IllegalArgumentException("a tree has a node of level " + level + " too deep");
      }
      long child = at + SIBLINGS + 2L * addressBytes + keyBytes;
      for (long i = number(at + ENTRIES, Short.BYTES); i > 0; i--) {
        long address = number(child, addressBytes);
        if ((level > 0 || leaves) && !seen.add(address)) {
          throw new IllegalArgumentException("two nodes of a tree share the one at " + address);
        }
        if (level > 0) {
          open.add(new Node(address, level - 1));
        }
        child += addressBytes + keyBytes;
      }
    }
  }

  private long number(long at, int size) {
    long number = 0;
    for (int i = size - 1; i >= 0; i--) {
      number = number << Byte.SIZE | (bytes.get(JAVA_BYTE, at + i) & 0xff);
    }
    return number;
  }
}
