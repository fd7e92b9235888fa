package io.github.attnpool.batch;

import io.github.attnpool.format.TensorFile;
import java.lang.foreign.Arena;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a batch into chunks, from its offsets, lengths and mask alone. Short sequences are kept
 * whole, as many to a chunk as have room; a longer one is cut into parts of exactly as many rows as
 * a chunk holds, but for the last.
 */
final class ChunkPlanner {
  private final BatchTensors batch;
  private final @Nullable IntegerWindow offsets;
  private final @Nullable BagRuns bags;
  private final @Nullable IntegerWindow lengths;
  private final @Nullable KeepWindow keep;
  private int sequence;
  private boolean within; // a sequence of which a part is done
  private long settled; // position after that part
  private long next; // position of its next kept row

  ChunkPlanner(TensorFile file, BatchTensors batch, Arena arena) {
    this.batch = batch;
    this.offsets = batch.offsets() == null ? null : new IntegerWindow(file, batch.offsets(), arena);
    this.bags = batch.bags();
    this.lengths = batch.lengths() == null ? null : new IntegerWindow(file, batch.lengths(), arena);
    this.keep = batch.keep() == null ? null : new KeepWindow(file, batch.keep(), arena);
  }

  /** Checks offsets and lengths; a mask is checked as it is read. */
  void check() {
    if (offsets != null) {
      checkOffsets(offsets);
    }
    for (int b = 0; lengths != null && b < batch.batch(); b++) {
      long length = lengths.get(b);
      if (length < 0 || length > batch.steps()) {
        throw batch.bad("lengths[" + b + "] is " + length + ", must be 0 to " + batch.steps());
      }
    }
  }

  private void checkOffsets(IntegerWindow offsets) {
    long before = offsets.get(0);
    if (before != 0) {
      throw batch.bad("offsets[0] is " + before + ", must be 0");
    }
    for (int b = 1; b <= batch.batch(); b++) {
      long offset = offsets.get(b);
      if (offset < before) {
        throw batch.bad(
            String.format(
                Locale.ROOT,
                "offsets[%d] is %d, must not be below the %d before it",
                b,
                offset,
                before));
      }
      before = offset;
    }
    if (before != batch.positions()) {
      throw batch.bad(
          String.format(
              Locale.ROOT,
              "offsets end at %d, must end at %d, the number of rows of x",
              before,
              batch.positions()));
    }
  }

  /** Plans the next chunk; false if there is none. */
  boolean plan(RowChunk chunk) {
    chunk.clear(sequence);
    if (sequence == batch.batch()) {
      return false;
    }
    while (!within && sequence < batch.batch() && !chunk.isFull()) {
      long begin = begin();
      long limit = limit(begin);
      if (limit - begin > chunk.freeRows()) {
        break;
      }
      chunk.beginSequence(begin, true);
      addRuns(chunk, begin, limit);
      chunk.endSequence(end(), true);
      sequence++;
    }
    if (chunk.sequences() == 0) {
      planPart(chunk);
    }
    return true;
  }

  private void planPart(RowChunk chunk) {
    long begin = begin();
    long limit = limit(begin);
    chunk.beginSequence(within ? settled : begin, !within);
    settled = addRuns(chunk, within ? next : begin, limit);
    next = nextKept(settled, limit);
    within = next < limit;
    chunk.endSequence(within ? settled : end(), !within);
    if (!within) {
      sequence++;
    }
  }

  /** Adds kept rows while there is room; returns the position after the last. */
  private long addRuns(RowChunk chunk, long from, long limit) {
    long position = from;
    while (chunk.freeRows() > 0) {
      long start = nextKept(position, limit);
      if (start == limit) {
        break;
      }
      long most = Math.min(limit, start + chunk.freeRows());
      position = keep == null ? most : keep.next(start, most, 0);
      chunk.addRun(start, (int) (position - start));
    }
    return position;
  }

  private long nextKept(long position, long limit) {
    return keep == null ? position : keep.next(position, limit, 1);
  }

  /** Position of the sequence's first row. */
  private long begin() {
    return batch.padded() ? sequence * batch.steps() : bound(sequence, 0);
  }

  /** Position after the sequence's last row, masked or not. */
  private long end() {
    return batch.padded() ? (sequence + 1) * batch.steps() : bound(sequence + 1, batch.positions());
  }

  /** Where a sequence of rows begins; the value given where there is only one sequence. */
  private long bound(int index, long ofOne) {
    if (bags != null) {
      return bags.offset(index);
    }
    return offsets == null ? ofOne : offsets.get(index);
  }

  /** Position after the last row that may be kept. */
  private long limit(long begin) {
    return lengths == null ? end() : begin + lengths.get(sequence);
  }
}
