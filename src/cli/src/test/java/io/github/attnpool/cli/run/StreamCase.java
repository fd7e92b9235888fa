package io.github.attnpool.cli.run;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.Linear;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random layers and files, all from one seed. */
final class StreamCase {
  static final int WIDTH = 5;
  private static final int UNITS = 4;
  private static final int QUERY = 3;

  private final Random random;

  StreamCase(long seed) {
    this.random = new Random(seed);
  }

  Random random() {
    return random;
  }

  /** The additive form with an output layer. */
  AttentionParameters plain(int heads) {
    return AttentionParameters.additive(linear(UNITS, WIDTH), linear(heads, UNITS))
        .withOutput(linear(2, heads * WIDTH));
  }

  /** Everything that a layer may have; takes queries of width Q. */
  AttentionParameters full(int heads) {
    int width = 6;
    return AttentionParameters.additive(linear(UNITS, width), linear(heads, UNITS))
        .withGate(linear(UNITS, width), Activation.SIGMOID)
        .withTemperature(0.7f)
        .withSoftmaxEpsilon(1e-3f)
        .withRows(linear(width, WIDTH), Activation.RELU)
        .withQuery(linear(UNITS, QUERY))
        .withOutput(linear(2, heads * width));
  }

  private Linear linear(int outputs, int inputs) {
    return Forms.linear(random, outputs, inputs);
  }

  float[] floats(int size) {
    return Forms.uniform(random, size, 2);
  }

  Tensor queries(int batch) {
    return Tensor.of("queries", floats(batch * QUERY), batch, QUERY);
  }

  /** x of that type. */
  Tensor x(ElementType type, long... shape) {
    int size = 1;
    for (long length : shape) {
      size *= (int) length;
    }
    return new Tensor("x", type, shape, Batches.rows(random, type, size, Arena.ofAuto()));
  }

  static Tensor longs(String name, long... values) {
    return new Tensor(
        name, ElementType.I64, new long[] {values.length}, MemorySegment.ofArray(values));
  }

  /** Marks so many of ten positions, but none of the sequence {@code masked}. */
  Tensor keep(int batch, int steps, int ofTen, int masked) {
    byte[] marks = new byte[batch * steps];
    for (int i = 0; i < marks.length; i++) {
      marks[i] = (byte) (i / steps != masked && random.nextInt(10) < ofTen ? 1 : 0);
    }
    return new Tensor(
        "keep", ElementType.BOOL, new long[] {batch, steps}, MemorySegment.ofArray(marks));
  }

  static Path write(Path file, Tensor... tensors) {
    List<Tensor> all = new ArrayList<>(List.of(tensors));
    SafetensorsWriter.write(file, all, Map.of());
    return file;
  }
}
