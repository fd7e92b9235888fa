package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The tensors that describe a batch, checked one by one and against each other. */
final class SequenceTensors {
  private static final Set<String> KNOWN = Set.of("x", "offsets", "lengths", "keep");
  private static final long ALIGNMENT = 64;

  private final Path path;
  private final Map<String, Tensor> tensors;

  SequenceTensors(Path path, Map<String, Tensor> tensors) {
    this.path = path;
    this.tensors = tensors;
  }

  /**
   * The batch.
   *
   * @param arena owner of what has to be copied
   */
  Sequences read(Arena arena) {
    Tensor x = tensors.get("x");
    if (x == null) {
      throw bad("there is no tensor 'x', found " + found());
    }
    for (String name : tensors.keySet()) {
      if (!KNOWN.contains(name)) {
        throw bad("there is a tensor '" + name + "', must be x, offsets, lengths or keep");
      }
    }
    if (!x.type().isReal() || x.type() == ElementType.F64) {
      throw bad(x, "F32, BF16 or F16");
    }
    if (x.rank() != 2 && x.rank() != 3) {
      throw bad(x, "[B,T,H] or [N,H]");
    }
    long width = x.dim(x.rank() - 1);
    if (width < 1 || width > Integer.MAX_VALUE) {
      throw bad(x, "of a width H (last dimension) from 1 to " + Integer.MAX_VALUE);
    }
    try {
      MemorySegment data = aligned(x, arena);
      return x.rank() == 3 ? padded(x, data, arena) : ragged(x, data);
    } catch (AttnPoolException e) {
      throw e.operation().equals("sequences")
          ? new AttnPoolException("read " + path, e.problem(), e)
          : e;
    }
  }

  private Sequences padded(Tensor x, MemorySegment data, Arena arena) {
    if (tensors.containsKey("offsets")) {
      throw bad("offsets go with rows x [N,H], but x is " + x.describe());
    }
    if (x.dim(0) >= Integer.MAX_VALUE) {
      throw bad(x, "of fewer than " + Integer.MAX_VALUE + " sequences");
    }
    int batch = (int) x.dim(0);
    long steps = x.dim(1);
    Sequences all = Sequences.padded(data, x.type(), batch, steps, (int) x.dim(2));
    long[] lengths = lengths(batch);
    MemorySegment keep = keep(batch, steps);
    // Also where a mask follows: it checks the lengths.
    Sequences shortened = lengths == null ? all : all.withLengths(lengths);
    if (keep == null) {
      return shortened;
    }
    return all.withKeepMask(lengths == null ? keep : cut(keep, lengths, steps, arena));
  }

  private Sequences ragged(Tensor x, MemorySegment data) {
    for (String name : new String[] {"lengths", "keep"}) {
      if (tensors.containsKey(name)) {
        throw bad(name + " goes with padded x [B,T,H], but x is " + x.describe());
      }
    }
    Tensor offsets = tensors.get("offsets");
    long rows = x.dim(0);
    if (offsets == null) {
      return Sequences.ragged(data, x.type(), (int) x.dim(1), 0, rows);
    }
    if (!offsets.type().isInteger() || offsets.rank() != 1 || offsets.dim(0) < 1) {
      throw bad(offsets, "integers [B+1]");
    }
    long[] values = offsets.toLongArray();
    long end = values[values.length - 1];
    if (end != rows) {
      throw bad("offsets end at " + end + ", must end at " + rows + ", the number of rows of x");
    }
    return Sequences.ragged(data, x.type(), (int) x.dim(1), values);
  }

  private long[] lengths(int batch) {
    Tensor lengths = tensors.get("lengths");
    if (lengths == null) {
      return null;
    }
    if (!lengths.type().isInteger() || lengths.rank() != 1 || lengths.dim(0) != batch) {
      throw bad(lengths, "integers [" + batch + "]");
    }
    return lengths.toLongArray();
  }

  private MemorySegment keep(int batch, long steps) {
    Tensor keep = tensors.get("keep");
    if (keep == null) {
      return null;
    }
    boolean bytes = keep.type() == ElementType.BOOL || keep.type() == ElementType.U8;
    if (!bytes || keep.rank() != 2 || keep.dim(0) != batch || keep.dim(1) != steps) {
      throw bad(keep, "BOOL or U8 [" + batch + ", " + steps + "]");
    }
    return keep.data();
  }

  /** The mask with every row from a sequence's length on set to 0. */
  private static MemorySegment cut(MemorySegment keep, long[] lengths, long steps, Arena arena) {
    MemorySegment both = arena.allocate(keep.byteSize()).copyFrom(keep);
    for (int b = 0; b < lengths.length; b++) {
      both.asSlice(b * steps + lengths[b], steps - lengths[b]).fill((byte) 0);
    }
    return both;
  }

  /** Native code reads whole elements: where the file puts them askew, a copy is needed. */
  private static MemorySegment aligned(Tensor x, Arena arena) {
    MemorySegment data = x.data();
    if (data.address() % x.type().bytes() == 0) {
      return data;
    }
    return arena.allocate(data.byteSize(), ALIGNMENT).copyFrom(data);
  }

  private String found() {
    return tensors.isEmpty() ? "no tensors" : String.join(", ", tensors.keySet());
  }

  private AttnPoolException bad(Tensor tensor, String must) {
    return bad(tensor.name() + " is " + tensor.describe() + ", must be " + must);
  }

  private AttnPoolException bad(String problem) {
    return new AttnPoolException("read " + path, problem);
  }
}
