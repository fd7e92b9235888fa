package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.spi.OutputMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Memory for the outputs of a forward call, F32, in the caller's arena. Made by {@link
 * AttentionPooling#allocate(Sequences, Arena)} and reusable: it takes any batch that has no more
 * sequences and no more positions than it has room for. Not to be written by two forward calls at
 * once.
 *
 * <p>Each output lies at the front of its memory. {@link #get}, {@link #context} and the others
 * return exactly the part that the last forward call wrote; before the first call, all of it.
 *
 * <p>Shapes, for B sequences, R heads and O logits: context [B,R,H]; logits [B,O]; weights and
 * scores [B,R,T] for a padded batch of T steps, [R,N] for a ragged one of N rows. With R = 1 the
 * dimension of the heads is left out. With a softmax per channel there is one context, [B,H], and a
 * score per channel in place of one per head; with the standard deviation, H is twice as many.
 */
public final class Outputs {
  private static final Output[] ALL = Output.values();
  private static final Arguments RESULT = new Arguments("result");

  private final OutputMemory whole;
  private OutputMemory used;

  Outputs(int batch, long positions, AttentionParameters shape, Set<Output> wanted, Arena arena) {
    Arguments allocation = new Arguments("allocate");
    OutputMemory memory =
        new OutputMemory(
            batch, positions, shape.heads(), shape.contexts(), shape.width(), shape.logitCount());
    for (Output output : wanted) {
      MemorySegment segment =
          allocation.allocate(
              output.name(), memory.count(output), memory.rowSize(output), arena, Float.BYTES);
      memory = memory.with(output, segment);
    }
    this.whole = memory;
    this.used = memory;
  }

  /** Checks that the results of a batch fit here, and can be written now by this thread. */
  void checkFit(Sequences in, AttentionParameters parameters, Arguments arguments) {
    if (heads() != parameters.heads()
        || contexts() != parameters.contexts()
        || width() != parameters.width()
        || logitCount() != parameters.logitCount()) {
      throw arguments.bad("the outputs were allocated for a layer of another shape");
    }
    if (maxBatch() < in.batch() || maxPositions() < in.positions()) {
      throw arguments.bad(
          String.format(
              Locale.ROOT,
              "the outputs have room for %d sequences with %d positions, must be at least %d with"
                  + " %d",
              maxBatch(),
              maxPositions(),
              in.batch(),
              in.positions()));
    }
    for (Output output : ALL) {
      if (has(output)) {
        arguments.usable(output.name(), whole.get(output));
      }
    }
  }

  /** Returns the memory that a batch's outputs need; allocates nothing for a size as the last. */
  OutputMemory view(Sequences in) {
    return used.batch() == in.batch() && used.positions() == in.positions()
        ? used
        : whole.front(in.batch(), in.positions());
  }

  /** Takes note of what a forward call has written: {@link #view}'s result. */
  void wrote(OutputMemory view) {
    used = view;
  }

  /**
   * {@return the number of values in an output of the last batch, whether it is held or not}
   *
   * @param output which output
   */
  public long size(Output output) {
    return used.size(RESULT.given("output", output));
  }

  /**
   * {@return whether an output is held here, so that a forward call computes it}
   *
   * @param output which output
   */
  public boolean has(Output output) {
    return whole.has(RESULT.given("output", output));
  }

  /**
   * {@return the memory of an output, row-major F32}
   *
   * @param output which output
   * @throws AttnPoolException if this was allocated without it
   */
  public MemorySegment get(Output output) {
    if (!has(output)) {
      throw RESULT.bad(output + " was not asked for; allocate with it to have it computed");
    }
    return used.get(output);
  }

  /** {@return the memory of {@link Output#CONTEXT}, as {@link #get} does} */
  public MemorySegment context() {
    return get(Output.CONTEXT);
  }

  /** {@return the memory of {@link Output#WEIGHTS}, as {@link #get} does} */
  public MemorySegment weights() {
    return get(Output.WEIGHTS);
  }

  /** {@return the memory of {@link Output#SCORES}, as {@link #get} does} */
  public MemorySegment scores() {
    return get(Output.SCORES);
  }

  /** {@return the memory of {@link Output#LOGITS}, as {@link #get} does} */
  public MemorySegment logits() {
    return get(Output.LOGITS);
  }

  /**
   * {@return a copy of an output on the heap}
   *
   * @param output which output
   */
  public float[] toArray(Output output) {
    MemorySegment memory = get(output);
    RESULT.usable(output.name(), memory);
    try {
      return memory.toArray(JAVA_FLOAT);
    } catch (OutOfMemoryError e) {
      throw RESULT.noMemory("an array of " + memory.byteSize() + " bytes", e);
    } catch (IllegalStateException e) { // more than an array holds
      throw new AttnPoolException(
          RESULT.operation(),
          output + " has " + memory.byteSize() + " bytes, too many for an array",
          e);
    }
  }

  /**
   * Finds the rows of greatest weight in one sequence, best first; of equal weights, the earlier
   * row comes first. Masked rows have weight 0 and come last, if at all. Takes one pass over the
   * weights, without sorting them.
   *
   * @param in the batch of the last forward call
   * @param sequence 0 to B − 1
   * @param head 0 to R − 1
   * @param k how many, at least 1; all where there are fewer
   * @return at most k rows, best first
   * @throws AttnPoolException if there is no such sequence or head, the batch is of another size,
   *     or this was allocated without weights
   */
  public List<RankedRow> top(Sequences in, int sequence, int head, int k) {
    Arguments arguments = new Arguments("top rows");
    MemorySegment weights = get(Output.WEIGHTS);
    arguments.given("in", in);
    arguments.usable("the weights", weights);
    arguments.must(
        in.batch() == batch() && in.positions() == positions(),
        () -> "these are not the results of a batch of that many sequences and rows");
    arguments.must(
        sequence >= 0 && sequence < batch() && head >= 0 && head < heads() && k >= 1,
        () ->
            String.format(
                Locale.ROOT,
                "sequence %d, head %d, k %d: must be below %d, below %d, at least 1",
                sequence,
                head,
                k,
                batch(),
                heads()));
    long steps = in.offset(sequence + 1) - in.offset(sequence);
    return TopRows.of(weights, in.resultIndex(sequence, head, heads()), steps, k);
  }

  /** {@return B, the number of sequences in the last batch; {@link #maxBatch} before the first} */
  public int batch() {
    return used.batch();
  }

  /**
   * {@return the number of positions in the last batch, padding included; {@link #maxPositions}
   * before the first}
   */
  public long positions() {
    return used.positions();
  }

  /** {@return the number of sequences that a batch may have} */
  public int maxBatch() {
    return whole.batch();
  }

  /** {@return the number of positions that a batch may have, padding included} */
  public long maxPositions() {
    return whole.positions();
  }

  /** {@return R, the number of heads} */
  public int heads() {
    return whole.heads();
  }

  /** {@return the number of contexts of a sequence: R, or 1 with a softmax per channel} */
  public int contexts() {
    return whole.contexts();
  }

  /** {@return the number of values in a context} */
  public int width() {
    return whole.width();
  }

  /** {@return O, the number of logits; 0 without an output layer} */
  public int logitCount() {
    return whole.logitCount();
  }
}
