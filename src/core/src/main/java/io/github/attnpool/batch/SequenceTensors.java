package io.github.attnpool.batch;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.Rows;
import io.github.attnpool.Sequences;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.io.ArrayCopy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Makes a view of a batch out of its tensors. */
final class SequenceTensors {
  private static final long ALIGNMENT = 64;
  private static final int PIECE = 1 << 16; // elements

  private final TensorFile file;
  private final BatchTensors tensors;

  SequenceTensors(TensorFile file, BatchTensors tensors) {
    this.file = file;
    this.tensors = tensors;
  }

  /**
   * The batch.
   *
   * @param arena owner of what is mapped or copied
   * @throws AttnPoolException if offsets, lengths, mask or bias are not sound
   */
  Sequences read(Arena arena) {
    try {
      Rows x = tensors.x().type() == ElementType.F64 ? rounded(arena) : stored(arena);
      Sequences rows = tensors.padded() ? padded(x) : ragged(x);
      TensorInfo bias = tensors.bias();
      if (bias != null) {
        MemorySegment values = MemorySegment.ofArray(file.floats(bias.name()));
        rows = rows.withScoreBias(values, tensors.biasHeads());
      }
      TensorInfo queries = tensors.queries();
      return queries == null
          ? rows
          : rows.withQueries(arena.allocateFrom(JAVA_FLOAT, file.floats(queries.name())));
    } catch (AttnPoolException e) {
      throw e.operation().equals("sequences") ? tensors.bad(e.problem()) : e;
    }
  }

  private Sequences padded(Rows x) {
    long steps = tensors.steps();
    Sequences all = Sequences.padded(x, tensors.batch(), steps);
    TensorInfo stored = tensors.lengths();
    long[] lengths = stored == null ? null : file.longs(stored.name());
    // Also where a mask follows: it checks the lengths.
    Sequences shortened = lengths == null ? all : all.withLengths(lengths);
    TensorInfo keep = tensors.keep();
    if (keep == null) {
      return shortened;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment marks = marks(keep, arena);
      for (int b = 0; lengths != null && b < lengths.length; b++) {
        marks.asSlice(b * steps + lengths[b], steps - lengths[b]).fill((byte) 0);
      }
      return all.withKeepMask(marks);
    }
  }

  private MemorySegment marks(TensorInfo keep, Arena arena) {
    KeepMarks reader = new KeepMarks(file, keep, arena);
    MemorySegment marks = arena.allocate(keep.elements());
    for (long done = 0; done < keep.elements(); done += KeepMarks.MOST) {
      int count = (int) Math.min(KeepMarks.MOST, keep.elements() - done);
      reader.read(done, count, marks, done);
    }
    return marks;
  }

  private Sequences ragged(Rows x) {
    long rows = tensors.positions();
    BagRuns bags = tensors.bags();
    if (bags != null) {
      return Sequences.ragged(x, bags.offsets());
    }
    TensorInfo stored = tensors.offsets();
    if (stored == null) {
      return Sequences.ragged(x, 0, rows);
    }
    long[] offsets = file.longs(stored.name());
    long end = offsets[offsets.length - 1];
    if (end != rows) {
      throw tensors.bad(
          "offsets end at " + end + ", must end at " + rows + ", the number of rows of x");
    }
    return Sequences.ragged(x, offsets);
  }

  /** The rows as they are in the file; other columns are gaps between them. */
  private Rows stored(Arena arena) {
    TensorInfo x = tensors.x();
    MemorySegment data = aligned(file.load(x.name(), arena).data(), x.type(), arena);
    long before = (long) tensors.firstColumn() * x.type().bytes();
    MemorySegment used = data.byteSize() == 0 ? data : data.asSlice(before);
    return Rows.of(used, x.type(), tensors.width()).withPitch(tensors.storedWidth());
  }

  /** Native code reads whole elements: data that is misaligned in the file is copied. */
  private static MemorySegment aligned(MemorySegment data, ElementType type, Arena arena) {
    return data.address() % type.bytes() == 0
        ? data
        : arena.allocate(data.byteSize(), ALIGNMENT).copyFrom(data);
  }

  /** F64 as F32, without the columns that are not used. */
  private Rows rounded(Arena arena) {
    long rows = tensors.positions();
    int width = tensors.width();
    MemorySegment floats = arena.allocate(rows * width * Float.BYTES, ALIGNMENT);
    long stride = tensors.storedWidth();
    long most = Math.max(1, PIECE / stride); // rows at a time
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment piece = scratch.allocate(Math.min(most, rows) * stride * Double.BYTES, 8);
      for (long done = 0; done < rows; done += most) {
        long count = Math.min(most, rows - done);
        MemorySegment stored = piece.asSlice(0, count * stride * Double.BYTES);
        file.read(tensors.x().name(), done * stride, stored);
        for (long row = 0; row < count; row++) {
          long from = (row * stride + tensors.firstColumn()) * Double.BYTES;
          MemorySegment used = stored.asSlice(from, (long) width * Double.BYTES);
          float[] values = ArrayCopy.floats(used, ElementType.F64, width);
          long to = (done + row) * width * Float.BYTES;
          MemorySegment.copy(values, 0, floats, JAVA_FLOAT, to, width);
        }
      }
    }
    return Rows.of(floats, ElementType.F32, width);
  }
}
