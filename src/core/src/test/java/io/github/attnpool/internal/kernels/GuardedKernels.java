package io.github.attnpool.internal.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.Activation;
import io.github.attnpool.internal.maps.UnitScores;
import io.github.attnpool.internal.natives.Natives;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls every kernel on arrays that end right before, or begin right after, a page that nobody may
 * touch. A kernel that does ends this JVM. Prints the tier.
 */
public final class GuardedKernels {
  private static final int SLOTS = 8; // arrays of one call
  private static final long PAGE = 1 << 16; // whatever the system's is
  private static final int PRIVATE_ANONYMOUS = 0x22; // of Linux
  private static final int READ_WRITE = 3;
  private static final int WIDEST_VECTOR = 16;
  private static final int[] WIDER = {33, 71}; // two vectors, or four, and a tail
  private static final int[] ROWS = {0, 1, 2, 5};
  private static final int[] HEADS = {1, 3};

  private final long[] slots = new long[SLOTS];
  private boolean atEnd;
  private int used;

  @SuppressWarnings("restricted")
  private GuardedKernels() throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle map =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("mmap"),
            FunctionDescriptor.of(
                ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    MethodHandle protect =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("mprotect"),
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    for (int i = 0; i < SLOTS; i++) {
      MemorySegment pages =
          (MemorySegment)
              map.invokeExact(MemorySegment.NULL, 3 * PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
      slots[i] = pages.address() + PAGE;
      int before = (int) protect.invokeExact(slots[i] - PAGE, PAGE, 0);
      int after = (int) protect.invokeExact(slots[i] + PAGE, PAGE, 0);
      if (before != 0 || after != 0) {
        throw new IllegalStateException("mprotect failed");
      }
    }
  }

  public static void main(String[] args) throws Throwable {
    Natives natives = Natives.get();
    GuardedKernels kernels = new GuardedKernels();
    for (int i = 0; i < 2; i++) {
      kernels.atEnd = i == 0;
      for (int width = 1; width <= WIDEST_VECTOR + 1; width++) {
        kernels.call(width);
      }
      for (int width : WIDER) {
        kernels.call(width);
      }
    }
    System.out.println(natives.tier());
  }

  private void call(int width) {
    for (int rows : ROWS) {
      rows(rows, width);
      for (int heads : HEADS) {
        scores(rows, width, heads);
        states(rows, width, heads);
      }
      channels(rows, width);
    }
  }

  /** Forgets the arrays of the last call. */
  private void next() {
    used = 0;
  }

  private long floats(long count) {
    return array(count * Float.BYTES);
  }

  private long halves(long count) {
    return array(count * Short.BYTES);
  }

  private long doubles(long count) {
    return array(count * Double.BYTES);
  }

  private long array(long bytes) {
    long slot = slots[used++];
    return atEnd ? slot + PAGE - bytes : slot;
  }

  private void rows(long rows, long width) {
    long count = rows * width;
    for (Activation activation : Activation.values()) {
      next();
      NativeKernels.activate(
          floats(count), rows, width, floats(width), floats(width), activation, halves(count));
    }
    next();
    NativeKernels.layerNorm(
        floats(count),
        rows,
        1,
        width,
        floats(width),
        floats(width),
        1e-5,
        Activation.RELU,
        halves(count));
    next();
    NativeKernels.multiply(floats(count), rows, width, width, floats(count), width, halves(count));
    next();
    NativeKernels.add(floats(count), rows, width, width, floats(count), width, 1);
    next();
    NativeKernels.add(floats(count), rows, width, width, floats(rows), 1, 0);
    next();
    NativeKernels.weightedSum(floats(count), rows, width, floats(rows), floats(width));
    next();
    NativeKernels.toBf16(floats(count), rows, width, halves(count));
    next();
    NativeKernels.fromBf16(halves(count), rows, width, width, floats(count));
    next();
    NativeKernels.fromF16(halves(count), rows, width, width, floats(count));
    next();
    long bytes = Short.BYTES * width;
    NativeKernels.copyRows(halves(count), bytes, rows, bytes, halves(count), bytes);
    next();
    NativeKernels.transpose(floats(count), width, rows, width, floats(count), rows);
  }

  private void scores(long rows, int units, int heads) {
    for (boolean gated : new boolean[] {false, true}) {
      next();
      UnitScores form =
          new UnitScores(
              heads,
              units,
              Activation.TANH,
              floats(units),
              gated ? floats(units) : 0,
              floats((long) heads * units),
              floats(heads));
      long hidden = floats(rows * form.rowUnits());
      long work = floats(form.workFloats());
      NativeKernels.score(form, hidden, rows, form.bias(), work, floats(heads * rows), rows, 0, 0);
    }
  }

  private void states(long rows, long width, long heads) {
    for (boolean bf16 : new boolean[] {false, true}) {
      next();
      long x = bf16 ? halves(rows * width) : floats(rows * width);
      long states = doubles(heads * (2 + width));
      NativeKernels.poolBlock(
          bf16,
          x,
          rows,
          width,
          floats(heads * rows),
          rows,
          heads,
          states,
          states + 2 * Double.BYTES,
          2 + width);
      next();
      x = bf16 ? halves(rows * width) : floats(rows * width);
      ChannelKernels.headMoments(
          bf16,
          x,
          rows,
          width,
          floats(heads * rows),
          rows,
          heads,
          doubles(4 * heads * width),
          heads * width);
    }
    next();
    NativeKernels.merge(doubles(2), doubles(width), doubles(2), doubles(width), width);
    next();
    NativeKernels.finish(doubles(2), doubles(width), width, floats(width));
    next();
    NativeKernels.weights(floats(rows), rows, doubles(2), floats(rows));
  }

  private void channels(long rows, long width) {
    for (int moments = 1; moments <= 2; moments++) {
      long values = (2 + moments) * width;
      for (boolean bf16 : new boolean[] {false, true}) {
        next();
        long x = bf16 ? halves(rows * width) : floats(rows * width);
        ChannelKernels.block(
            bf16, x, rows, width, floats(rows * width), moments, doubles(values), width);
      }
      next();
      ChannelKernels.merge(doubles(values), doubles(values), width, width, moments);
      next();
      ChannelKernels.finish(
          doubles(values), width, width, 0, 0, floats(width), moments == 2 ? floats(width) : 0);
    }
    next();
    ChannelKernels.weights(
        floats(rows * width), rows, width, doubles(2 * width), width, 0, floats(rows * width));
  }
}
