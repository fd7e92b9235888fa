package io.github.attnpool;

import io.github.attnpool.backend.Backend;
import io.github.attnpool.backend.Backends;
import io.github.attnpool.backend.Engine;
import io.github.attnpool.backend.EngineOptions;
import io.github.attnpool.internal.CallGate;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
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
  private static final Cleaner CLEANER = Cleaner.create();

  private final AttentionParameters parameters;
  private final LayerInfo info;
  private final Engine engine;
  private final CallGate gate;
  private final Cleaner.Cleanable resources;

  /** For tests too, which bring their own backend. */
  AttentionPooling(AttentionParameters parameters, Backend backend, EngineOptions options) {
    this.parameters = parameters;
    this.engine = backend.compile(parameters, options);
    this.info =
        new LayerInfo(
            backend.name(), engine.isa(), options.plan(), options.precision(), engine.threads());
    this.gate = new CallGate("layer");
    this.resources = CLEANER.register(this, engine::close);
  }

  /** A layer with default settings from a safetensors file in the seed layout. */
  public static AttentionPooling load(Path file) {
    return builder(AttentionParameters.load(file)).build();
  }

  /** Starts the making of a layer. */
  public static Builder builder(AttentionParameters parameters) {
    return new Builder(Objects.requireNonNull(parameters, "parameters"));
  }

  /**
   * Pools one sequence held in an array. Copies x in, a tile at a time, and the context out.
   *
   * @param x row-major [rows, H]
   * @return the context, [R·H]
   * @throws AttnPoolException if x is null or has another size
   */
  public float[] pool(float[] x, int rows) {
    if (x == null) {
      throw new AttnPoolException("pool", "x is null");
    }
    try (Arena arena = Arena.ofConfined()) {
      Sequences in =
          Sequences.ragged(MemorySegment.ofArray(x), ElementType.F32, parameters.width(), 0, rows);
      Pooled out = allocate(in, arena, EnumSet.of(Output.CONTEXT));
      forward(in, out);
      return out.toArray(Output.CONTEXT);
    }
  }

  /**
   * Room for the default results of a batch: context, weights, and logits where the parameters have
   * an output layer.
   */
  public Pooled allocate(Sequences in, Arena arena) {
    EnumSet<Output> wanted = EnumSet.of(Output.CONTEXT, Output.WEIGHTS);
    if (parameters.outputs() > 0) {
      wanted.add(Output.LOGITS);
    }
    return allocate(in, arena, wanted);
  }

  /**
   * Room for the results of a batch. What is not asked for is not computed, or not kept.
   *
   * @param in a batch of the size to come
   * @param arena owner of the memory
   * @param wanted which results, at least one
   * @throws AttnPoolException if logits are wanted of parameters without an output layer
   */
  public Pooled allocate(Sequences in, Arena arena, Set<Output> wanted) {
    if (wanted.isEmpty()) {
      throw new AttnPoolException("allocate", "no output is wanted, must be at least one");
    }
    if (wanted.contains(Output.LOGITS) && parameters.outputs() == 0) {
      throw new AttnPoolException(
          "allocate", "LOGITS are wanted, but the parameters have no output layer");
    }
    return new Pooled(in, parameters, wanted, arena);
  }

  /**
   * Computes every result that {@code out} has room for.
   *
   * <p>Thread rule: the memory of both arguments must stay alive until the call returns. It must be
   * accessible to the calling thread; a confined arena's memory is, in the thread that made it.
   *
   * @throws AttnPoolException if sizes or types do not fit this layer, memory is closed or belongs
   *     to another thread, the layer is closed, or a library call fails
   */
  public void forward(Sequences in, Pooled out) {
    ForwardCheck.check(parameters, in, out);
    gate.enter();
    try {
      engine.forward(in, out);
    } catch (InternalError e) {
      // The JVM's report of a page that a memory-mapped file no longer has.
      throw new AttnPoolException(
          "forward", "memory of x or of the results could not be read: was a mapped file cut?", e);
    } finally {
      gate.leave();
      // Or a cleaner could free what native code works on by address.
      Reference.reachabilityFence(this);
      Reference.reachabilityFence(in);
      Reference.reachabilityFence(out);
    }
  }

  /**
   * Runs forward calls on made-up rows until they run at full speed, for about a quarter of a
   * second: has the JVM compile what it interprets at first, and touches the layer's scratch
   * memory.
   */
  public void warmUp() {
    WarmUp.run(this);
  }

  /** The parameters this layer was made from. */
  public AttentionParameters parameters() {
    return parameters;
  }

  /** What this layer runs on. */
  public LayerInfo info() {
    return info;
  }

  @Override
  public void close() {
    if (gate.close()) {
      resources.clean();
    }
  }

  /** Settings of a layer to be made. Not thread-safe. */
  public static final class Builder {
    private static final int MAX_THREADS = 1024;

    private final AttentionParameters parameters;
    private String backend = "auto";
    private Plan plan = Plan.FUSED;
    private Precision precision = Precision.F32;
    private int threads = Runtime.getRuntime().availableProcessors();
    private EmptySequence emptySequence = EmptySequence.ZERO;

    private Builder(AttentionParameters parameters) {
      this.parameters = parameters;
    }

    /** {@code auto} (the default: the best available), or a backend's name. */
    public Builder backend(String name) {
      this.backend = Objects.requireNonNull(name, "backend");
      return this;
    }

    /** How to order the work; default FUSED. */
    public Builder plan(Plan plan) {
      this.plan = Objects.requireNonNull(plan, "plan");
      return this;
    }

    /** Element type of the hidden layer's multiplication; default F32. */
    public Builder precision(Precision precision) {
      this.precision = Objects.requireNonNull(precision, "precision");
      return this;
    }

    /** Threads that one forward call may use; default: the processors this JVM may use. */
    public Builder threads(int threads) {
      this.threads = threads;
      return this;
    }

    /** What a sequence without rows yields; default zeros. */
    public Builder emptySequence(EmptySequence policy) {
      this.emptySequence = Objects.requireNonNull(policy, "emptySequence");
      return this;
    }

    /**
     * Makes the layer: copies the parameters and prepares the libraries.
     *
     * @throws AttnPoolException if the backend is unknown or not available here, with its reasons
     */
    public AttentionPooling build() {
      if (threads < 1 || threads > MAX_THREADS) {
        throw new AttnPoolException(
            "build layer", "threads is " + threads + ", must be 1 to " + MAX_THREADS);
      }
      return new AttentionPooling(
          parameters,
          Backends.choose(backend),
          new EngineOptions(plan, precision, threads, emptySequence));
    }
  }
}
