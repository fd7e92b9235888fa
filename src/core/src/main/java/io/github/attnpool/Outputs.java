package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Room for the results of a forward call, F32, in memory of the caller's arena. Made by {@link
 * AttentionPooling#allocate}; reusable for any batch of the same size. Not to be written by two
 * forward calls at once.
 *
 * <p>Shapes, for B sequences, R heads and O outputs: context [B,R,H]; logits [B,O]; weights and
 * scores [B,R,T] for a padded batch of T steps, [R,N] for a ragged one of N rows. With R = 1 the
 * head's dimension is left out.
 */
public final class Outputs {
  private final int batch;
  private final long positions;
  private final int heads;
  private final int width;
  private final int outputs;
  private final Map<Output, MemorySegment> segments = new EnumMap<>(Output.class);

  Outputs(Sequences in, AttentionParameters shape, Set<Output> wanted, Arena arena) {
    this.batch = in.batch();
    this.positions = in.positions();
    this.heads = shape.heads();
    this.width = shape.width();
    this.outputs = shape.logitCount();
    for (Output output : wanted) {
      segments.put(output, allocate(output, arena));
    }
  }

  /** Arenas are of the caller's making, and engines write by address: nothing is taken on trust. */
  private MemorySegment allocate(Output output, Arena arena) {
    long bytes;
    try {
      bytes = Math.multiplyExact(size(output), (long) Float.BYTES);
    } catch (ArithmeticException e) {
      throw new AttnPoolException("allocate", output + " is too large to be addressed", e);
    }
    MemorySegment segment = arena.allocate(bytes, Float.BYTES);
    if (!segment.isNative()
        || segment.isReadOnly()
        || segment.isMapped()
        || segment.byteSize() != bytes
        || segment.address() % Float.BYTES != 0) {
      throw new AttnPoolException(
          "allocate",
          "the arena gave "
              + segment
              + " for "
              + output
              + ", must be writable native memory of "
              + bytes
              + " bytes, aligned to "
              + Float.BYTES);
    }
    return segment;
  }

  /** Number of elements of a result, whether it is held or not. */
  public long size(Output output) {
    return switch (output) {
      case CONTEXT -> Math.multiplyExact((long) batch * heads, (long) width);
      case LOGITS -> (long) batch * outputs;
      case WEIGHTS, SCORES -> Math.multiplyExact(positions, (long) heads);
    };
  }

  /** Whether a result is held here, so that a forward call computes it. */
  public boolean has(Output output) {
    return segments.containsKey(output);
  }

  /**
   * A result's memory, row-major F32.
   *
   * @throws AttnPoolException if this was allocated without it
   */
  public MemorySegment get(Output output) {
    MemorySegment segment = segments.get(output);
    if (segment == null) {
      throw new AttnPoolException(
          "result", output + " was not asked for; allocate with it to have it computed");
    }
    return segment;
  }

  /** {@link Output#CONTEXT}. */
  public MemorySegment context() {
    return get(Output.CONTEXT);
  }

  /** {@link Output#WEIGHTS}. */
  public MemorySegment weights() {
    return get(Output.WEIGHTS);
  }

  /** {@link Output#SCORES}. */
  public MemorySegment scores() {
    return get(Output.SCORES);
  }

  /** {@link Output#LOGITS}. */
  public MemorySegment logits() {
    return get(Output.LOGITS);
  }

  /**
   * The rows of greatest weight in one sequence, best first, equal ones in order of the sequence.
   * Masked rows have weight 0 and come last, if at all. Takes one pass over the weights, without
   * sorting them.
   *
   * @param in the batch that these are the results of
   * @param k how many, at least 1; all where there are fewer
   * @throws AttnPoolException if there is no such sequence or head, the batch is of another size,
   *     or weights were not asked for
   */
  public List<RankedRow> top(Sequences in, int sequence, int head, int k) {
    MemorySegment weights = get(Output.WEIGHTS);
    ForwardCheck.checkGiven("top rows", "the sequences", in);
    ForwardCheck.checkMemory("top rows", "the weights", weights);
    if (in.batch() != batch || in.positions() != positions) {
      throw new AttnPoolException(
          "top rows", "these are not the results of a batch of that many sequences and rows");
    }
    if (sequence < 0 || sequence >= batch || head < 0 || head >= heads || k < 1) {
      throw new AttnPoolException(
          "top rows",
          "sequence %d, head %d, k %d: must be below %d, below %d, at least 1"
              .formatted(sequence, head, k, batch, heads));
    }
    long steps = in.offset(sequence + 1) - in.offset(sequence);
    return TopRows.of(weights, in.resultIndex(sequence, head, heads), steps, k);
  }

  /** A result copied to the heap. */
  public float[] toArray(Output output) {
    return get(output).toArray(JAVA_FLOAT);
  }

  /** B: number of sequences this has room for. */
  public int batch() {
    return batch;
  }

  /** Positions this has room for, padding included. */
  public long positions() {
    return positions;
  }

  /** R: number of heads. */
  public int heads() {
    return heads;
  }

  /** H: values in a context row. */
  public int width() {
    return width;
  }

  /** O: values in a logits row; 0 without an output layer. */
  public int logitCount() {
    return outputs;
  }
}
