package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.spi.StreamEngine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * The pooling of one sequence that comes in parts, or is spread over machines: what is known of it
 * so far, a few kilobytes however many rows it has had. Made by {@link AttentionPooling#newState}.
 *
 * <p>Parts whose kept rows are multiples of {@link AttentionPooling#blockRows}, added in order,
 * give the same bits as one forward call; any other parts, and merged states, the same to rounding,
 * since all sums are float64. Rows must come in the order of the sequence only for that.
 *
 * <p>Not thread-safe: one thread at a time. The layer must be open for every call but {@link #rows}
 * and {@link #toBytes}.
 */
public final class PoolingState {
  private static final long ALIGNMENT = 64;

  private final AttentionPooling layer;
  private final StreamEngine engine;
  private MemorySegment state;
  private MemorySegment next; // room for the state to come
  private long rows;

  PoolingState(AttentionPooling layer, StreamEngine engine) {
    this.layer = layer;
    this.engine = engine;
    Arena arena = Arena.ofAuto();
    this.state = arena.allocate(engine.stateBytes(), ALIGNMENT);
    this.next = arena.allocate(engine.stateBytes(), ALIGNMENT);
    engine.clear(state);
  }

  /** The state that bytes stand for. */
  static PoolingState of(AttentionPooling layer, StreamEngine engine, byte[] bytes) {
    PoolingState made = new PoolingState(layer, engine);
    made.rows = StateBytes.read(bytes, layer.parameters(), made.state);
    return made;
  }

  /**
   * Adds the next rows.
   *
   * @param part one sequence, as for a forward call: any memory, element type and mask
   * @throws AttnPoolException if it is not exactly one sequence, does not fit the layer, or the
   *     layer is closed; the state is then as it was
   */
  public void add(Sequences part) {
    add(part, null);
  }

  /**
   * Adds the next rows and keeps their scores, from which {@link #weights} makes weights when all
   * rows have been added.
   *
   * @param scores F32 [R, rows of the part], native memory, overwritten
   */
  public void add(Sequences part, MemorySegment scores) {
    StateCheck.part(layer.parameters(), part, scores);
    layer.checkPlace(part);
    try {
      within(
          () -> {
            next.copyFrom(state);
            engine.add(part, next, scores);
            takeNext();
            rows += part.kept().count();
          });
    } finally {
      Reference.reachabilityFence(part);
      Reference.reachabilityFence(scores);
    }
  }

  /** Changes are made in a copy, or a failure halfway would leave half of one. */
  private void takeNext() {
    MemorySegment before = state;
    state = next;
    next = before;
  }

  /** Adds rows from an array, row-major [rows, width of x]. */
  public void add(float[] x, int rows) {
    if (x == null) {
      throw new AttnPoolException(StateCheck.OPERATION, "x is null");
    }
    add(
        Sequences.ragged(
            MemorySegment.ofArray(x), ElementType.F32, layer.parameters().inputWidth(), 0, rows));
  }

  /**
   * Adds all rows of another state, which stays as it is.
   *
   * @throws AttnPoolException if it was made with other parameters
   */
  public void merge(PoolingState other) {
    ForwardCheck.checkGiven(StateCheck.OPERATION, "the other state", other);
    StateCheck.sameParameters(layer.parameters(), other.layer.parameters());
    try {
      within(
          () -> {
            next.copyFrom(state);
            engine.merge(next, other.state);
            takeNext();
            rows += other.rows;
          });
    } finally {
      Reference.reachabilityFence(other);
    }
  }

  /** Rows added so far, without masked ones. */
  public long rows() {
    return rows;
  }

  /**
   * The context of the rows so far, [R,H]; without any, what the layer's policy for empty sequences
   * says, but zeros where that is {@link EmptySequencePolicy#UNIFORM}: masked rows are not kept.
   */
  public float[] context() {
    return finish(false);
  }

  /**
   * The output layer's values for the rows so far, [O].
   *
   * @throws AttnPoolException if the parameters have no output layer
   */
  public float[] logits() {
    if (layer.parameters().logitCount() == 0) {
      throw new AttnPoolException("logits", "the parameters have no output layer");
    }
    return finish(true);
  }

  private float[] finish(boolean logits) {
    AttentionParameters parameters = layer.parameters();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment context =
          arena.allocate(JAVA_FLOAT, (long) parameters.heads() * parameters.width());
      MemorySegment outputs = logits ? arena.allocate(JAVA_FLOAT, parameters.logitCount()) : null;
      within(() -> finish(context, outputs));
      return (logits ? outputs : context).toArray(JAVA_FLOAT);
    }
  }

  private void finish(MemorySegment context, MemorySegment logits) {
    EmptySequencePolicy policy = layer.emptySequence();
    if (rows == 0 && policy == EmptySequencePolicy.ERROR) {
      throw new AttnPoolException(
          StateCheck.OPERATION, "the sequence has no rows, must have at least one");
    }
    engine.finish(state, context, logits);
    if (rows == 0 && policy == EmptySequencePolicy.NAN) {
      MemorySegment result = logits == null ? context : logits;
      for (long i = 0; i < result.byteSize() / Float.BYTES; i++) {
        result.setAtIndex(JAVA_FLOAT, i, Float.NaN);
      }
    }
  }

  /**
   * Turns one head's scores of rows that were added into their weights, in place. Called when all
   * rows have been added.
   *
   * @param scores F32, native memory: all of the head's scores, or any stretch of them
   */
  public void weights(int head, MemorySegment scores) {
    StateCheck.weights(layer.parameters(), head, scores);
    try {
      within(() -> engine.weigh(scores, head, state));
    } finally {
      Reference.reachabilityFence(scores);
    }
  }

  private void within(Runnable use) {
    try {
      layer.within(use);
    } finally {
      Reference.reachabilityFence(this); // or the memory could go while native code is in it
    }
  }

  /**
   * The state as bytes, for another JVM: {@link AttentionPooling#stateFromBytes}. The format has a
   * version and a check sum, and names the parameters by theirs.
   */
  public byte[] toBytes() {
    return StateBytes.write(layer.parameters(), rows, state);
  }
}
