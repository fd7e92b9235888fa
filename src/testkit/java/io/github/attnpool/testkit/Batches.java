package io.github.attnpool.testkit;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.Rows;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.maps.PlainLayer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Batches of every layout: ragged, padded with lengths, with masks and with gaps, and without. */
public final class Batches {
  private Batches() {}

  /** Several chunks of 256 rows, sequences without rows, and ends beside a tile's. */
  public static long[] lengths() {
    return new long[] {3, 0, 255, 256, 257, 1, 700, 0, 5};
  }

  /** All layouts of rows of a type, by name. */
  public static Map<String, Sequences> all(
      AttentionParameters parameters, ElementType type, Arena arena) {
    Map<String, Sequences> batches = new LinkedHashMap<>();
    batches.put("ragged", ragged(parameters, type, arena, lengths()));
    batches.put("one row", ragged(parameters, type, arena, 1));
    batches.put("no rows", ragged(parameters, type, arena, 0, 0));
    Random random = new Random(7);
    int width = parameters.inputWidth();
    int batch = 5;
    int steps = 151;
    MemorySegment x = rows(random, type, batch * steps * width, arena);
    Sequences padded = Sequences.padded(x, type, batch, steps, width);
    batches.put("padded", withQueries(padded, parameters, arena));
    batches.put("lengths", withQueries(padded.withLengths(151, 0, 12, 150, 1), parameters, arena));
    MemorySegment keep = arena.allocate((long) batch * steps);
    for (long i = 0; i < keep.byteSize(); i++) {
      keep.set(JAVA_BYTE, i, (byte) (random.nextInt(3) / 2));
    }
    batches.put("mask", withQueries(padded.withKeepMask(keep), parameters, arena));
    int pitch = width + 3;
    MemorySegment gaps = rows(random, type, 300 * pitch, arena);
    batches.put(
        "pitch",
        withQueries(
            Sequences.ragged(Rows.of(gaps, type, width).withPitch(pitch), 0, 270, 300),
            parameters,
            arena));
    return batches;
  }

  /** A ragged batch. */
  public static Sequences ragged(
      AttentionParameters parameters, ElementType type, Arena arena, long... lengths) {
    long[] offsets = new long[lengths.length + 1];
    for (int b = 0; b < lengths.length; b++) {
      offsets[b + 1] = offsets[b] + lengths[b];
    }
    int width = parameters.inputWidth();
    int values = (int) offsets[lengths.length] * width;
    MemorySegment x = rows(new Random(values), type, values, arena);
    return withQueries(Sequences.ragged(x, type, width, offsets), parameters, arena);
  }

  /** Queries where the form takes some: always with a query map, with GELU_TANH as terms. */
  public static Sequences withQueries(Sequences in, AttentionParameters parameters, Arena arena) {
    boolean terms =
        parameters.query().isEmpty()
            && PlainLayer.find(parameters)
                .filter(layer -> layer.activation() == Activation.GELU_TANH)
                .isPresent();
    if (parameters.query().isEmpty() && !terms) {
      return in;
    }
    int count = in.batch() * parameters.queryWidth();
    return in.withQueries(
        arena.allocateFrom(JAVA_FLOAT, Forms.uniform(new Random(count), count, 1)));
  }

  /** Values between -1 and 1. */
  public static MemorySegment rows(Random random, ElementType type, int count, Arena arena) {
    float[] values = Forms.uniform(random, count, 1);
    if (type == ElementType.F32) {
      return arena.allocateFrom(JAVA_FLOAT, values);
    }
    short[] bits = new short[count];
    for (int i = 0; i < count; i++) {
      bits[i] =
          type == ElementType.F16
              ? Float.floatToFloat16(values[i])
              : (short) (Float.floatToRawIntBits(values[i]) >>> 16);
    }
    return arena.allocateFrom(JAVA_SHORT, bits);
  }
}
