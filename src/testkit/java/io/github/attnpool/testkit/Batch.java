package io.github.attnpool.testkit;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.github.attnpool.ElementType;
import io.github.attnpool.Rows;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The input of a forward call on the heap, told without the library's own bookkeeping: rows, where
 * each sequence begins, and which rows are kept.
 */
public final class Batch {
  private enum Kind {
    PADDED,
    LENGTHS,
    KEEP,
    RAGGED
  }

  private final Kind kind;
  private final float[] x;
  private final int width;
  private final int[] offsets;
  private final boolean[] keep;
  private final float[] queries; // [B,Q], empty where there are none
  private final int biasHeads; // 0 where there is no bias
  private final float[] bias; // one value per position, or in the layout of the scores

  private Batch(Kind kind, float[] x, int width, int[] offsets, boolean[] keep, float[] queries) {
    this(kind, x, width, offsets, keep, queries, 0, new float[0]);
  }

  private Batch(
      Kind kind,
      float[] x,
      int width,
      int[] offsets,
      boolean[] keep,
      float[] queries,
      int biasHeads,
      float[] bias) {
    this.kind = kind;
    this.x = x;
    this.width = width;
    this.offsets = offsets;
    this.keep = keep;
    this.queries = queries;
    this.biasHeads = biasHeads;
    this.bias = bias;
  }

  /** x is [batch, steps, width]. */
  public static Batch padded(float[] x, int batch, int steps, int width) {
    int[] offsets = new int[batch + 1];
    Arrays.setAll(offsets, b -> b * steps);
    return new Batch(Kind.PADDED, x, width, offsets, all(batch * steps), new float[0]);
  }

  /** x is [N, width]. */
  public static Batch ragged(float[] x, int width, int... offsets) {
    boolean[] keep = all(offsets[offsets.length - 1]);
    return new Batch(Kind.RAGGED, x, width, offsets, keep, new float[0]);
  }

  /** Of this padded batch, the first {@code lengths[b]} rows of each sequence. */
  public Batch withLengths(int... lengths) {
    boolean[] first = new boolean[keep.length];
    for (int b = 0; b < batch(); b++) {
      Arrays.fill(first, offsets[b], offsets[b] + lengths[b], true);
    }
    return new Batch(Kind.LENGTHS, x, width, offsets, first, queries, biasHeads, bias);
  }

  /** Of this padded batch, the rows marked true. */
  public Batch withKeep(boolean... keep) {
    return new Batch(Kind.KEEP, x, width, offsets, keep, queries, biasHeads, bias);
  }

  /** This batch, with a query for each sequence: [batch, Q]. */
  public Batch withQueries(float... queries) {
    return new Batch(kind, x, width, offsets, keep, queries, biasHeads, bias);
  }

  /**
   * This batch, with finite numbers that are added to the scores.
   *
   * @param heads 1 for values that all heads share, one per position; or R, for values that are
   *     laid out as the scores
   */
  public Batch withScoreBias(int heads, float... values) {
    return new Batch(kind, x, width, offsets, keep, queries, heads, values);
  }

  /** This batch, with other values in the rows that are not kept. */
  public Batch withPadding(float value) {
    float[] other = x.clone();
    for (int position = 0; position < keep.length; position++) {
      if (!keep[position]) {
        Arrays.fill(other, position * width, (position + 1) * width, value);
      }
    }
    return new Batch(kind, other, width, offsets, keep, queries, biasHeads, bias);
  }

  /** The kept rows of one sequence, side by side, as a batch of their own, without a bias. */
  public Batch alone(int sequence, boolean asRagged) {
    int rows = count(sequence);
    float[] own = new float[rows * width];
    int row = 0;
    for (int position = begin(sequence); position < end(sequence); position++) {
      if (keep[position]) {
        System.arraycopy(x, position * width, own, row++ * width, width);
      }
    }
    Batch alone = asRagged ? ragged(own, width, 0, rows) : padded(own, 1, rows, width);
    return alone.withQueries(query(sequence));
  }

  /** The library's view of this batch. */
  public Sequences sequences(Arena arena) {
    return sequences(arena, ElementType.F32);
  }

  /**
   * The library's view of this batch, with rows of a type.
   *
   * @param type F32, or BF16 for rows whose values are of that type
   */
  public Sequences sequences(Arena arena, ElementType type) {
    MemorySegment data =
        type == ElementType.F32
            ? arena.allocateFrom(JAVA_FLOAT, x)
            : arena.allocateFrom(JAVA_SHORT, upperHalves());
    return sequences(Rows.of(data, type, width), arena);
  }

  /**
   * The library's view of this batch.
   *
   * @param rows where its rows have been put
   */
  public Sequences sequences(Rows rows, Arena arena) {
    Sequences in = kept(rows, arena);
    if (hasQueries()) {
      in = in.withQueries(arena.allocateFrom(JAVA_FLOAT, queries));
    }
    return biasHeads == 0 ? in : in.withScoreBias(MemorySegment.ofArray(bias), biasHeads);
  }

  private Sequences kept(Rows rows, Arena arena) {
    if (kind == Kind.RAGGED) {
      return Sequences.ragged(rows, Arrays.stream(offsets).asLongStream().toArray());
    }
    int steps = batch() == 0 ? 0 : end(0);
    Sequences all = Sequences.padded(rows, batch(), steps);
    if (kind == Kind.LENGTHS) {
      long[] lengths = new long[batch()];
      Arrays.setAll(lengths, this::count);
      return all.withLengths(lengths);
    }
    if (kind == Kind.KEEP) {
      MemorySegment mask = arena.allocate(keep.length);
      for (int position = 0; position < keep.length; position++) {
        mask.set(JAVA_BYTE, position, (byte) (keep[position] ? 1 : 0));
      }
      return all.withKeepMask(mask);
    }
    return all;
  }

  private short[] upperHalves() {
    short[] halves = new short[x.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = (short) (Float.floatToRawIntBits(x[i]) >>> 16);
    }
    return halves;
  }

  /** Where the weight or score of a position stands in [B,R,T], or in [R,N] when ragged. */
  public int index(int heads, int head, int sequence, int position) {
    if (kind == Kind.RAGGED) {
      return head * keep.length + position;
    }
    int steps = end(sequence) - begin(sequence);
    return (sequence * heads + head) * steps + position - begin(sequence);
  }

  public int batch() {
    return offsets.length - 1;
  }

  public int width() {
    return width;
  }

  /** Position of a sequence's first row, kept or not. */
  public int begin(int sequence) {
    return offsets[sequence];
  }

  /** Position after a sequence's last row, kept or not. */
  public int end(int sequence) {
    return offsets[sequence + 1];
  }

  /** Positions in all. */
  public int positions() {
    return keep.length;
  }

  public boolean kept(int position) {
    return keep[position];
  }

  /** Whether some row is not kept. */
  public boolean isMasked() {
    return IntStream.range(0, keep.length).anyMatch(position -> !keep[position]);
  }

  /** Kept rows of a sequence. */
  public int count(int sequence) {
    int rows = 0;
    for (int position = begin(sequence); position < end(sequence); position++) {
      rows += keep[position] ? 1 : 0;
    }
    return rows;
  }

  /** The row at a position. */
  public double[] row(int position) {
    double[] row = new double[width];
    Arrays.setAll(row, h -> x[position * width + h]);
    return row;
  }

  public boolean hasQueries() {
    return queries.length > 0;
  }

  public boolean hasScoreBias() {
    return biasHeads > 0;
  }

  /** What is added to a score. */
  public double bias(int heads, int head, int sequence, int position) {
    return switch (biasHeads) {
      case 0 -> 0;
      case 1 -> bias[position];
      default -> bias[index(heads, head, sequence, position)];
    };
  }

  /** A sequence's query; empty where there are none. */
  public float[] query(int sequence) {
    int size = batch() == 0 ? 0 : queries.length / batch();
    return Arrays.copyOfRange(queries, sequence * size, (sequence + 1) * size);
  }

  private static boolean[] all(int positions) {
    boolean[] keep = new boolean[positions];
    Arrays.fill(keep, true);
    return keep;
  }
}
