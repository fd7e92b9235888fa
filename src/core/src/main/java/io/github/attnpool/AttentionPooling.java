package io.github.attnpool;

import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.backends.BackendChoice;
import io.github.attnpool.internal.backends.Backends;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.internal.natives.OwnStack;
import io.github.attnpool.spi.Backend;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.EngineOptions;
import io.github.attnpool.spi.OutputMemory;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * An attention-pooling layer ready to run: turns each sequence of rows into one context vector.
 *
 * <p>Immutable, and safe to share between any number of threads, platform or virtual. Close it to
 * free its native memory at once; a layer that is forgotten frees it when it is garbage collected.
 * Closing twice does nothing, closing waits for running calls, and a call after closing fails with
 * an {@link AttnPoolException}.
 */
public final class AttentionPooling implements AutoCloseable {
  private static final Arguments LOAD = new Arguments("load layer");
  private static final Arguments BUILD = new Arguments("build layer");
  private static final Arguments POOL = new Arguments("pool");
  private static final Arguments ALLOCATION = new Arguments("allocate");
  private static final Arguments FORWARD = new Arguments("forward");
  private static final String IN_MEMORY = "the checkpoint in memory";

  private final AttentionParameters parameters;
  private final GuardedEngine engine;
  private final EmptySequencePolicy emptySequence;

  /** For tests too, which bring their own backend. */
  AttentionPooling(AttentionParameters parameters, Backend backend, EngineOptions options) {
    this(parameters, new BackendChoice(backend, List.of()), options);
  }

  private AttentionPooling(
      AttentionParameters parameters, BackendChoice choice, EngineOptions options) {
    this.parameters = parameters;
    this.engine = GuardedEngine.of(parameters, choice, options);
    this.emptySequence = options.emptySequence();
  }

  /**
   * Reads a layer from a checkpoint and makes it with default settings. Use {@link Checkpoint} to
   * choose a layout, a prefix or tensor names.
   *
   * @param file a checkpoint, of any format that {@link TensorFile} knows
   * @return an open layer, for the caller to close
   * @throws AttnPoolException if the file cannot be read, or does not hold one layer of a known
   *     layout
   */
  public static AttentionPooling load(Path file) {
    return load(TensorFile.open(LOAD.given("file", file)));
  }

  /**
   * Reads a layer from a checkpoint in memory, as {@link #load(Path)} does from a file.
   *
   * @param checkpoint the whole file, not needed afterwards
   * @return an open layer, for the caller to close
   * @throws AttnPoolException if it is not sound, or does not hold one layer of a known layout
   */
  public static AttentionPooling load(byte[] checkpoint) {
    return load(MemorySegment.ofArray(LOAD.given("checkpoint", checkpoint)));
  }

  /**
   * Reads a layer from a checkpoint in memory, as {@link #load(Path)} does from a file.
   *
   * @param checkpoint the whole file, not needed afterwards
   * @return an open layer, for the caller to close
   * @throws AttnPoolException if it is not sound, or does not hold one layer of a known layout
   */
  public static AttentionPooling load(MemorySegment checkpoint) {
    return load(TensorFile.open(LOAD.given("checkpoint", checkpoint), IN_MEMORY));
  }

  /**
   * Reads a layer from a checkpoint that comes from a stream, a class-path resource for example, as
   * {@link #load(Path)} does from a file.
   *
   * @param checkpoint read to its end, for the caller to close
   * @return an open layer, for the caller to close
   * @throws AttnPoolException if it cannot be read, has more than 2 GiB, or does not hold one layer
   *     of a known layout
   */
  public static AttentionPooling load(InputStream checkpoint) {
    return load(TensorFile.open(LOAD.given("checkpoint", checkpoint), "the stream"));
  }

  private static AttentionPooling load(TensorFile file) {
    try (Checkpoint checkpoint = Checkpoint.of(file)) {
      return builder(checkpoint.layer().parameters()).build();
    }
  }

  /**
   * Starts making a layer.
   *
   * @param parameters the trained parameters
   * @return a builder with the default settings
   */
  public static Builder builder(AttentionParameters parameters) {
    return new Builder(BUILD.given("parameters", parameters));
  }

  /**
   * Pools one sequence held in an array. Copies x in, a tile at a time, and the context out.
   *
   * @param x row-major [rows, H]
   * @param rows number of rows in x
   * @return the context, [R·H]
   * @throws AttnPoolException if x is null or has another size
   */
  public float[] pool(float[] x, int rows) {
    POOL.given("x", x);
    try (Arena arena = Arena.ofConfined()) {
      Sequences in =
          Sequences.ragged(
              MemorySegment.ofArray(x), ElementType.F32, parameters.inputWidth(), 0, rows);
      Outputs out = allocate(in, arena, EnumSet.of(Output.CONTEXT));
      forward(in, out);
      return out.toArray(Output.CONTEXT);
    }
  }

  /**
   * Allocates memory for the default outputs of a batch: context, weights, and logits where the
   * parameters have an output layer.
   *
   * @param in a batch of the largest size that a forward call will write there
   * @param arena owner of the memory
   * @return memory for them
   */
  public Outputs allocate(Sequences in, Arena arena) {
    ALLOCATION.given("in", in);
    EnumSet<Output> wanted = EnumSet.of(Output.CONTEXT, Output.WEIGHTS);
    if (parameters.logitCount() > 0) {
      wanted.add(Output.LOGITS);
    }
    return allocate(in, arena, wanted);
  }

  /**
   * Allocates memory for some outputs of a batch. Outputs that are not asked for are not computed,
   * or not kept.
   *
   * @param in a batch of the largest size that a forward call will write there
   * @param arena owner of the memory
   * @param wanted which outputs, at least one
   * @return memory for them
   * @throws AttnPoolException if logits are wanted, but the parameters have no output layer
   */
  public Outputs allocate(Sequences in, Arena arena, Set<Output> wanted) {
    ALLOCATION.given("in", in);
    return allocate(in.batch(), in.positions(), arena, wanted);
  }

  /**
   * Allocates memory for some outputs of any batch up to a size.
   *
   * @param maxBatch sequences that a batch may have
   * @param maxPositions positions that a batch may have, padding included: B·T or N
   * @param arena owner of the memory
   * @param wanted which outputs, at least one
   * @return memory for them
   * @throws AttnPoolException if a size is negative, or logits are wanted, but the parameters have
   *     no output layer
   */
  public Outputs allocate(int maxBatch, long maxPositions, Arena arena, Set<Output> wanted) {
    ALLOCATION.must(maxBatch >= 0, () -> "maxBatch is " + maxBatch + ", must be at least 0");
    ALLOCATION.must(
        maxPositions >= 0, () -> "maxPositions is " + maxPositions + ", must be at least 0");
    ALLOCATION.given("arena", arena);
    ALLOCATION.allGiven("wanted", wanted);
    ALLOCATION.must(!wanted.isEmpty(), () -> "no output is wanted, must be at least one");
    ALLOCATION.must(
        !wanted.contains(Output.LOGITS) || parameters.logitCount() > 0,
        () -> "LOGITS are wanted, but the parameters have no output layer");
    return new Outputs(maxBatch, maxPositions, parameters, wanted, arena);
  }

  /**
   * Computes every output that {@code out} holds. A batch may be smaller than the one that {@code
   * out} was allocated for; a batch as large as the last one allocates nothing.
   *
   * <p>Thread rule: the memory of both arguments must stay alive until the call returns. It must be
   * accessible to the calling thread; a confined arena's memory is, in the thread that made it.
   *
   * @param in sequences with rows as wide as the layer's {@link AttentionParameters#inputWidth}
   * @param out outputs, overwritten
   * @throws AttnPoolException if sizes or types do not fit this layer, memory is closed or belongs
   *     to another thread, the layer is closed, or a library call fails
   */
  public void forward(Sequences in, Outputs out) {
    FORWARD.given("in", in);
    in.checkFits(parameters, FORWARD);
    FORWARD.given("out", out);
    out.checkFit(in, parameters, FORWARD);
    forward(in.view(), in, out);
  }

  /**
   * Computes every output that {@code out} holds from projected keys, without the multiplications.
   * Queries are read again. The thread rule of {@link #forward(Sequences, Outputs)} holds for the
   * keys' memory too.
   *
   * @param keys made by this layer
   * @param out outputs, overwritten
   * @throws AttnPoolException as for sequences, or if another layer made the keys
   */
  public void forward(ProjectedKeys keys, Outputs out) {
    FORWARD.given("keys", keys);
    keys.checkUsable(engine.identity(), FORWARD);
    Sequences in = keys.sequences();
    in.checkFits(parameters, FORWARD);
    FORWARD.given("out", out);
    out.checkFit(in, parameters, FORWARD);
    forward(keys.view(), in, out);
  }

  private void forward(EngineInput input, Sequences in, Outputs out) {
    OutputMemory view = out.view(in);
    engine.forward(input, view);
    out.wrote(view);
  }

  /**
   * Projects the rows of sequences once, for several forward calls with different queries.
   *
   * @param in sequences, with queries if the forward calls on the keys take any; the values of the
   *     queries may change until then
   * @param arena owner of 4·D bytes per kept row, twice that with a gate, and 4·H more with an
   *     input projection
   * @return the keys
   * @throws AttnPoolException if sizes do not fit this layer, it has no hidden units, or it is
   *     closed
   */
  public ProjectedKeys projectKeys(Sequences in, Arena arena) {
    ProjectedKeys.ARGUMENTS.must(
        parameters.units() > 0, () -> "the linear form has no hidden units to keep");
    ProjectedKeys.ARGUMENTS.must(
        PlainLayer.find(parameters).isPresent(),
        () -> "keys are kept for layers of the plain form only, which this one is not");
    ProjectedKeys.ARGUMENTS.given("in", in);
    in.checkFits(parameters, ProjectedKeys.ARGUMENTS);
    engine.checkTakes(in.view());
    ProjectedKeys.ARGUMENTS.open(arena);
    ProjectedKeys keys = new ProjectedKeys(engine.identity(), parameters, in, arena);
    engine.fill(keys.view());
    return keys;
  }

  /**
   * Starts a sequence that comes in parts. A layer with a {@link StepBias} wants sequences whole: a
   * part does not know its place.
   *
   * @return a state without rows, for the caller to close
   * @throws AttnPoolException if this layer's plan is not {@link Plan#FUSED}, or its scores have a
   *     step bias
   */
  public PoolingState newState() {
    within(() -> {}); // fails if the layer is closed
    return new PoolingState(this, engine.stream());
  }

  /**
   * Reads a state that {@link PoolingState#toBytes} wrote, of this layer or another one with equal
   * parameters.
   *
   * @param bytes what {@link PoolingState#toBytes} returned
   * @return the state, for the caller to close
   * @throws AttnPoolException if the bytes are not a state, are damaged, of another version or of
   *     other parameters
   */
  public PoolingState stateFromBytes(byte[] bytes) {
    return PoolingState.of(this, engine.stream(), StateBytes.given(bytes));
  }

  /**
   * {@return the number of kept rows that are summed at once} Parts of a sequence that are
   * multiples of it give the bits of the sequence in one call.
   *
   * @throws AttnPoolException if this layer's plan is not {@link Plan#FUSED}, or its scores have a
   *     step bias
   */
  public int blockRows() {
    return engine.stream().blockRows();
  }

  /** Checks that the engine takes such sequences. */
  void checkTakes(Sequences in) {
    engine.checkTakes(in.view());
  }

  /** Runs something that needs the engine to stay open. */
  void within(Runnable use) {
    engine.within(use);
  }

  EmptySequencePolicy emptySequence() {
    return emptySequence;
  }

  /**
   * Runs forward calls on made-up rows until they run at full speed, for about a quarter of a
   * second: has the JVM compile what it interprets at first, and touches the layer's scratch
   * memory.
   */
  public void warmUp() {
    WarmUp.run(this);
  }

  /** {@return the parameters that this layer was made from} */
  public AttentionParameters parameters() {
    return parameters;
  }

  /** {@return what this layer runs with} */
  public LayerInfo info() {
    return engine.info();
  }

  @Override
  public void close() {
    engine.close();
  }

  /** Settings of a layer to be made. Not thread-safe. */
  public static final class Builder {
    /** The most threads that a call may use. */
    public static final int MAX_THREADS = 1024;

    private final AttentionParameters parameters;
    private String backend = "auto";
    private Plan plan = Plan.FUSED;
    private Precision precision = Precision.F32;
    private int threads = Runtime.getRuntime().availableProcessors();
    private EmptySequencePolicy emptySequence = EmptySequencePolicy.ZERO;

    private Builder(AttentionParameters parameters) {
      this.parameters = parameters;
    }

    /**
     * Sets the backend. Default: {@code auto}, the best one that is available.
     *
     * @param name {@code auto} or the name of a backend, with a device if it has several: {@code
     *     cuda:1}
     * @return this builder
     */
    public Builder backend(String name) {
      this.backend = BUILD.given("name", name);
      return this;
    }

    /**
     * Sets the order of the work. Default: {@link Plan#FUSED}.
     *
     * @param plan order of the work
     * @return this builder
     */
    public Builder plan(Plan plan) {
      this.plan = BUILD.given("plan", plan);
      return this;
    }

    /**
     * Sets how the hidden layer multiplies. Default: {@link Precision#F32}.
     *
     * @param precision type to which x and W are rounded
     * @return this builder
     */
    public Builder precision(Precision precision) {
      this.precision = BUILD.given("precision", precision);
      return this;
    }

    /**
     * Sets the number of threads that one forward call may use. Default: the processors that this
     * JVM may use.
     *
     * @param threads 1 to {@value #MAX_THREADS}
     * @return this builder
     */
    public Builder threads(int threads) {
      this.threads = threads;
      return this;
    }

    /**
     * Sets the result for a sequence without kept rows. Default: {@link EmptySequencePolicy#ZERO}.
     *
     * @param policy the result for such a sequence
     * @return this builder
     */
    public Builder emptySequence(EmptySequencePolicy policy) {
      this.emptySequence = BUILD.given("policy", policy);
      return this;
    }

    /**
     * Makes the layer: copies the parameters and prepares the libraries.
     *
     * @return an open layer, for the caller to close
     * @throws AttnPoolException if the backend is unknown or not available here, with its reasons,
     *     or a small temperature makes the scores' weights larger than F32 can hold
     */
    public AttentionPooling build() {
      if (threads < 1 || threads > MAX_THREADS) {
        throw BUILD.bad("threads is " + threads + ", must be 1 to " + MAX_THREADS);
      }
      Divide.checkRange(parameters.score());
      EngineOptions options = new EngineOptions(plan, precision, threads, emptySequence);
      try {
        return OwnStack.call(
            BUILD.operation(),
            () ->
                new AttentionPooling(
                    parameters, Backends.choice(backend, parameters, plan), options));
      } catch (OutOfMemoryError e) {
        throw BUILD.noMemory("the layer", e);
      }
    }
  }
}
