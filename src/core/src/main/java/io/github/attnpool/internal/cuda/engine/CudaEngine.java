package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Output;
import io.github.attnpool.Plan;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.nvidia.CurrentDevice;
import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.internal.lifetime.Releases;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.internal.results.EmptyResult;
import io.github.attnpool.internal.results.MaskedResults;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.EngineOptions;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.StreamEngine;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A layer on a device. Parameters stay there; a batch goes through in pieces, so that memory on the
 * device is bounded. A few calls run at once, each on its own streams; more of them wait.
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
  private final EmptyResult empty;
  private final DeviceMemory memory = new DeviceMemory();
  private final DeviceParameters parameters;
  private final WorkLimits limits;
  private final Pieces pieces;
  private final StateLayout layout;
  private final CudaCalls calls;

  public CudaEngine(AttentionParameters source, EngineOptions options, GpuDevice device) {
    this.device = device;
    this.options = options;
    this.masked = new MaskedResults(source, options.emptySequence());
    this.empty = new EmptyResult(options.emptySequence());
    PlainLayer layer = PlainLayer.of(source);
    this.layout = new StateLayout(layer.heads(), layer.width());
    Releases built = new Releases();
    try (CurrentDevice _ = new CurrentDevice(device)) {
      this.parameters = new DeviceParameters(layer, options.precision(), memory);
      built.own(parameters::close);
      this.limits = WorkLimits.of(parameters, options.plan(), device.l2());
      this.pieces = new Pieces(limits);
      this.calls =
          new CudaCalls(
              device, MAX_CALLS, () -> new CudaCall(parameters, options.plan(), limits, memory));
      built.own(calls::close);
      calls.prepare();
    } catch (RuntimeException | Error e) {
      closeAfter(e, built);
      throw e;
    }
  }

  /** Closes what was built before a failure; adds a failure to close to it. */
  private void closeAfter(Throwable failure, Releases built) {
    try (CurrentDevice _ = new CurrentDevice(device)) {
      built.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void forward(EngineInput in, OutputMemory out) {
    RowBatch rows = in.rows();
    MemorySegment contexts = contexts(rows, out);
    masked.write(rows, out, contexts);
    if (rows.batch() == 0) {
      return;
    }
    MemorySegment ofEmpty = hasNonZeroEmpty(rows) ? contexts : null;
    with(rows, call -> forward(in, out, ofEmpty, call));
  }

  private void forward(
      EngineInput in, OutputMemory out, @Nullable MemorySegment contexts, CudaCall call) {
    boolean fused = options.plan() == Plan.FUSED;
    for (Piece piece : pieces.of(in.rows(), !fused)) {
      if (fused && limits.isTooLong(piece)) {
        new LongSequence(in, piece.sequence(), out, layout).run(call);
      } else {
        call.run(in, piece, out, contexts);
      }
    }
  }

  /** Returns where contexts of empty sequences are written; null where nobody reads them. */
  private @Nullable MemorySegment contexts(RowBatch in, OutputMemory out) {
    if (out.has(Output.CONTEXT)) {
      return out.context();
    }
    return out.has(Output.LOGITS) && hasNonZeroEmpty(in)
        ? MemorySegment.ofArray(new float[Math.toIntExact(out.size(Output.CONTEXT))])
        : null;
  }

  /** Returns whether there are empty sequences whose contexts are not zeros. */
  private boolean hasNonZeroEmpty(RowBatch in) {
    return in.kept().firstEmpty() >= 0 && !empty.isZero();
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
  public int maxCalls() {
    return MAX_CALLS;
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

  /**
   * Lends what a call needs.
   *
   * @param in whose rows are read, or null
   */
  void with(RowBatch in, Consumer<CudaCall> use) {
    calls.lend(in, use);
  }

  /** Returns the bytes of device memory in use. */
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
