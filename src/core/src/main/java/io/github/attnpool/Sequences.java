package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.SequenceBounds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A view of a batch of sequences: rows in memory that the caller owns.
 *
 * <p>There are two kinds. In a <i>padded</i> batch x is [B,T,H], and lengths or a keep mask say
 * which rows take part. In a <i>ragged</i> batch x is [N,H], and offsets [B+1] say where each
 * sequence begins and ends. Every row of x has a <i>position</i>: b·T + t, or its index in [N,H].
 *
 * <p>Immutable and thread-safe. Lengths, masks and offsets are copied, x is not. Nothing is read
 * from x before a forward call; x must stay alive, and should not be changed, while a call reads
 * it.
 */
public final class Sequences {
  static final Arguments ARGUMENTS = new Arguments("sequences");

  private static final int MAX_BATCH = Integer.MAX_VALUE - 16; // offsets have to fit an array

  private final Rows rows;
  private final RowBatch view;

  private Sequences(Rows rows, RowBatch view) {
    this.rows = rows;
    this.view = view;
  }

  /** A batch in which all rows take part. */
  private static Sequences whole(Rows rows, SequenceBounds bounds) {
    return new Sequences(rows, new RowBatch(rows, bounds, KeptForms.all(bounds)));
  }

  /**
   * Makes a padded batch of rows that lie side by side. All of them take part.
   *
   * @param x row-major [batch, steps, width], exactly that many elements
   * @param type how they are stored: F32, BF16 or F16
   * @param batch B, the number of sequences
   * @param steps T, the number of rows in each sequence
   * @param width H, the number of values in a row
   * @return the batch
   * @throws AttnPoolException if a size is negative, the width is not positive, or x has another
   *     size or type
   */
  public static Sequences padded(
      MemorySegment x, ElementType type, int batch, long steps, int width) {
    return padded(Rows.of(x, type, width), batch, steps);
  }

  /**
   * Makes a padded batch. All rows take part.
   *
   * @param x [batch, steps, width], exactly that many rows
   * @param batch B, the number of sequences
   * @param steps T, the number of rows in each sequence
   * @return the batch
   * @throws AttnPoolException if a size is negative, or x has another number of rows
   */
  public static Sequences padded(Rows x, int batch, long steps) {
    ARGUMENTS.given("x", x);
    ARGUMENTS.must(
        batch >= 0 && batch <= MAX_BATCH,
        () -> "batch is " + batch + ", must be 0 to " + MAX_BATCH);
    ARGUMENTS.must(steps >= 0, () -> "steps is " + steps + ", must be at least 0");
    x.checkHold(Rows.times(batch, steps));
    return whole(x, SequenceBounds.padded(batch, steps)); // allocates as many offsets
  }

  /**
   * Makes a ragged batch of rows that lie side by side.
   *
   * @param rows row-major [N, width], exactly that many elements
   * @param type how they are stored: F32, BF16 or F16
   * @param width H, the number of values in a row
   * @param offsets [B+1], from 0 to N, never falling: sequence b is rows offsets[b] … offsets[b+1]
   * @return the batch
   * @throws AttnPoolException if offsets do not run from 0 to N without falling, or sizes or types
   *     do not fit
   */
  public static Sequences ragged(MemorySegment rows, ElementType type, int width, long... offsets) {
    ARGUMENTS.given("rows", rows);
    return ragged(Rows.of(rows, type, width), offsets);
  }

  /**
   * Makes a ragged batch.
   *
   * @param rows [N, width], exactly that many rows
   * @param offsets [B+1], from 0 to N, never falling: sequence b is rows offsets[b] … offsets[b+1]
   * @return the batch
   * @throws AttnPoolException if offsets do not run from 0 to N without falling
   */
  public static Sequences ragged(Rows rows, long... offsets) {
    ARGUMENTS.given("rows", rows);
    ARGUMENTS.must(
        ARGUMENTS.given("offsets", offsets).length > 0,
        () -> "offsets are missing, must have B+1 values");
    long[] own = offsets.clone(); // before the checks: the caller's may change meanwhile
    ARGUMENTS.must(own[0] == 0, () -> "offsets[0] is " + own[0] + ", must be 0");
    for (int b = 1; b < own.length; b++) {
      if (own[b] < own[b - 1]) {
        throw ARGUMENTS.bad(
            String.format(
                Locale.ROOT,
                "offsets[%d] is %d, must not be below the %d before it",
                b,
                own[b],
                own[b - 1]));
      }
    }
    SequenceBounds bounds = SequenceBounds.ragged(own);
    rows.checkHold(bounds.positions());
    return whole(rows, bounds);
  }

  /**
   * Copies arrays, one for each sequence, to native memory, and makes a ragged batch of the copy.
   *
   * @param sequences each row-major [its rows, width]
   * @param width H, the number of values in a row
   * @param arena owner of the copy
   * @return a ragged batch in native memory
   * @throws AttnPoolException if an array is null or not made of whole rows
   */
  public static Sequences copyOf(List<float[]> sequences, int width, Arena arena) {
    ARGUMENTS.given("sequences", sequences);
    ARGUMENTS.open(arena);
    ARGUMENTS.must(width > 0, () -> "width is " + width + ", must be at least 1");
    int batch = sequences.size();
    ARGUMENTS.must(
        batch <= MAX_BATCH, () -> "sequences are " + batch + ", must be at most " + MAX_BATCH);
    long[] offsets = ARGUMENTS.longs("offsets", batch + 1L);
    for (int b = 0; b < batch; b++) {
      float[] sequence = sequences.get(b);
      if (sequence == null || sequence.length % width != 0) {
        throw ARGUMENTS.bad(
            String.format(
                Locale.ROOT,
                "sequence %d %s, must be whole rows of %d values",
                b,
                sequence == null ? "is null" : "has " + sequence.length + " values",
                width));
      }
      offsets[b + 1] = offsets[b] + sequence.length / width;
    }
    MemorySegment copy = ARGUMENTS.allocate("the copy", offsets[batch], width, arena, Float.BYTES);
    for (int b = 0; b < batch; b++) {
      float[] sequence = sequences.get(b);
      int index = b;
      ARGUMENTS.must( // a list that changes meanwhile
          sequence != null && sequence.length == (offsets[index + 1] - offsets[index]) * width,
          () -> "sequences were changed while they were copied");
      long at = offsets[b] * width * Float.BYTES;
      MemorySegment.copy(sequence, 0, copy, JAVA_FLOAT, at, sequence.length);
    }
    return ragged(copy, ElementType.F32, width, offsets);
  }

  /**
   * {@return these sequences with only the first {@code lengths[b]} rows of each taking part}
   *
   * @param lengths [B], each 0 to T
   * @throws AttnPoolException if this is not a padded batch without lengths or mask, or a length is
   *     outside 0 … T
   */
  public Sequences withLengths(long... lengths) {
    return new Sequences(
        rows, view.withKept(KeptForms.byLengths(view.bounds(), view.kept(), lengths)));
  }

  /**
   * {@return these sequences with only the rows taking part that are marked 1}
   *
   * @param keep [B,T] bytes: 1 = attend, 0 = ignore the row
   * @throws AttnPoolException if this is not a padded batch without lengths or mask, the mask has
   *     another size, cannot be read here, or has a byte that is neither 0 nor 1
   */
  public Sequences withKeepMask(MemorySegment keep) {
    return new Sequences(rows, view.withKept(KeptForms.byMask(view.bounds(), view.kept(), keep)));
  }

  /**
   * {@return these sequences with a query for each, as a decoder asks them} The queries' memory is
   * read in each forward call, so that it may change between calls.
   *
   * @param queries F32 [B,Q], row-major, with the layer's {@link AttentionParameters#queryWidth};
   *     in native memory that is not mapped from a file
   * @throws AttnPoolException if it is null, or does not have the same number of values, at least
   *     one, for each sequence
   */
  public Sequences withQueries(MemorySegment queries) {
    ARGUMENTS.given("queries", queries);
    long row = (long) Float.BYTES * Math.max(1, batch());
    long each = queries.byteSize() / row;
    ARGUMENTS.must(
        queries.byteSize() % row == 0 && each <= Integer.MAX_VALUE && (each > 0 || batch() == 0),
        () ->
            String.format(
                    Locale.ROOT,
                    "the queries have %d bytes, must have the same number of F32 values for each of"
                        + " the %d",
                    queries.byteSize(),
                    batch())
                + " sequences");
    return new Sequences(rows, view.withQueries(queries));
  }

  /**
   * {@return these sequences with a bias: numbers that are added to the scores before the softmax}
   * −∞ gives a row the weight 0. The values are checked and copied; those of rows that do not take
   * part are not used.
   *
   * @param bias F32, one value for each position, the same for all heads: [B,T] or [N]
   * @throws AttnPoolException if it has another size, cannot be read here, or has a value that is
   *     NaN or +∞
   */
  public Sequences withScoreBias(MemorySegment bias) {
    return withScoreBias(bias, 1);
  }

  /**
   * {@return these sequences with a bias for each head, as {@link #withScoreBias(MemorySegment)}
   * does for all heads}
   *
   * @param bias F32, in the layout of the scores: [B,R,T] for a padded batch, [R,N] for a ragged
   *     one
   * @param heads R, the layer's number of heads; 1 if all heads share the values
   * @throws AttnPoolException if it has another size, cannot be read here, or has a value that is
   *     NaN or +∞
   */
  public Sequences withScoreBias(MemorySegment bias, int heads) {
    return new Sequences(rows, view.withScoreBias(BiasForms.read(view, bias, heads)));
  }

  /** For the JVM's report of a page that a mapped file no longer has, an InternalError. */
  static AttnPoolException cut(String memory, InternalError e) {
    return new AttnPoolException(
        ARGUMENTS.operation(), memory + " could not be read: was a mapped file cut?", e);
  }

  /** Checks that x and queries are what a layer takes, and can be read now by this thread. */
  void checkFits(AttentionParameters parameters, Arguments arguments) {
    if (width() != parameters.inputWidth()) {
      throw arguments.bad(
          "rows of x have " + width() + " values, must have " + parameters.inputWidth());
    }
    if (!view.isOnDevice()) {
      arguments.usable("x", view.x());
    }
    checkSteps(parameters.score(), arguments);
    if (view.hasScoreBias()
        && view.scoreBias().heads() != 1
        && view.scoreBias().heads() != parameters.heads()) {
      throw arguments.bad(
          String.format(
              Locale.ROOT,
              "the bias has values for %d heads, must have them for %s",
              view.scoreBias().heads(),
              parameters.heads() == 1 ? "1" : "1 or " + parameters.heads()));
    }
    if (view.hasQueries()) {
      checkQueries(parameters, arguments);
    } else if (!parameters.query().isEmpty()) {
      throw arguments.bad(
          String.format(
              Locale.ROOT,
              "there are no queries, must be one of %d values for each sequence",
              parameters.queryWidth()));
    }
  }

  /** A step bias has one element per row of a sequence. */
  private void checkSteps(List<Step> score, Arguments arguments) {
    for (int i = 0; i < score.size(); i++) {
      if (score.get(i) instanceof StepBias bias) {
        KeptRows kept = view.kept();
        for (int b = 0; b < batch(); b++) {
          long rows =
              kept.count(b) == 0 ? 0 : kept.position(kept.first(b + 1) - 1) + 1 - view.offset(b);
          if (rows > bias.steps()) {
            throw arguments.bad(
                String.format(
                    Locale.ROOT,
                    "sequence %d has %d rows, must be at most the %d of the step bias",
                    b,
                    rows,
                    bias.steps()));
          }
        }
      }
    }
  }

  private void checkQueries(AttentionParameters parameters, Arguments arguments) {
    if (parameters.queryWidth() == 0) {
      throw arguments.bad(
          parameters.units() == 0
              ? "the linear form takes no queries, but there are some"
              : "this layer takes no queries without a query stage, but there are some");
    }
    if (batch() > 0 && queryWidth() != parameters.queryWidth()) {
      throw arguments.bad(
          String.format(
              Locale.ROOT,
              "queries have %d values, must have %d",
              queryWidth(),
              parameters.queryWidth()));
    }
    arguments.usable("the queries", view.queries());
    arguments.addressable("the queries", view.queries());
  }

  /** {@return B, the number of sequences} */
  public int batch() {
    return view.batch();
  }

  /** {@return whether this is a padded batch} */
  public boolean isPadded() {
    return view.bounds().isPadded();
  }

  /** {@return T, the number of positions of each sequence of a padded batch; empty if ragged} */
  public OptionalLong steps() {
    return isPadded() ? OptionalLong.of(view.bounds().steps()) : OptionalLong.empty();
  }

  /** {@return the number of positions in all, padding included: B·T or N} */
  public long positions() {
    return view.positions();
  }

  /**
   * {@return the position of a sequence's first row}
   *
   * @param sequence 0 to B; B gives the end of the last sequence
   */
  public long offset(int sequence) {
    ARGUMENTS.index("sequence", sequence, batch() + 1L);
    return view.offset(sequence);
  }

  /**
   * {@return where the values of one head and sequence begin in weights and scores, which are
   * [B,R,T] for a padded batch and [R,N] for a ragged one} The value of position p of the sequence
   * lies {@code p - offset(sequence)} elements further on.
   *
   * @param sequence 0 to B − 1
   * @param head 0 to R − 1
   * @param heads R
   */
  public long resultIndex(int sequence, int head, int heads) {
    ARGUMENTS.index("sequence", sequence, batch());
    ARGUMENTS.index("head", head, heads);
    return view.resultIndex(sequence, head, heads);
  }

  /** {@return the rows of x, by position} */
  public Rows rows() {
    return rows;
  }

  /** {@return the number of values in a row} */
  public int width() {
    return rows.width();
  }

  /** {@return the number of rows that take part, in all} */
  public long keptRows() {
    return view.kept().count();
  }

  /**
   * {@return the number of rows of one sequence that take part}
   *
   * @param sequence 0 to B − 1
   */
  public long keptRows(int sequence) {
    ARGUMENTS.index("sequence", sequence, batch());
    return view.kept().count(sequence);
  }

  /** {@return the queries, F32 [B,Q]; empty if there are none} */
  public Optional<MemorySegment> queries() {
    return view.hasQueries() ? Optional.of(view.queries()) : Optional.empty();
  }

  /** {@return Q, the number of values in a query; 0 if there are none} */
  public int queryWidth() {
    return view.queryWidth();
  }

  /**
   * {@return how many heads the bias has values for: 1 if it is the same for all, 0 if there is
   * none}
   */
  public int biasHeads() {
    return view.hasScoreBias() ? view.scoreBias().heads() : 0;
  }

  /** Returns what engines read. */
  RowBatch view() {
    return view;
  }
}
