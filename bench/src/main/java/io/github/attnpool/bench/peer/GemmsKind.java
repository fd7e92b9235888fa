package io.github.attnpool.bench.peer;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.Inputs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The multiplications of a layer alone, in C over tiles of rows: the time of a whole call if all
 * else were free. They are the maps that every row passes and, with many heads, the weighted sums.
 * In bf16, x is in bfloat16 here, whatever its type for the other peers.
 */
public final class GemmsKind implements PeerKind {
  private final Path library;
  private final int tile;

  /**
   * Takes the library that multiplies.
   *
   * @param library path of libfusedloop.so; it need not exist
   * @param tile rows at a time, a power of two; 0 for as many as in attnpool
   */
  public GemmsKind(Path library, int tile) {
    this.library = library;
    this.tile = tile;
  }

  @Override
  public String name() {
    return "GEMMs alone, tiles " + (tile == 0 ? "as attnpool's" : "of " + tile);
  }

  @Override
  public Role role() {
    return Role.YARDSTICK;
  }

  @Override
  public Peer prepare(Work work) throws NotOffered {
    NotOffered.unless(
        !Multiplication.of(work.model().parameters()).isEmpty(),
        "a few scores are no matrix product");
    GemmsLibrary functions = new GemmsLibrary(CLibrary.at(library));
    return new Gemms(functions, work, tile == 0 ? attnPoolTile(work) : tile);
  }

  private static int attnPoolTile(Work work) throws NotOffered {
    try (AttentionPooling layer = AttnPoolKind.layer(work, "onednn", Plan.FUSED)) {
      return layer.blockRows();
    }
  }

  private static final class Gemms implements Peer {
    private final GemmsLibrary library;
    private final Arena arena = Arena.ofShared();
    private final String runsOn;
    private final MemorySegment handle;
    private final MemorySegment inputs;
    private final int count;
    private long next;

    Gemms(GemmsLibrary library, Work work, int tile) throws NotOffered {
      this.library = library;
      this.runsOn = "C, oneDNN of attnpool, tiles of " + tile + ", " + work.threads() + " thr";
      this.count = work.inputs().count();
      boolean bf16 = work.arithmetic().precision() == Precision.BF16;
      Inputs given = work.inputs();
      Inputs x =
          bf16 && given.type() == ElementType.F32
              ? Inputs.of(work.model(), ElementType.BF16, count, arena)
              : given;
      this.inputs = arena.allocate(ADDRESS, count);
      for (int i = 0; i < count; i++) {
        inputs.setAtIndex(ADDRESS, i, x.get(i));
      }
      List<Multiplication> products = Multiplication.of(work.model().parameters());
      BenchShape shape = work.model().shape();
      int heads = manyHeads(work.model().parameters());
      this.handle =
          library.create(
              arena.allocateFrom(
                  JAVA_LONG,
                  shape.rows(),
                  tile,
                  work.threads(),
                  shape.width(),
                  bf16 ? 1 : 0,
                  products.size(),
                  heads,
                  shape.steps(),
                  work.model().parameters().valueWidth()),
              maps(products),
              heads > 0 ? values(work) : MemorySegment.NULL);
      if (handle.equals(MemorySegment.NULL)) {
        arena.close();
        throw new NotOffered("the multiplications could not be prepared");
      }
      int results = products.stream().mapToInt(one -> one.map().outFeatures()).sum();
      MemorySegment row = arena.allocate(JAVA_FLOAT, results);
      library.row(handle, x.get(0), row);
      GemmsCheck.check(work, x, row.toArray(JAVA_FLOAT));
    }

    /** Returns the number of heads if pooling them is a matrix product, or else 0. */
    private static int manyHeads(AttentionParameters parameters) {
      boolean many = parameters.contexts() >= Multiplication.MANY_HEADS;
      return many ? parameters.heads() : 0;
    }

    /** Returns an array of gemms_map. */
    private MemorySegment maps(List<Multiplication> products) {
      long[] fields =
          products.stream()
              .flatMapToLong(
                  one ->
                      LongStream.of(
                          one.source(),
                          one.map().inFeatures(),
                          one.map().outFeatures(),
                          arena.allocateFrom(JAVA_FLOAT, one.map().weight()).address()))
              .toArray();
      return arena.allocateFrom(JAVA_LONG, fields);
    }

    /** Returns values to pool [width, steps]: what they are does not matter. */
    private MemorySegment values(Work work) {
      int count = work.model().shape().steps() * work.model().parameters().valueWidth();
      float[] values = new float[count];
      Arrays.fill(values, 1);
      return arena.allocateFrom(JAVA_FLOAT, values);
    }

    @Override
    public String runsOn() {
      return runsOn;
    }

    @Override
    public long[] time(int samples, int repeat) {
      try (Arena scratch = Arena.ofConfined()) {
        MemorySegment nanos = scratch.allocate(JAVA_LONG, samples);
        library.time(handle, inputs, count, next, samples, repeat, nanos);
        next = (next + (long) samples * repeat) % count;
        return nanos.toArray(JAVA_LONG);
      }
    }

    @Override
    public Result result(int input) {
      throw new UnsupportedOperationException("multiplications alone are not the layer");
    }

    @Override
    public void close() {
      library.free(handle);
      arena.close();
    }
  }
}
