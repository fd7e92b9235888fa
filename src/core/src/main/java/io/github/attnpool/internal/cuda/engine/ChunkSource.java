package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.RowBatch;

/**
 * Where chunks come from.
 *
 * @param rows rows of x; with keys, the rows that are pooled, if any are
 * @param units of keys: hidden units, F32
 */
record ChunkSource(RowSource rows, RowSource units) {
  /**
   * Chooses the sources of a batch.
   *
   * @param pools whether rows are summed; if not, keys need their units only
   */
  static ChunkSource of(EngineInput in, boolean pools, DeviceParameters parameters) {
    return switch (in) {
      case RowBatch batch -> new ChunkSource(rows(batch), NoRows.INSTANCE);
      case KeyBatch keys -> {
        int units = parameters.rowUnits();
        yield new ChunkSource(
            pools ? pooled(keys, parameters.width()) : NoRows.INSTANCE,
            new DenseRows(new HostMatrix(keys.units(), GpuType.F32, units, units)));
      }
    };
  }

  private static RowSource pooled(KeyBatch keys, int width) {
    return keys.isProjected()
        ? new DenseRows(new HostMatrix(keys.projected(), GpuType.F32, width, width))
        : rows(keys.rows());
  }

  private static RowSource rows(RowBatch in) {
    GpuType type = GpuType.of(in.type());
    return in.isOnDevice()
        ? new DeviceResidentRows(
            new GpuMatrix(in.deviceRows().address(), type, in.pitch()), in.width(), in.kept())
        : new HostRows(new HostMatrix(in.x(), type, in.pitch(), in.width()), in.kept());
  }

  /** Returns the bytes that a row takes on its way from the host. */
  long hostRowBytes() {
    return rows.hostRowBytes() + units.hostRowBytes();
  }

  /** Returns the most bytes that a chunk of so many rows takes in a stage. */
  long mostBytes(long count) {
    return rows.mostBytes(count) + units.mostBytes(count);
  }
}
