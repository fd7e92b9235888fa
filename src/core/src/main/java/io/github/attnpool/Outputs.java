package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
 * dimension of the heads is left out.
 */
public final class Outputs {
  private static final long ALIGNMENT = Float.BYTES;

  private final int maxBatch;
  private final long maxPositions;
  private final int heads;
  private final int width;
  private final int logitCount;
  private final Map<Output, MemorySegment> memory = new EnumMap<>(Output.class);
  private final Map<Output, MemorySegment> used = new EnumMap<>(Output.class);
  private int batch;
  private long positions;

  Outputs(int batch, long positions, AttentionParameters shape, Set<Output> wanted, Arena arena) {
    this.maxBatch = batch;
    this.maxPositions = positions;
    this.heads = shape.heads();
    this.width = shape.width();
    this.logitCount = shape.logitCount();
    this.batch = batch;
    this.positions = positions;
    Arguments allocation = new Arguments("allocate");
    for (Output output : wanted) {
      memory.put(
          output,
          allocation.allocate(output.name(), count(output), rowSize(output), arena, ALIGNMENT));
    }
    used.putAll(memory);
  }

  /** Number of rows of an output: one per sequence, or one per position. */
  private long count(Output output) {
    return switch (output) {
      case CONTEXT, LOGITS -> batch;
      case WEIGHTS, SCORES -> positions;
    };
  }

  /** Number of values for each of them. */
  private long rowSize(Output output) {
    return switch (output) {
      case CONTEXT -> (long) heads * width;
      case LOGITS -> logitCount;
      case WEIGHTS, SCORES -> heads;
    };
  }

  /** Takes as much of the memory as the results of a batch need. */
  void resize(int batch, long positions) {
    if (batch == this.batch && positions == this.positions) {
      return; // the usual case allocates nothing
    }
    this.batch = batch;
    this.positions = positions;
    memory.forEach(
        (output, all) -> used.put(output, all.asSlice(0, size(output) * Float.BYTES, ALIGNMENT)));
  }

  /** Returns the number of values in an output, whether it is held or not. */
  public long size(Output output) {
    return Math.multiplyExact(count(output), rowSize(output));
  }

  /** Returns whether an output is held here, so that a forward call computes it. */
  public boolean has(Output output) {
    return memory.containsKey(output);
  }

  /**
   * Returns the memory of an output, row-major F32.
   *
   * @throws AttnPoolException if this was allocated without it
   */
  public MemorySegment get(Output output) {
    MemorySegment segment = used.get(output);
    if (segment == null) {
      throw new AttnPoolException(
          "result", output + " was not asked for; allocate with it to have it computed");
    }
    return segment;
  }

  /** Returns the memory of {@link Output#CONTEXT}, as {@link #get} does. */
  public MemorySegment context() {
    return get(Output.CONTEXT);
  }

  /** Returns the memory of {@link Output#WEIGHTS}, as {@link #get} does. */
  public MemorySegment weights() {
    return get(Output.WEIGHTS);
  }

  /** Returns the memory of {@link Output#SCORES}, as {@link #get} does. */
  public MemorySegment scores() {
    return get(Output.SCORES);
  }

  /** Returns the memory of {@link Output#LOGITS}, as {@link #get} does. */
  public MemorySegment logits() {
    return get(Output.LOGITS);
  }

  /** Returns a copy of an output on the heap. */
  public float[] toArray(Output output) {
    return get(output).toArray(JAVA_FLOAT);
  }

  /**
   * Finds the rows of greatest weight in one sequence, best first; of equal weights, the earlier
   * row comes first. Masked rows have weight 0 and come last, if at all. Takes one pass over the
   * weights, without sorting them.
   *
   * @param in the batch of the last forward call
   * @param k how many, at least 1; all where there are fewer
   * @throws AttnPoolException if there is no such sequence or head, the batch is of another size,
   *     or this was allocated without weights
   */
  public List<RankedRow> top(Sequences in, int sequence, int head, int k) {
    Arguments arguments = new Arguments("top rows");
    MemorySegment weights = get(Output.WEIGHTS);
    arguments.given("the sequences", in);
    arguments.usable("the weights", weights);
    arguments.must(
        in.batch() == batch && in.positions() == positions,
        () -> "these are not the results of a batch of that many sequences and rows");
    arguments.must(
        sequence >= 0 && sequence < batch && head >= 0 && head < heads && k >= 1,
        () ->
            "sequence %d, head %d, k %d: must be below %d, below %d, at least 1"
                .formatted(sequence, head, k, batch, heads));
    long steps = in.offset(sequence + 1) - in.offset(sequence);
    return TopRows.of(weights, in.resultIndex(sequence, head, heads), steps, k);
  }

  /** Returns B, the number of sequences in the last batch; {@link #maxBatch} before the first. */
  public int batch() {
    return batch;
  }

  /**
   * Returns the number of positions in the last batch, padding included; {@link #maxPositions}
   * before the first.
   */
  public long positions() {
    return positions;
  }

  /** Returns the number of sequences that a batch may have. */
  public int maxBatch() {
    return maxBatch;
  }

  /** Returns the number of positions that a batch may have, padding included. */
  public long maxPositions() {
    return maxPositions;
  }

  /** Returns R, the number of heads. */
  public int heads() {
    return heads;
  }

  /** Returns H, the number of values in a context. */
  public int width() {
    return width;
  }

  /** Returns O, the number of logits; 0 without an output layer. */
  public int logitCount() {
    return logitCount;
  }
}
