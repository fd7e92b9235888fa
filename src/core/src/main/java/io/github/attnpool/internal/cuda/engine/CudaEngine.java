package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Output;
import io.github.attnpool.Plan;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.nvidia.CurrentDevice;
import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.internal.cuda.nvidia.Releases;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.internal.results.MaskedResults;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.EngineOptions;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.StreamEngine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A layer on a device. Parameters stay there; a batch goes through in pieces, so that memory on the
 * device is bounded. Calls run on streams of their own, some at once; more wait.
 *
 * <p>Results are the same bits for any batch around a sequence and any cut into pieces and chunks:
 * one algorithm multiplies any number of rows, a row's scores depend on that row alone, sequences
 * are cut into tiles counted from their own first row, and tiles are merged in the order of rows.
 */
public final class CudaEngine implements Engine {
  private static final int MAX_CALLS = 8; // each has its own scratch memory on the device

  private final GpuDevice device;
  private final EngineOptions options;
  private final MaskedResults masked;
  private final DeviceMemory memory = new DeviceMemory();
  private final DeviceParameters parameters;
  private final Pieces pieces;
  private final StateLayout layout;
  private final CudaCalls calls;

  public CudaEngine(AttentionParameters source, EngineOptions options, GpuDevice device) {
    this.device = device;
    this.options = options;
    this.masked = new MaskedResults(source, options.emptySequence());
    this.layout = new StateLayout(source.heads(), source.width());
    Releases built = new Releases();
    try (CurrentDevice _ = new CurrentDevice(device)) {
      this.parameters = new DeviceParameters(source, options.precision(), memory);
      built.own(parameters::close);
      WorkLimits limits = WorkLimits.of(parameters, options.plan(), device.l2());
      this.pieces = new Pieces(limits);
      this.calls =
          new CudaCalls(MAX_CALLS, () -> new CudaCall(parameters, options.plan(), limits, memory));
      built.own(calls::close);
      calls.give(calls.take()); // or the first call would find out what is missing
    } catch (RuntimeException | Error e) {
      closeAfter(e, built);
      throw e;
    }
  }

  /** Closes what was built before a failure, to which a failure of closing is added. */
  private void closeAfter(Throwable failure, Releases built) {
    try (CurrentDevice _ = new CurrentDevice(device)) {
      built.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void forward(EngineInput in, OutputMemory out) {
    forward(in.rows(), in instanceof KeyBatch keys ? keys : null, out);
  }

  private void forward(RowBatch in, KeyBatch keys, OutputMemory out) {
    MemorySegment contexts = contexts(in, out);
    masked.write(in, out, contexts);
    if (in.batch() == 0) {
      return;
    }
    boolean hasSpecial = contexts != null && in.kept().firstEmpty() >= 0;
    MemorySegment special =
        hasSpecial && options.emptySequence() != EmptySequencePolicy.ZERO ? contexts : null;
    with(
        in,
        call -> {
          for (Piece piece : pieces.of(in, options.plan() == Plan.STAGED)) {
            if (options.plan() == Plan.FUSED && pieces.isTooLong(piece)) {
              forwardLong(in, keys, piece.sequence(), out, call);
            } else {
              call.run(in, keys, piece, out, special);
            }
          }
        });
  }

  /** Where contexts of sequences without rows are written; null where nobody reads them. */
  private MemorySegment contexts(RowBatch in, OutputMemory out) {
    if (out.has(Output.CONTEXT)) {
      return out.context();
    }
    boolean needed = out.has(Output.LOGITS) && in.kept().firstEmpty() >= 0;
    return needed && options.emptySequence() != EmptySequencePolicy.ZERO
        ? MemorySegment.ofArray(new float[Math.toIntExact(out.size(Output.CONTEXT))])
        : null;
  }

  /** A sequence that does not go through the device at once: as if it came in parts. */
  private void forwardLong(
      RowBatch in, KeyBatch keys, int sequence, OutputMemory out, CudaCall call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(layout.bytes(), Long.BYTES);
      layout.clear(state);
      Wanted wanted = Wanted.of(out);
      MemorySegment weights = wanted.weights() ? out.weights() : null;
      MemorySegment[] scores =
          Stream.of(wanted.scores() ? out.scores() : null, weights)
              .filter(Objects::nonNull)
              .toArray(MemorySegment[]::new);
      call.state().add(in, keys, sequence, pieces.partRows(), state, scores);
      if (wanted.pools()) {
        finishLong(sequence, out, state, call);
      }
      for (int head = 0; weights != null && head < layout.heads(); head++) {
        weighLong(in, sequence, head, weights, state, call);
      }
    }
  }

  private void finishLong(int sequence, OutputMemory out, MemorySegment state, CudaCall call) {
    long context = (long) layout.heads() * layout.width() * Float.BYTES;
    long logits = (long) out.logitCount() * Float.BYTES;
    call.state()
        .finish(
            state,
            out.has(Output.CONTEXT) ? out.context().asSlice(sequence * context, context) : null,
            out.has(Output.LOGITS) ? out.logits().asSlice(sequence * logits, logits) : null);
  }

  private void weighLong(
      RowBatch in, int b, int head, MemorySegment weights, MemorySegment state, CudaCall call) {
    long first = in.kept().first(b);
    int heads = layout.heads();
    call.state()
        .weigh(
            state,
            head,
            in.kept().count(b),
            pieces.partRows(),
            (row, rows, pinned, at) ->
                Positions.gather(in, b, head, heads, first + row, rows, weights, pinned, at),
            (row, rows, pinned, at) ->
                Positions.spread(in, b, head, heads, first + row, rows, pinned, at, weights));
  }

  @Override
  public void fill(KeyBatch keys) {
    with(
        keys.rows(),
        call -> {
          for (Piece piece : pieces.of(keys.rows(), false)) {
            call.fill(keys, piece);
          }
        });
  }

  @Override
  public Optional<StreamEngine> stream() {
    return options.plan() == Plan.FUSED ? Optional.of(new CudaStream(this)) : Optional.empty();
  }

  StateLayout layout() {
    return layout;
  }

  MaskedResults masked() {
    return masked;
  }

  /** Rows of a sequence that go through the device at once. */
  long partRows() {
    return pieces.partRows();
  }

  /**
   * Lends what a call needs.
   *
   * @param in whose rows are read, or null
   */
  void with(RowBatch in, Consumer<CudaCall> use) {
    calls.enter();
    try (CurrentDevice _ = new CurrentDevice(device)) {
      if (in != null && in.isOnDevice()) {
        DevicePointer.check(in, device);
      }
      CudaCall call = calls.take();
      boolean usable = false;
      try {
        use.accept(call);
        usable = true;
      } catch (RuntimeException | Error e) {
        usable = call.recover(e);
        throw e;
      } finally {
        giveBack(call, usable);
      }
    } finally {
      calls.leave();
    }
  }

  private void giveBack(CudaCall call, boolean usable) {
    if (usable) {
      calls.give(call);
      return;
    }
    try {
      call.close();
    } catch (AttnPoolException _) {
      // The failure that made it unusable is on its way to the caller.
    }
  }

  /** Bytes of device memory in use. */
  long deviceBytes() {
    return memory.held();
  }

  @Override
  public boolean readsDeviceMemory() {
    return true;
  }

  @Override
  public String isa() {
    return device.architecture();
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void close() {
    try (CurrentDevice _ = new CurrentDevice(device);
        parameters) {
      calls.close();
    }
  }
}
