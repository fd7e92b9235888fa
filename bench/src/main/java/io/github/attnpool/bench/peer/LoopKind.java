package io.github.attnpool.bench.peer;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.ElementType;
import io.github.attnpool.Precision;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.internal.maps.PlainLayer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The fused plan as a loop in C, in this process and with the same loaded libraries, so that the
 * difference from attnpool is what Java costs. The clock is read in C too.
 */
public final class LoopKind implements PeerKind {
  /** The name in tables. */
  public static final String NAME = "the same loop in C";

  private final Path library;

  /**
   * Takes the library that has the loop.
   *
   * @param library path of libfusedloop.so; it need not exist
   */
  public LoopKind(Path library) {
    this.library = library;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Role role() {
    return Role.VARIANT;
  }

  @Override
  public Peer prepare(Work work) throws NotOffered {
    NotOffered.unless(work.threads() == 1, "the loop has one thread");
    NotOffered.unless(work.model().shape().isTextbook(), "the loop has only the textbook's form");
    return new Loop(new LoopLibrary(CLibrary.at(library)), work);
  }

  private static final class Loop implements Peer {
    private final LoopLibrary library;
    private final Arena arena = Arena.ofShared();
    private final BenchShape shape;
    private final MemorySegment handle;
    private final MemorySegment inputs;
    private final int count;
    private final MemorySegment context;
    private final MemorySegment weights;
    private long next;

    Loop(LoopLibrary library, Work work) throws NotOffered {
      this.library = library;
      this.shape = work.model().shape();
      this.count = work.inputs().count();
      this.inputs = arena.allocate(ADDRESS, count);
      for (int i = 0; i < count; i++) {
        inputs.setAtIndex(ADDRESS, i, work.inputs().get(i));
      }
      this.context = arena.allocate((long) shape.batch() * shape.width() * Float.BYTES, 64);
      this.weights = arena.allocate(shape.rows() * Float.BYTES, 64);
      var hidden = PlainLayer.of(work.model().parameters()).hidden().orElseThrow();
      var score = PlainLayer.of(work.model().parameters()).score();
      this.handle =
          library.create(
              shape,
              work.arithmetic().precision() == Precision.BF16,
              work.arithmetic().input() == ElementType.BF16,
              arena.allocateFrom(JAVA_FLOAT, hidden.weight()),
              arena.allocateFrom(JAVA_FLOAT, hidden.bias().orElseThrow()),
              arena.allocateFrom(JAVA_FLOAT, score.weight()),
              score.bias().orElseThrow()[0]);
      if (handle.equals(MemorySegment.NULL)) {
        arena.close();
        throw new NotOffered("the loop could not be prepared");
      }
    }

    @Override
    public String runsOn() {
      return "C, the kernels and oneDNN of attnpool, 1 thr";
    }

    @Override
    public long[] time(int samples, int repeat) {
      try (Arena scratch = Arena.ofConfined()) {
        MemorySegment nanos = scratch.allocate(JAVA_LONG, samples);
        library.time(handle, inputs, count, next, samples, repeat, context, weights, nanos);
        next = (next + (long) samples * repeat) % count;
        return nanos.toArray(JAVA_LONG);
      }
    }

    @Override
    public Result result(int input) {
      library.run(handle, inputs.getAtIndex(ADDRESS, input), context, weights);
      return Result.of(context.toArray(JAVA_FLOAT), weights.toArray(JAVA_FLOAT));
    }

    @Override
    public void close() {
      library.free(handle);
      arena.close();
    }
  }
}
