package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.Linear;
import io.github.attnpool.internal.lifetime.Releases;
import io.github.attnpool.internal.maps.LinearArrays;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;

/**
 * y = x · weightᵀ (+ bias) for any number of rows, with weights packed once.
 *
 * <p>It holds one compiled primitive for each power of two of rows from 2 to a maximum, so nothing
 * is compiled later, whatever sizes come. A row's result is bitwise the same in each of them; only
 * for a single row would oneDNN take another kernel with other rounding, which is why there is none
 * for it. Shared between threads; each thread brings a {@link MatmulCall}.
 */
final class Matmul implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  /** The compiled primitive for one number of rows. */
  record Size(
      int rows, MemorySegment primitive, MemorySegment src, MemorySegment dst, MemorySegment pad) {}

  private final OneDnn.Type type;
  private final int inputs;
  private final int outputs;
  private final Size[] sizes; // ascending
  private final long scratchpadBytes;
  private final MemorySegment weights;
  private final MemorySegment bias; // NULL where there is none
  private final Releases handles = new Releases();

  /**
   * @param map weight [N,K] and bias
   * @param type of x and of the packed weights; y and the bias are F32
   * @param withBias whether to add the map's bias, if it has one
   * @param maxRows largest number of rows in one primitive, a power of two of at least 2
   */
  Matmul(Linear map, OneDnn.Type type, boolean withBias, int maxRows) {
    this.type = type;
    this.inputs = map.inFeatures();
    this.outputs = map.outFeatures();
    int before = OpenMpThreads.pin(); // a primitive is made for a number of threads
    try {
      Arena arena = Arena.ofShared();
      handles.own(arena::close);
      MemorySegment biasDescription = MemorySegment.NULL;
      if (withBias && LinearArrays.bias(map).isPresent()) {
        biasDescription = description(OneDnn.matrix(OneDnn.Type.F32, 1, outputs, outputs, 1));
        this.bias =
            handles.own(
                OneDnn.memory(biasDescription, aligned(arena, LinearArrays.bias(map).get())),
                OneDnn::destroyMemory);
      } else {
        this.bias = MemorySegment.NULL;
      }
      MemorySegment layout;
      try (Releases temporary = new Releases()) {
        MemorySegment any =
            temporary.own(
                OneDnn.matrixOfAnyLayout(type, inputs, outputs), OneDnn::destroyDescription);
        MemorySegment largest =
            temporary.own(
                OneDnn.matmul(source(maxRows), any, biasDescription, destination(maxRows)),
                OneDnn::destroyOperation);
        layout = description(OneDnn.weightsOf(largest));
      }
      this.weights = pack(map, layout, arena);
      this.sizes = new Size[Integer.numberOfTrailingZeros(maxRows)];
      long scratchpad = 0;
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = compile(2 << i, layout, biasDescription);
        scratchpad = Math.max(scratchpad, OneDnn.size(sizes[i].pad()));
      }
      this.scratchpadBytes = scratchpad;
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    } finally {
      OpenMpThreads.restore(before);
    }
  }

  private Size compile(int rows, MemorySegment layout, MemorySegment biasDescription) {
    MemorySegment src = source(rows);
    MemorySegment dst = destination(rows);
    MemorySegment operation =
        handles.own(OneDnn.matmul(src, layout, biasDescription, dst), OneDnn::destroyOperation);
    MemorySegment primitive = handles.own(OneDnn.primitive(operation), OneDnn::destroyPrimitive);
    return new Size(rows, primitive, src, dst, OneDnn.scratchpadOf(operation));
  }

  private MemorySegment source(int rows) {
    return description(OneDnn.matrix(type, rows, inputs, inputs, 1));
  }

  private MemorySegment destination(int rows) {
    return description(OneDnn.matrix(OneDnn.Type.F32, rows, outputs, outputs, 1));
  }

  private MemorySegment description(MemorySegment description) {
    return handles.own(description, OneDnn::destroyDescription);
  }

  /** Copies weight [N,K] into the layout that oneDNN wants for its [K,N]. */
  private MemorySegment pack(Linear map, MemorySegment layout, Arena arena) {
    MemorySegment packed = arena.allocate(Math.max(1, OneDnn.size(layout)), ALIGNMENT);
    MemorySegment memory = handles.own(OneDnn.memory(layout, packed), OneDnn::destroyMemory);
    try (Releases temporary = new Releases();
        Arena source = Arena.ofConfined()) {
      MemorySegment plain =
          temporary.own(
              OneDnn.matrix(OneDnn.Type.F32, inputs, outputs, 1, inputs),
              OneDnn::destroyDescription);
      MemorySegment from =
          temporary.own(
              OneDnn.memory(plain, aligned(source, LinearArrays.weight(map))),
              OneDnn::destroyMemory);
      MemorySegment operation =
          temporary.own(OneDnn.reorder(plain, layout), OneDnn::destroyOperation);
      MemorySegment primitive =
          temporary.own(OneDnn.primitive(operation), OneDnn::destroyPrimitive);
      MemorySegment padDescription = OneDnn.scratchpadOf(operation);
      MemorySegment pad =
          temporary.own(
              OneDnn.memory(
                  padDescription,
                  source.allocate(Math.max(1, OneDnn.size(padDescription)), ALIGNMENT)),
              OneDnn::destroyMemory);
      MemorySegment stream = temporary.own(OneDnn.stream(), OneDnn::destroyStream);
      Map<OneDnn.Argument, MemorySegment> arguments = new EnumMap<>(OneDnn.Argument.class);
      arguments.put(OneDnn.Argument.SRC, from);
      arguments.put(OneDnn.Argument.DST, memory);
      arguments.put(OneDnn.Argument.SCRATCHPAD, pad);
      OneDnn.execute(
          primitive.address(), stream.address(), 3, OneDnn.arguments(source, arguments).address());
    }
    return memory;
  }

  private static MemorySegment aligned(Arena arena, float[] values) {
    MemorySegment copy = arena.allocate((long) values.length * Float.BYTES, ALIGNMENT);
    MemorySegment.copy(values, 0, copy, JAVA_FLOAT, 0, values.length);
    return copy;
  }

  /** Bytes of a row of x. */
  long inputBytes() {
    return (long) inputs * type.bytes();
  }

  int outputs() {
    return outputs;
  }

  int sizes() {
    return sizes.length;
  }

  Size size(int index) {
    return sizes[index];
  }

  MemorySegment weights() {
    return weights;
  }

  MemorySegment bias() {
    return bias;
  }

  /** Bytes of scratchpad that a call needs. */
  long scratchpadBytes() {
    return scratchpadBytes;
  }

  @Override
  public void close() {
    handles.close();
  }
}
