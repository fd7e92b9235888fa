package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.lifetime.CallGate;
import io.github.attnpool.internal.results.EmptyResult;
import io.github.attnpool.spi.StreamEngine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The pooling of one sequence that comes in parts, or is spread over machines: what is known of it
 * so far, {@link #byteSize} bytes however many rows it has had. Made by {@link
 * AttentionPooling#newState}; {@link #reset} makes it ready for the next sequence.
 *
 * <p>Parts whose kept rows are multiples of {@link AttentionPooling#blockRows}, added in order,
 * give the bits of one forward call. Any other parts, and merged states, give that result to
 * rounding: all sums are float64. Only for the exact bits must rows come in the order of the
 * sequence.
 *
 * <p>Not thread-safe: one thread at a time. The layer must be open for every call but {@link
 * #rows}, {@link #toBytes} and {@link #close}.
 *
 * <p>Close it to free its memory at once; a state that is forgotten frees it when it is garbage
 * collected. A call after closing fails with an {@link AttnPoolException}.
 */
public final class PoolingState implements AutoCloseable {
  private static final Arguments ARGUMENTS = new Arguments("pooling state");
  private static final long ALIGNMENT = 64;
  private static final Cleaner CLEANER = Cleaner.create();

  private final AttentionPooling layer;
  private final StreamEngine engine;
  private final EmptyResult empty;
  private final CallGate gate = new CallGate("pooling state");
  private final Cleaner.Cleanable memory;
  private final long byteSize;
  private final MemorySegment contexts; // [R,H], where only logits are asked for
  private MemorySegment state;
  private MemorySegment next; // where the next state is made
  private long rows;

  PoolingState(AttentionPooling layer, StreamEngine engine) {
    this.layer = layer;
    this.engine = engine;
    this.empty = new EmptyResult(layer.emptySequence());
    long bytes = engine.stateBytes();
    this.byteSize = 2 * bytes + contextValues() * Float.BYTES;
    Arena arena = Arena.ofShared(); // it may be closed by any thread
    this.memory = CLEANER.register(this, arena::close);
    try {
      MemorySegment all = ARGUMENTS.allocate("the state", byteSize, arena, ALIGNMENT);
      this.state = all.asSlice(0, bytes);
      this.next = all.asSlice(bytes, bytes);
      this.contexts = all.asSlice(2 * bytes);
      engine.clear(state);
    } catch (RuntimeException | Error e) { // no memory
      memory.clean();
      throw e;
    }
  }

  /** Reads a state that {@link #toBytes} wrote. */
  static PoolingState of(AttentionPooling layer, StreamEngine engine, byte[] bytes) {
    PoolingState made = new PoolingState(layer, engine);
    try {
      made.rows = StateBytes.read(bytes, layer.parameters(), made.state);
      return made;
    } catch (RuntimeException | Error e) {
      made.close();
      throw e;
    }
  }

  /** Forgets all rows, as if this state were new. */
  public void reset() {
    within(
        () -> {
          engine.clear(state);
          rows = 0;
        });
  }

  /**
   * Adds the next rows.
   *
   * @param part one sequence, as for a forward call: any memory, element type and mask
   * @throws AttnPoolException if it is not exactly one sequence, does not fit the layer, or the
   *     layer is closed; the state is then as it was
   */
  public void add(Sequences part) {
    checkPart(part);
    addChecked(part, null);
  }

  /**
   * Adds the next rows and keeps their scores, from which {@link #weights} makes weights when all
   * rows have been added.
   *
   * @param part one sequence, as for {@link #add(Sequences)}
   * @param scores F32 [R, rows of the part], native memory, overwritten
   * @throws AttnPoolException as {@link #add(Sequences)} does, or if the scores have another size
   *     or cannot be written
   */
  public void add(Sequences part, MemorySegment scores) {
    checkPart(part);
    checkScores(part, scores);
    addChecked(part, scores);
  }

  private static void checkPart(Sequences part) {
    ARGUMENTS.given("part", part);
    ARGUMENTS.must(
        part.batch() == 1,
        () -> "the part is a batch of " + part.batch() + " sequences, must be one sequence");
  }

  private void checkScores(Sequences part, MemorySegment scores) {
    ARGUMENTS.given("scores", scores);
    int heads = layer.parameters().heads();
    long bytes = part.positions() * heads * Float.BYTES;
    ARGUMENTS.must(
        scores.byteSize() == bytes,
        () ->
            String.format(
                Locale.ROOT,
                "there is room for %d bytes of scores, must be %d (%d heads, %d rows, F32)",
                scores.byteSize(),
                bytes,
                heads,
                part.positions()));
    ARGUMENTS.writable("the scores", scores);
  }

  private void addChecked(Sequences part, @Nullable MemorySegment scores) {
    part.checkFits(layer.parameters(), ARGUMENTS);
    layer.checkTakes(part);
    try {
      within(
          () -> {
            next.copyFrom(state);
            if (scores == null) {
              engine.add(part.view(), next);
            } else {
              engine.add(part.view(), next, scores);
            }
            takeNext();
            rows += part.keptRows();
          });
    } finally {
      Reference.reachabilityFence(part);
      Reference.reachabilityFence(scores);
    }
  }

  /** Changes are made in a copy, so that a failure halfway leaves the state as it was. */
  private void takeNext() {
    MemorySegment before = state;
    state = next;
    next = before;
  }

  /**
   * Adds the next rows from an array.
   *
   * @param x row-major [rows, width of x]
   * @param rows number of rows in x
   * @throws AttnPoolException as {@link #add(Sequences)} does
   */
  public void add(float[] x, int rows) {
    ARGUMENTS.given("x", x);
    add(
        Sequences.ragged(
            MemorySegment.ofArray(x), ElementType.F32, layer.parameters().inputWidth(), 0, rows));
  }

  /**
   * Adds all rows of another state, which stays as it is.
   *
   * @param other a state of a layer with equal parameters
   * @throws AttnPoolException if it was made with other parameters, or is closed
   */
  public void merge(PoolingState other) {
    ARGUMENTS.given("other", other);
    checkLayout(other);
    AttentionParameters ours = layer.parameters();
    AttentionParameters theirs = other.layer.parameters();
    ARGUMENTS.must(
        ours == theirs || ParameterDigest.of(ours).equals(ParameterDigest.of(theirs)),
        () -> "the other state was made with other parameters");
    other.open(
        () ->
            within(
                () -> {
                  next.copyFrom(state);
                  engine.merge(next, other.state);
                  takeNext();
                  rows += other.rows;
                }));
  }

  /** Checks that the other state lies in memory as this one does: engines do not check that. */
  private void checkLayout(PoolingState other) {
    AttentionParameters ours = layer.parameters();
    AttentionParameters theirs = other.layer.parameters();
    ARGUMENTS.must(
        ours.heads() == theirs.heads()
            && ours.width() == theirs.width()
            && ours.isPerChannel() == theirs.isPerChannel()
            && ours.hasStandardDeviation() == theirs.hasStandardDeviation()
            && byteSize == other.byteSize,
        () ->
            String.format(
                Locale.ROOT,
                ("the other state is of %d heads and %d values, must be of %d and %d and of a layer"
                    + " of the same form"),
                theirs.heads(),
                theirs.width(),
                ours.heads(),
                ours.width()));
  }

  /** {@return the bytes of native memory that this state takes, until it is closed} */
  public long byteSize() {
    return byteSize;
  }

  /** {@return the number of rows added so far, without masked ones} */
  public long rows() {
    return rows;
  }

  /**
   * {@return the context of the rows so far, [R,H]} Without rows it is what the layer's {@link
   * EmptySequencePolicy} says, but zeros for {@link EmptySequencePolicy#UNIFORM}: masked rows are
   * not kept.
   */
  public float[] context() {
    finish(contexts, null);
    return contexts.toArray(JAVA_FLOAT);
  }

  /**
   * Writes the context of the rows so far into the caller's memory; see {@link #context()}.
   *
   * @param context F32 [R,H], native memory, overwritten
   * @throws AttnPoolException if it has another size or cannot be written
   */
  public void context(MemorySegment context) {
    checkResult("the context", context, contextValues());
    finish(context, null);
  }

  /**
   * {@return the output layer's logits for the rows so far, [O]}
   *
   * @throws AttnPoolException if the parameters have no output layer
   */
  public float[] logits() {
    checkOutputLayer();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment logits = arena.allocate(JAVA_FLOAT, layer.parameters().logitCount());
      finish(contexts, logits);
      return logits.toArray(JAVA_FLOAT);
    }
  }

  /**
   * Writes the output layer's logits for the rows so far into the caller's memory.
   *
   * @param logits F32 [O], native memory, overwritten
   * @throws AttnPoolException if the parameters have no output layer, or the memory has another
   *     size or cannot be written
   */
  public void logits(MemorySegment logits) {
    checkOutputLayer();
    checkResult("the logits", logits, layer.parameters().logitCount());
    finish(contexts, logits);
  }

  private long contextValues() {
    return (long) layer.parameters().contexts() * layer.parameters().width();
  }

  private void checkOutputLayer() {
    if (layer.parameters().logitCount() == 0) {
      throw new AttnPoolException("logits", "the parameters have no output layer");
    }
  }

  private static void checkResult(String name, MemorySegment memory, long values) {
    ARGUMENTS.given(name, memory);
    ARGUMENTS.must(
        memory.byteSize() == values * Float.BYTES,
        () ->
            String.format(
                Locale.ROOT,
                "there is room for %d bytes of %s, must be %d",
                memory.byteSize(),
                name.substring(4),
                values * Float.BYTES));
    ARGUMENTS.writable(name, memory);
  }

  private void finish(MemorySegment context, @Nullable MemorySegment logits) {
    try {
      within(() -> write(context, logits));
    } finally {
      Reference.reachabilityFence(context);
      Reference.reachabilityFence(logits);
    }
  }

  private void write(MemorySegment context, @Nullable MemorySegment logits) {
    if (rows == 0) {
      empty.check(ARGUMENTS.operation(), "the sequence");
    }
    if (logits == null) {
      engine.finish(state, context);
    } else {
      engine.finish(state, context, logits);
    }
    if (rows == 0 && Float.isNaN(empty.value())) {
      MemorySegment result = logits == null ? context : logits;
      for (long i = 0; i < result.byteSize() / Float.BYTES; i++) {
        result.setAtIndex(JAVA_FLOAT, i, Float.NaN);
      }
    }
  }

  /**
   * Turns one head's scores of rows that were added into their weights, in place. To be called when
   * all rows have been added.
   *
   * @param head 0 to R − 1
   * @param scores F32, native memory: all of the head's scores, or any stretch of them
   * @throws AttnPoolException if there is no such head, or the scores cannot be written
   */
  public void weights(int head, MemorySegment scores) {
    int heads = layer.parameters().heads();
    ARGUMENTS.must(
        head >= 0 && head < heads, () -> "head is " + head + ", must be 0 to " + (heads - 1));
    ARGUMENTS.must(
        ARGUMENTS.given("scores", scores).byteSize() % Float.BYTES == 0,
        () -> "the scores must be whole F32 values");
    ARGUMENTS.writable("the scores", scores);
    try {
      within(() -> engine.weigh(scores, head, state));
    } finally {
      Reference.reachabilityFence(scores);
    }
  }

  private void within(Runnable use) {
    open(() -> layer.within(use));
  }

  /** Runs something that needs this state's memory: closing waits for it. */
  private void open(Runnable use) {
    gate.enter();
    try {
      use.run();
    } finally {
      gate.leave();
      Reference.reachabilityFence(this); // or the memory could go while native code is in it
    }
  }

  /** Frees the memory; waits for a running call; does nothing if it is closed already. */
  @Override
  public void close() {
    if (gate.close()) {
      memory.clean();
    }
  }

  /**
   * {@return the state as bytes, for another JVM to read with {@link
   * AttentionPooling#stateFromBytes}} The format has a version and a check sum, and holds a digest
   * of the parameters.
   */
  public byte[] toBytes() {
    gate.enter();
    try {
      return StateBytes.write(layer.parameters(), rows, state);
    } finally {
      gate.leave();
      Reference.reachabilityFence(this);
    }
  }
}
