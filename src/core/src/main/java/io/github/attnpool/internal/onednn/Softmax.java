package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.internal.lifetime.Releases;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Softmax of one vector of any length by oneDNN.
 *
 * <p>oneDNN compiles a softmax for one length. Here a vector is padded with −∞, whose weight is 0,
 * to the next power of two: at most 40 primitives are ever kept, made at the first use of each, and
 * a sequence's weights are the same bits however long the others in its batch are. Thread-safe.
 */
final class Softmax implements AutoCloseable {
  private static final int MAX_LOG2 = 40;
  private static final long ALIGNMENT = 64;

  private record Compiled(
      MemorySegment primitive, MemorySegment description, MemorySegment pad, Releases handles) {}

  private final AtomicReferenceArray<@Nullable Compiled> byLog2 =
      new AtomicReferenceArray<>(MAX_LOG2);

  /**
   * weights[first…first+count) = softmax(scores[first…first+count)).
   *
   * @param count at least 1
   */
  void run(MemorySegment scores, long first, long count, MemorySegment weights) {
    int log2 = count == 1 ? 0 : 64 - Long.numberOfLeadingZeros(count - 1);
    Compiled compiled = compiled(log2);
    try (Arena arena = Arena.ofConfined();
        Releases temporary = new Releases()) {
      long bytes = (long) Float.BYTES << log2;
      MemorySegment data = arena.allocate(bytes, ALIGNMENT);
      MemorySegment.copy(scores, first * Float.BYTES, data, 0, count * Float.BYTES);
      for (long i = count; i < bytes / Float.BYTES; i++) {
        data.setAtIndex(JAVA_FLOAT, i, Float.NEGATIVE_INFINITY);
      }
      MemorySegment memory =
          temporary.own(OneDnn.memory(compiled.description(), data), OneDnn::destroyMemory);
      MemorySegment pad =
          temporary.own(
              OneDnn.memory(
                  compiled.pad(),
                  arena.allocate(Math.max(1, OneDnn.size(compiled.pad())), ALIGNMENT)),
              OneDnn::destroyMemory);
      MemorySegment stream = temporary.own(OneDnn.stream(), OneDnn::destroyStream);
      Map<OneDnn.Argument, MemorySegment> arguments = new EnumMap<>(OneDnn.Argument.class);
      arguments.put(OneDnn.Argument.SRC, memory);
      arguments.put(OneDnn.Argument.DST, memory);
      arguments.put(OneDnn.Argument.SCRATCHPAD, pad);
      MemorySegment list = OneDnn.arguments(arena, arguments);
      int before = OpenMpThreads.pin();
      try {
        OneDnn.execute(compiled.primitive().address(), stream.address(), 3, list.address());
      } finally {
        OpenMpThreads.restore(before);
      }
      MemorySegment.copy(data, 0, weights, first * Float.BYTES, count * Float.BYTES);
    }
  }

  private Compiled compiled(int log2) {
    Compiled found = byLog2.get(log2);
    if (found == null) {
      Compiled made = compile(1L << log2);
      found = byLog2.compareAndExchange(log2, null, made);
      if (found == null) {
        return made;
      }
      made.handles().close(); // another thread was first
    }
    return found;
  }

  private static Compiled compile(long length) {
    Releases handles = new Releases();
    int before = OpenMpThreads.pin(); // a primitive is made for a number of threads
    try {
      MemorySegment description =
          handles.own(
              OneDnn.matrix(OneDnn.Type.F32, 1, length, length, 1), OneDnn::destroyDescription);
      MemorySegment operation = handles.own(OneDnn.softmax(description), OneDnn::destroyOperation);
      MemorySegment primitive = handles.own(OneDnn.primitive(operation), OneDnn::destroyPrimitive);
      return new Compiled(primitive, description, OneDnn.scratchpadOf(operation), handles);
    } catch (RuntimeException | Error e) {
      handles.close();
      throw e;
    } finally {
      OpenMpThreads.restore(before);
    }
  }

  @Override
  public void close() {
    for (int i = 0; i < MAX_LOG2; i++) {
      Compiled compiled = byLog2.getAndSet(i, null);
      if (compiled != null) {
        compiled.handles().close();
      }
    }
  }
}
