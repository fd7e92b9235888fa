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

/** Reads the rows and queries that a chunk has been planned to hold. */
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

  ChunkReader(TensorFile file, BatchTensors batch, Arena arena) {
    this.file = file;
    this.batch = batch;
    this.arena = arena;
  }

  void read(RowChunk chunk) {
    readRows(chunk);
    if (batch.x().type() == ElementType.F64) {
      round(chunk.x(), (long) chunk.rows() * batch.width());
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
    return gap * batch.rowBytes() <= MAX_GAP
        && span * batch.rowBytes() <= chunk.x().byteSize() - at(chunk, first);
  }

  private void readSpan(RowChunk chunk, int first, int last) {
    long from = chunk.runPosition(first);
    long bytes = (end(chunk, last) - from) * batch.rowBytes();
    file.read("x", from * batch.width(), chunk.x().asSlice(at(chunk, first), bytes));
    for (int run = first + 1; run <= last; run++) { // close the gaps
      long now = at(chunk, first) + (chunk.runPosition(run) - from) * batch.rowBytes();
      if (now != at(chunk, run)) {
        long size = chunk.runRows(run) * batch.rowBytes();
        MemorySegment.copy(chunk.x(), now, chunk.x(), at(chunk, run), size);
      }
    }
  }

  private long at(RowChunk chunk, int run) {
    return chunk.runRow(run) * batch.rowBytes();
  }

  private static long end(RowChunk chunk, int run) {
    return chunk.runPosition(run) + chunk.runRows(run);
  }

  /** F64 to F32 in place: an element is read before the place where it lies is written. */
  private static void round(MemorySegment x, long elements) {
    for (long i = 0; i < elements; i++) {
      x.setAtIndex(JAVA_FLOAT, i, (float) x.getAtIndex(F64, i));
    }
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
