package io.github.attnpool.cli.run;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.cli.options.Choice;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** The results that a file expects; compared part by part, however large they are. */
final class Expectation implements AutoCloseable {
  private static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final int PART = 1 << 16; // elements

  private final TensorFile file;
  private final Map<Output, TensorInfo> tensors = new EnumMap<>(Output.class);

  private Expectation(TensorFile file) {
    this.file = file;
  }

  /** Where the results are read from. */
  interface Results {
    /**
     * Fills the target with consecutive elements, F32.
     *
     * @param element index of the first
     */
    void read(Output output, long element, MemorySegment target);
  }

  /**
   * Opens a file of tensors named as outputs are, of real numbers.
   *
   * @throws AttnPoolException if there is none, or one of another name or type
   */
  static Expectation open(Path path) {
    TensorFile file = TensorFile.open(path);
    boolean good = false;
    try {
      Expectation expectation = new Expectation(file);
      file.tensors().values().forEach(expectation::add);
      if (expectation.tensors.isEmpty()) {
        throw expectation.bad("it has no tensor to compare with");
      }
      good = true;
      return expectation;
    } finally {
      if (!good) {
        file.close();
      }
    }
  }

  private void add(TensorInfo tensor) {
    Output output =
        Arrays.stream(Output.values())
            .filter(candidate -> Choice.name(candidate).equals(tensor.name()))
            .findFirst()
            .orElseThrow(
                () ->
                    bad(
                        "tensor '"
                            + tensor.name()
                            + "' must be named as an output: "
                            + Choice.names(Output.class)));
    if (!tensor.type().isReal()) {
      throw bad("'" + tensor.name() + "' is " + tensor.describe() + ", must be real numbers");
    }
    tensors.put(output, tensor);
  }

  /** The outputs that have to be computed for the comparison. */
  Set<Output> outputs() {
    return tensors.keySet();
  }

  /**
   * Checks, before anything is computed, that the shapes are those of the results. Dimensions of
   * size 1 may be missing or added.
   */
  void checkShapes(ResultTensors results) {
    tensors.forEach(
        (output, tensor) -> {
          long[] must = results.shape(output);
          if (!Arrays.equals(squeezed(tensor.shape()), squeezed(must))) {
            throw bad(
                "'"
                    + Choice.name(output)
                    + "' is "
                    + Arrays.toString(tensor.shape())
                    + ", but the result is "
                    + Arrays.toString(must));
          }
        });
  }

  /** The largest difference of each expected tensor. */
  Map<Output, Difference> compare(Results results) {
    Map<Output, Difference> differences = new EnumMap<>(Output.class);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment found = arena.allocate(JAVA_FLOAT, PART);
      MemorySegment stored = arena.allocate((long) PART * Double.BYTES, Double.BYTES);
      tensors.forEach(
          (output, tensor) -> {
            Difference largest = Difference.largest(found, new double[0]);
            for (long done = 0; done < tensor.elements(); done += PART) {
              int size = (int) Math.min(PART, tensor.elements() - done);
              double[] expected = expected(tensor, done, size, stored);
              results.read(output, done, found.asSlice(0, (long) size * Float.BYTES));
              Difference part = Difference.largest(found, expected).shifted(done);
              largest = Difference.larger(largest, part);
            }
            differences.put(output, largest);
          });
    }
    return differences;
  }

  /** Unlike floats, doubles keep what an F64 reference says beyond single precision. */
  private double[] expected(TensorInfo tensor, long element, int size, MemorySegment buffer) {
    MemorySegment stored = buffer.asSlice(0, (long) size * tensor.type().bytes());
    file.read(tensor.name(), element, stored);
    double[] values = new double[size];
    if (tensor.type() == ElementType.F64) {
      Arrays.setAll(values, i -> stored.get(F64, 8L * i));
    } else {
      Tensor part = new Tensor(tensor.name(), tensor.type(), new long[] {size}, stored);
      float[] floats = part.toFloatArray();
      Arrays.setAll(values, i -> floats[i]);
    }
    return values;
  }

  private AttnPoolException bad(String problem) {
    return new AttnPoolException("read " + file.name(), problem);
  }

  private static long[] squeezed(long[] shape) {
    return Arrays.stream(shape).filter(size -> size != 1).toArray();
  }

  /** Closes the file. */
  @Override
  public void close() {
    file.close();
  }
}
