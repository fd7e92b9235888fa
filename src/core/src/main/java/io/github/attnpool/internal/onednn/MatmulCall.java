package io.github.attnpool.internal.onednn;

import io.github.attnpool.internal.kernels.NativeKernels;
import io.github.attnpool.internal.lifetime.Releases;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;

/**
 * What one thread needs to run a {@link Matmul}: argument lists whose data pointers are moved along
 * the rows, and a scratchpad. Not thread-safe; must be closed before the matmul.
 */
final class MatmulCall implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final Matmul matmul;
  private final MemorySegment stream;
  private final MemorySegment[] src;
  private final MemorySegment[] dst;
  private final MemorySegment[] arguments;
  private final int argumentCount;
  private final MemorySegment pairIn; // two rows of x
  private final MemorySegment pairOut; // two rows of y
  private final Releases handles = new Releases();

  /**
   * @param arena owner of this call's memory; must outlive it
   */
  MatmulCall(Matmul matmul, Arena arena) {
    this.matmul = matmul;
    int sizes = matmul.sizes();
    this.src = new MemorySegment[sizes];
    this.dst = new MemorySegment[sizes];
    this.arguments = new MemorySegment[sizes];
    this.pairIn = arena.allocate(2 * matmul.inputBytes(), ALIGNMENT);
    this.pairOut = arena.allocate(2L * matmul.outputs() * Float.BYTES, ALIGNMENT);
    boolean hasBias = !matmul.bias().equals(MemorySegment.NULL);
    this.argumentCount = hasBias ? 5 : 4;
    try {
      this.stream = handles.own(OneDnn.stream(), OneDnn::destroyStream);
      MemorySegment pad = arena.allocate(Math.max(1, matmul.scratchpadBytes()), ALIGNMENT);
      for (int i = 0; i < sizes; i++) {
        Matmul.Size size = matmul.size(i);
        src[i] = memory(size.src(), MemorySegment.NULL);
        dst[i] = memory(size.dst(), MemorySegment.NULL);
        Map<OneDnn.Argument, MemorySegment> list = new EnumMap<>(OneDnn.Argument.class);
        list.put(OneDnn.Argument.SRC, src[i]);
        list.put(OneDnn.Argument.DST, dst[i]);
        list.put(OneDnn.Argument.WEIGHTS, matmul.weights());
        list.put(OneDnn.Argument.SCRATCHPAD, memory(size.pad(), pad));
        if (hasBias) {
          list.put(OneDnn.Argument.BIAS, matmul.bias());
        }
        arguments[i] = OneDnn.arguments(arena, list);
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private MemorySegment memory(MemorySegment description, MemorySegment data) {
    return handles.own(OneDnn.memory(description, data), OneDnn::destroyMemory);
  }

  /**
   * Multiplies rows. The caller has pinned OpenMP to this thread.
   *
   * @param from address of [rows, inputs]
   * @param to address of [rows, outputs], overwritten
   */
  void run(long from, long rows, long to) {
    long xRow = matmul.inputBytes();
    long yRow = (long) matmul.outputs() * Float.BYTES;
    if (rows == 1) {
      // A lone row runs as the first of two: see Matmul.
      NativeKernels.copy(from, xRow, pairIn.address());
      execute(0, pairIn.address(), pairOut.address());
      NativeKernels.copy(pairOut.address(), yRow, to);
      return;
    }
    long done = 0;
    int size = matmul.sizes() - 1;
    while (done < rows) {
      long left = rows - done;
      if (left == 1) {
        done--; // computes the row before once more, to the same bits
        left = 2;
      }
      while (matmul.size(size).rows() > left) {
        size--;
      }
      execute(size, from + done * xRow, to + done * yRow);
      done += matmul.size(size).rows();
    }
  }

  private void execute(int size, long x, long y) {
    OneDnn.setData(src[size].address(), x);
    OneDnn.setData(dst[size].address(), y);
    OneDnn.execute(
        matmul.size(size).primitive().address(),
        stream.address(),
        argumentCount,
        arguments[size].address());
  }

  @Override
  public void close() {
    handles.close();
  }
}
