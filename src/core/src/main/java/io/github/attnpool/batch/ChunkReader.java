package io.github.attnpool.batch;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.github.attnpool.ElementType;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.io.ArrayCopy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the rows, the bias and the queries that a chunk has been planned to hold. */
final class ChunkReader {
  private static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE.withOrder(LITTLE_ENDIAN);

  /**
   * Masked rows between kept ones are read along up to so many bytes: quicker than a second read.
   */
  private static final long MAX_GAP = 1 << 16;

  private static final int QUERY_ELEMENTS = 1 << 16;

  private final TensorFile file;
  private final BatchTensors batch;
  private final Arena arena;

  /** Queries of another type than F32; allocated when first needed. */
  private MemorySegment storedQueries = MemorySegment.NULL;

  private final @Nullable FloatWindow bias; // null without one

  ChunkReader(TensorFile file, BatchTensors batch, Arena arena) {
    this.file = file;
    this.batch = batch;
    this.arena = arena;
    this.bias = batch.bias() == null ? null : new FloatWindow(file, batch.bias(), arena);
  }

  void read(RowChunk chunk) {
    readRows(chunk);
    if (batch.x().type() == ElementType.F64) {
      round(chunk.x(), chunk.rows());
    } else if (batch.width() < batch.storedWidth()) {
      narrow(chunk.x(), chunk.rows());
    }
    if (bias != null) {
      readBias(bias, chunk);
    }
    TensorInfo queries = batch.queries();
    if (queries != null) {
      readQueries(queries, chunk);
    }
  }

  private void readRows(RowChunk chunk) {
    int runs = chunk.firstRun(chunk.sequences());
    int first = 0;
    while (first < runs) {
      int last = first;
      while (last + 1 < runs && isNear(chunk, first, last)) {
        last++;
      }
      readSpan(chunk, first, last);
      first = last + 1;
    }
  }

  /** Whether the run after {@code last} is better read along, and there is room for the gap. */
  private boolean isNear(RowChunk chunk, int first, int last) {
    long gap = chunk.runPosition(last + 1) - end(chunk, last);
    long span = end(chunk, last + 1) - chunk.runPosition(first);
    return gap * batch.storedRowBytes() <= MAX_GAP
        && span * batch.storedRowBytes() <= chunk.x().byteSize() - at(chunk, first);
  }

  private void readSpan(RowChunk chunk, int first, int last) {
    long from = chunk.runPosition(first);
    long bytes = (end(chunk, last) - from) * batch.storedRowBytes();
    file.read(
        batch.x().name(), from * batch.storedWidth(), chunk.x().asSlice(at(chunk, first), bytes));
    for (int run = first + 1; run <= last; run++) { // close the gaps
      long now = at(chunk, first) + (chunk.runPosition(run) - from) * batch.storedRowBytes();
      if (now != at(chunk, run)) {
        long size = chunk.runRows(run) * batch.storedRowBytes();
        MemorySegment.copy(chunk.x(), now, chunk.x(), at(chunk, run), size);
      }
    }
  }

  private long at(RowChunk chunk, int run) {
    return chunk.runRow(run) * batch.storedRowBytes();
  }

  private static long end(RowChunk chunk, int run) {
    return chunk.runPosition(run) + chunk.runRows(run);
  }

  /** F64 to F32 in place: an element is read before the place where it lies is written. */
  private void round(MemorySegment x, long rows) {
    long to = 0;
    for (long row = 0; row < rows; row++) {
      long from = row * batch.storedWidth() + batch.firstColumn();
      for (long i = 0; i < batch.width(); i++) {
        x.setAtIndex(JAVA_FLOAT, to++, (float) x.getAtIndex(F64, from + i));
      }
    }
  }

  /** Leaves out the columns that are not used, in place. */
  private void narrow(MemorySegment x, long rows) {
    long element = batch.x().type().bytes();
    long size = batch.width() * element;
    for (long row = 0; row < rows; row++) {
      long from = row * batch.storedRowBytes() + batch.firstColumn() * element;
      MemorySegment.copy(x, from, x, row * size, size);
    }
  }

  /** Sequence by sequence and head by head, as a padded file has it. */
  private void readBias(FloatWindow bias, RowChunk chunk) {
    MemorySegment target = chunk.bias();
    for (int i = 0; i < chunk.sequences(); i++) {
      for (int head = 0; head < batch.biasHeads(); head++) {
        long base = biasBase(chunk.firstSequence() + i, head);
        for (int run = chunk.firstRun(i); run < chunk.firstRun(i + 1); run++) {
          long to = (long) head * chunk.rows() + chunk.runRow(run);
          for (long k = 0; k < chunk.runRows(run); k++) {
            long position = chunk.runPosition(run) + k;
            target.setAtIndex(JAVA_FLOAT, to + k, checked(bias.get(base + position), position));
          }
        }
      }
    }
  }

  /** The index in the bias from which the positions of a sequence count. */
  private long biasBase(long sequence, int head) {
    int heads = batch.biasHeads();
    return heads == 1 ? 0 : (heads * sequence + head) * batch.steps() - sequence * batch.steps();
  }

  private float checked(float bias, long position) {
    if (!(bias < Float.POSITIVE_INFINITY)) {
      throw batch.bad(
          String.format(
              Locale.ROOT,
              "the bias at position %d is %s, must be finite, or -Infinity for a weight of 0",
              position,
              bias));
    }
    return bias;
  }

  private void readQueries(TensorInfo queries, RowChunk chunk) {
    long first = (long) chunk.firstSequence() * queries.dim(1);
    MemorySegment target = chunk.queries();
    if (queries.type() == ElementType.F32) {
      file.read(queries.name(), first, target);
      return;
    }
    if (storedQueries.byteSize() == 0) {
      storedQueries = arena.allocate((long) QUERY_ELEMENTS * queries.type().bytes(), Long.BYTES);
    }
    long count = target.byteSize() / Float.BYTES;
    for (long done = 0; done < count; done += QUERY_ELEMENTS) {
      int size = (int) Math.min(QUERY_ELEMENTS, count - done);
      MemorySegment stored = storedQueries.asSlice(0, (long) size * queries.type().bytes());
      file.read(queries.name(), first + done, stored);
      float[] values = ArrayCopy.floats(stored, queries.type(), size);
      MemorySegment.copy(values, 0, target, JAVA_FLOAT, done * Float.BYTES, size);
    }
  }
}
