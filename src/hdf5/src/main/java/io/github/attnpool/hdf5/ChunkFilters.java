package io.github.attnpool.hdf5;

import io.jhdf.object.message.FilterPipelineMessage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What was done to chunks before they were stored, undone: deflate (gzip), LZF, shuffle, and the
 * check sum fletcher32, which is not compared. Each step's result has a size that is known, so that
 * no file can have more memory taken than its chunks need.
 *
 * @param ids of the steps, in the order in which they were done
 * @param elementBytes of a stored element, for shuffle
 */
record ChunkFilters(List<Integer> ids, int elementBytes) {
  /** No bytes pack into fewer than this part of them. */
  static final long MAX_RATIO = 1032;

  private static final int DEFLATE = 1;
  private static final int SHUFFLE = 2;
  private static final int FLETCHER32 = 3;
  private static final int LZF = 32000;
  private static final Set<Integer> KNOWN = Set.of(DEFLATE, SHUFFLE, FLETCHER32, LZF);
  private static final int SUM_BYTES = 4;

  static ChunkFilters none(int elementBytes) {
    return new ChunkFilters(List.of(), elementBytes);
  }

  /** Returns the filters that a dataset's header names. */
  static ChunkFilters of(FilterPipelineMessage message, int elementBytes) {
    return new ChunkFilters(
        message.getFilters().stream().map(FilterPipelineMessage.FilterInfo::getId).toList(),
        elementBytes);
  }

  /** Returns the first filter that is not known. */
  Optional<Integer> unknown() {
    return ids.stream().filter(id -> !KNOWN.contains(id)).findFirst();
  }

  boolean isEmpty() {
    return ids.isEmpty();
  }

  /** Returns whether chunks may take fewer bytes in the file than they have. */
  boolean shrinks() {
    return ids.contains(DEFLATE) || ids.contains(LZF);
  }

  /**
   * Returns a chunk as it was.
   *
   * @param packed as it is stored
   * @param size of the chunk, in bytes
   */
  byte[] unpack(ByteBuffer packed, int size) {
    byte[] bytes = new byte[packed.remaining()];
    packed.get(bytes);
    for (int i = ids.size() - 1; i >= 0; i--) {
      bytes =
          switch (ids.get(i)) {
            case DEFLATE -> inflate(bytes, size + sums(i));
            case LZF -> bytes.length == size + sums(i) ? bytes : expandLzf(bytes, size + sums(i));
            case FLETCHER32 -> Arrays.copyOf(bytes, bytes.length - SUM_BYTES);
            default -> unshuffle(bytes);
          };
    }
    if (bytes.length != size) {
      throw new IllegalArgumentException(
          "a chunk has " + bytes.length + " bytes, must have " + size);
    }
    return bytes;
  }

  /** Bytes of the check sums that had been added when a step was done. */
  private int sums(int step) {
    return SUM_BYTES * (int) ids.subList(0, step).stream().filter(id -> id == FLETCHER32).count();
  }

  private static void checkRatio(byte[] packed, int size) {
    if (size / MAX_RATIO > packed.length) {
      throw new IllegalArgumentException(
          "a chunk of " + packed.length + " bytes is too short for " + size);
    }
  }

  private static byte[] inflate(byte[] packed, int size) {
    checkRatio(packed, size);
    byte[] bytes = new byte[size];
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(packed);
      int done = 0;
      while (done < size) {
        int more = inflater.inflate(bytes, done, size - done);
        if (more == 0) {
          throw new IllegalArgumentException(
              "a chunk ends after " + done + " of " + size + " bytes");
        }
        done += more;
      }
      return bytes;
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("a chunk is not deflated soundly", e);
    } finally {
      inflater.end();
    }
  }

  /**
   * LZF: a byte below 32 is followed by that many bytes and one more as they are; another one holds
   * in its upper 3 bits a length (7: a byte with the rest of it follows), and with the next byte
   * how far back the copy begins.
   */
  private static byte[] expandLzf(byte[] packed, int size) {
    checkRatio(packed, size);
    byte[] bytes = new byte[size];
    int from = 0;
    int to = 0;
    while (from < packed.length) {
      int control = packed[from++] & 0xff;
      if (control < 32) {
        System.arraycopy(packed, from, bytes, to, control + 1);
        from += control + 1;
        to += control + 1;
      } else {
        int length = control >> 5;
        if (length == 7) {
          length += packed[from++] & 0xff;
        }
        int back = to - ((control & 31) << 8) - (packed[from++] & 0xff) - 1;
        for (int i = 0; i < length + 2; i++) { // overlapping: what was just copied may come again
          bytes[to++] = bytes[back + i];
        }
      }
    }
    return to == size ? bytes : Arrays.copyOf(bytes, to);
  }

  /** First bytes of all elements, then second ones, and so on; the rest as it is. */
  private byte[] unshuffle(byte[] shuffled) {
    int count = shuffled.length / elementBytes;
    byte[] bytes = shuffled.clone();
    for (int b = 0; b < elementBytes; b++) {
      for (int i = 0; i < count; i++) {
        bytes[i * elementBytes + b] = shuffled[b * count + i];
      }
    }
    return bytes;
  }
}
