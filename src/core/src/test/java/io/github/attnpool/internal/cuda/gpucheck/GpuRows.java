package io.github.attnpool.internal.cuda.gpucheck;

import io.github.attnpool.DeviceRows;
import io.github.attnpool.ElementType;
import io.github.attnpool.Rows;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.nvidia.MemoryApi;
import io.github.attnpool.internal.lifetime.Releases;
import io.github.attnpool.testkit.Batches;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The rows of a shape, several times over, on the device and in host memory. Who times takes
 * another copy each time, so that large rows are not found in a cache.
 */
final class GpuRows implements AutoCloseable {
  /** Copies of the rows. */
  static final int COPIES = 4;

  private final Releases releases = new Releases();
  private final long[] addresses = new long[COPIES];
  private final List<Sequences> device = new ArrayList<>();
  private final List<Sequences> host = new ArrayList<>();

  GpuRows(GpuShape shape, ElementType type, DeviceMemory memory, Arena arena) {
    Random random = new Random(shape.hashCode());
    int values = Math.multiplyExact(shape.rows(), shape.width());
    MemorySegment x = Batches.rows(random, type, values, arena);
    try {
      for (int i = 0; i < COPIES; i++) {
        long address = memory.allocate(x.byteSize(), "x");
        releases.own(() -> memory.free(address, x.byteSize()));
        MemoryApi.upload(address, x);
        addresses[i] = address;
        device.add(
            Sequences.padded(
                Rows.of(new DeviceRows(address, x.byteSize()), type, shape.width()),
                shape.batch(),
                shape.steps()));
        MemorySegment copy = i == 0 ? x : arena.allocate(x.byteSize(), Long.BYTES).copyFrom(x);
        host.add(Sequences.padded(copy, type, shape.batch(), shape.steps(), shape.width()));
      }
    } catch (RuntimeException | Error e) {
      releases.closeAfter(e);
      throw e;
    }
  }

  /** Of a copy on the device. */
  long address(int turn) {
    return addresses[turn % COPIES];
  }

  /** The copies on the device. */
  List<Sequences> device() {
    return device;
  }

  /** The copies in host memory. */
  List<Sequences> host() {
    return host;
  }

  @Override
  public void close() {
    releases.close();
  }
}
