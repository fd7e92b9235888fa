package io.github.attnpool.bench;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.github.attnpool.ElementType;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/** Several different inputs of one shape, outside the heap, which a measurement cycles through. */
public final class Inputs {
  private static final long ALIGNMENT = 64;

  private final BenchShape shape;
  private final ElementType type;
  private final List<MemorySegment> segments;
  private final List<MemorySegment> queries; // empty if the form has none

  private Inputs(
      BenchShape shape,
      ElementType type,
      List<MemorySegment> segments,
      List<MemorySegment> queries) {
    this.shape = shape;
    this.type = type;
    this.segments = segments;
    this.queries = queries;
  }

  /**
   * Makes inputs 0 to {@code count} - 1 of a model.
   *
   * @param type F32 or BF16
   * @param arena owner of their memory
   */
  public static Inputs of(BenchModel model, ElementType type, int count, Arena arena) {
    return new Inputs(
        model.shape(),
        type,
        IntStream.range(0, count).mapToObj(i -> write(model.input(i), type, arena)).toList(),
        IntStream.range(0, model.shape().form().asked() ? count : 0)
            .mapToObj(i -> write(model.queries(i), ElementType.F32, arena))
            .toList());
  }

  /** Takes inputs that are in memory already, of a form without queries. */
  public static Inputs of(BenchShape shape, ElementType type, List<MemorySegment> segments) {
    return new Inputs(shape, type, List.copyOf(segments), List.of());
  }

  /** Returns how many inputs of a shape exceed the last-level cache twice. */
  public static int countBeyondCache(BenchShape shape, ElementType type, long cacheBytes) {
    long bytes = shape.elements() * type.bytes();
    return Math.toIntExact(Math.max(1, Math.ceilDiv(2 * cacheBytes, bytes)));
  }

  /** Returns the shape of each. */
  public BenchShape shape() {
    return shape;
  }

  /** Returns the type of their elements. */
  public ElementType type() {
    return type;
  }

  /** Returns the number of inputs. */
  public int count() {
    return segments.size();
  }

  /** Returns an input, row-major [B,T,H]. */
  public MemorySegment get(int index) {
    return segments.get(index);
  }

  /** Returns the queries of an input, F32 [B,D]. */
  public MemorySegment queries(int index) {
    return queries.get(index);
  }

  /** Returns an input as the library takes it, with its queries. */
  public Sequences sequences(int index) {
    Sequences rows = rows(index);
    return queries.isEmpty() ? rows : rows.withQueries(queries.get(index));
  }

  /** Returns an input as the library takes it, without queries. */
  public Sequences rows(int index) {
    return Sequences.padded(segments.get(index), type, shape.batch(), shape.steps(), shape.width());
  }

  /** Returns an element of an input, widened. */
  public float element(int index, long element) {
    MemorySegment x = segments.get(index);
    return type == ElementType.F32
        ? x.getAtIndex(JAVA_FLOAT, element)
        : Float.intBitsToFloat(x.getAtIndex(JAVA_SHORT, element) << 16);
  }

  private static MemorySegment write(float[] values, ElementType type, Arena arena) {
    MemorySegment x = arena.allocate((long) values.length * type.bytes(), ALIGNMENT);
    if (type == ElementType.F32) {
      MemorySegment.copy(values, 0, x, JAVA_FLOAT, 0, values.length);
    } else {
      for (int i = 0; i < values.length; i++) {
        x.setAtIndex(JAVA_SHORT, i, roundToBf16(values[i]));
      }
    }
    return x;
  }

  /** Rounds to nearest, ties to even; the values here are finite. */
  private static short roundToBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }
}
