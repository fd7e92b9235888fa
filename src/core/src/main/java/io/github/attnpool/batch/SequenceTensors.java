package io.github.attnpool.batch;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.Sequences;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.io.ArrayCopy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Makes a view of a batch out of its tensors in memory. */
final class SequenceTensors {
  private static final long ALIGNMENT = 64;
  private static final int PIECE = 1 << 16; // elements

  private final TensorFile file;
  private final BatchTensors tensors;

  SequenceTensors(TensorFile file) {
    this.file = file;
    this.tensors = BatchTensors.of(file.path(), file.tensors());
  }

  /**
   * The batch.
   *
   * @param arena owner of what has to be copied
   * @throws AttnPoolException if offsets, lengths or the mask are not sound
   */
  Sequences read(Arena arena) {
    try {
      Tensor x = file.load(tensors.x().name(), arena);
      MemorySegment data = x.type() == ElementType.F64 ? rounded(x, arena) : aligned(x, arena);
      Sequences rows = tensors.padded() ? padded(data, arena) : ragged(data);
      TensorInfo queries = tensors.queries();
      return queries == null ? rows : rows.withQueries(floats(queries, arena));
    } catch (AttnPoolException e) {
      throw e.operation().equals("sequences") ? tensors.bad(e.problem()) : e;
    }
  }

  private Sequences padded(MemorySegment data, Arena arena) {
    long steps = tensors.steps();
    Sequences all =
        Sequences.padded(data, tensors.rowType(), tensors.batch(), steps, tensors.width());
    TensorInfo stored = tensors.lengths();
    long[] lengths = stored == null ? null : file.longs(stored.name());
    // Also where a mask follows: it checks the lengths.
    Sequences shortened = lengths == null ? all : all.withLengths(lengths);
    TensorInfo mask = tensors.keep();
    if (mask == null) {
      return shortened;
    }
    MemorySegment keep = file.load(mask.name(), arena).data();
    return all.withKeepMask(lengths == null ? keep : cut(keep, lengths, steps, arena));
  }

  private Sequences ragged(MemorySegment data) {
    long rows = tensors.positions();
    TensorInfo stored = tensors.offsets();
    if (stored == null) {
      return Sequences.ragged(data, tensors.rowType(), tensors.width(), 0, rows);
    }
    long[] offsets = file.longs(stored.name());
    long end = offsets[offsets.length - 1];
    if (end != rows) {
      throw tensors.bad(
          "offsets end at " + end + ", must end at " + rows + ", the number of rows of x");
    }
    return Sequences.ragged(data, tensors.rowType(), tensors.width(), offsets);
  }

  /** A copy, native and F32 as layers want it. */
  private MemorySegment floats(TensorInfo queries, Arena arena) {
    return arena.allocateFrom(JAVA_FLOAT, file.floats(queries.name()));
  }

  /** The mask with every row from a sequence's length on set to 0. */
  private static MemorySegment cut(MemorySegment keep, long[] lengths, long steps, Arena arena) {
    MemorySegment both = arena.allocate(keep.byteSize()).copyFrom(keep);
    for (int b = 0; b < lengths.length; b++) {
      both.asSlice(b * steps + lengths[b], steps - lengths[b]).fill((byte) 0);
    }
    return both;
  }

  /** F64 as F32. */
  private static MemorySegment rounded(Tensor x, Arena arena) {
    MemorySegment floats = arena.allocate(x.elements() * Float.BYTES, ALIGNMENT);
    for (long done = 0; done < x.elements(); done += PIECE) {
      int size = (int) Math.min(PIECE, x.elements() - done);
      MemorySegment part = x.data().asSlice(done * Double.BYTES, (long) size * Double.BYTES);
      float[] values = ArrayCopy.floats(part, x.type(), size);
      MemorySegment.copy(values, 0, floats, JAVA_FLOAT, done * Float.BYTES, size);
    }
    return floats;
  }

  /** Native code reads whole elements: data that is misaligned in the file is copied. */
  private static MemorySegment aligned(Tensor x, Arena arena) {
    MemorySegment data = x.data();
    if (data.address() % x.type().bytes() == 0) {
      return data;
    }
    return arena.allocate(data.byteSize(), ALIGNMENT).copyFrom(data);
  }
}
