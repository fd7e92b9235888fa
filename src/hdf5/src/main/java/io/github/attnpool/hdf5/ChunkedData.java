package io.github.attnpool.hdf5;

import io.jhdf.api.dataset.ChunkedDataset;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Elements in chunks, blocks of the dataset that are stored, and maybe packed, each for itself. The
 * last unpacked ones are kept: reading row after row unpacks each chunk once, unless chunks reach
 * over several matrices. One thread at a time.
 */
final class ChunkedData implements StoredData {
  private static final long KEPT_BYTES = 16L << 20; // or all chunks that a row is in, if larger

  private final ChunkedDataset dataset;
  private final StoredType type;
  private final ChunkFilters filters;
  private final int[] shape;
  private final int[] chunk; // its shape
  private final int chunkBytes;
  private final long kept; // chunks at most
  private final Map<Long, MemorySegment> unpacked = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param shape of at least one dimension
   */
  ChunkedData(ChunkedDataset dataset, StoredType type, ChunkFilters filters, int[] shape) {
    this.dataset = dataset;
    this.type = type;
    this.filters = filters;
    this.shape = shape;
    this.chunk = dataset.getChunkDimensions();
    if (chunk.length != shape.length) {
      throw new IllegalArgumentException("chunks have another number of dimensions");
    }
    int bytes = type.bytes();
    for (int size : chunk) {
      if (size < 1) {
        throw new IllegalArgumentException("a chunk has a dimension of size " + size);
      }
      bytes = Math.multiplyExact(bytes, size);
    }
    this.chunkBytes = bytes;
    int last = shape.length - 1;
    long perRow = Math.ceilDiv(shape[last], chunk[last]);
    this.kept = Math.max(perRow, KEPT_BYTES / bytes);
  }

  @Override
  public void read(long element, long count, MemorySegment target) {
    int last = shape.length - 1;
    int[] place = new int[shape.length];
    int[] begin = new int[shape.length];
    for (long done = 0; done < count; ) {
      long rest = element + done;
      long number = 0; // of the chunk
      long numbers = 1;
      long inside = 0; // index in the chunk
      long stride = 1;
      for (int d = last; d >= 0; d--) {
        place[d] = (int) (rest % shape[d]);
        rest /= shape[d];
        begin[d] = place[d] / chunk[d] * chunk[d];
        number += place[d] / chunk[d] * numbers;
        numbers *= Math.ceilDiv(shape[d], chunk[d]);
        inside += (place[d] - begin[d]) * stride;
        stride *= chunk[d];
      }
      int end = Math.min(shape[last], begin[last] + chunk[last]);
      long span = Math.min(count - done, end - place[last]);
      MemorySegment bytes = chunk(number, begin);
      type.copy(bytes, inside * type.bytes(), span, target, done * type.becomes().bytes());
      done += span;
    }
  }

  private MemorySegment chunk(long number, int[] begin) {
    MemorySegment found = unpacked.get(number);
    if (found != null) {
      return found;
    }
    ByteBuffer packed = dataset.getRawChunkBuffer(begin.clone());
    if (filters.isEmpty()) {
      return MemorySegment.ofBuffer(packed).asSlice(0, chunkBytes); // needs no keeping
    }
    MemorySegment bytes = MemorySegment.ofArray(filters.unpack(packed, chunkBytes));
    unpacked.put(number, bytes);
    Iterator<Long> oldest = unpacked.keySet().iterator();
    while (unpacked.size() > kept) {
      oldest.next();
      oldest.remove();
    }
    return bytes;
  }
}
