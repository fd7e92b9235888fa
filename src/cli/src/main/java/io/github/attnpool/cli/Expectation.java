package io.github.attnpool.cli;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.Pooled;
import io.github.attnpool.format.SafetensorsFile;
import io.github.attnpool.format.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** The results that a file expects. */
final class Expectation {
  private static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private final Path file;
  private final Map<Output, long[]> shapes = new EnumMap<>(Output.class);
  private final Map<Output, double[]> values = new EnumMap<>(Output.class);

  private Expectation(Path file) {
    this.file = file;
  }

  /**
   * Reads tensors named as outputs are, of real numbers.
   *
   * @throws AttnPoolException if there is none, or one of another name or type
   */
  static Expectation read(Path file) {
    Expectation expectation = new Expectation(file);
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      tensors.tensors().values().forEach(expectation::add);
    } catch (InternalError e) {
      // The JVM's report of a page that a mapped file no longer has.
      throw new AttnPoolException("read " + file, "the file was cut short while it was read", e);
    }
    if (expectation.values.isEmpty()) {
      throw expectation.bad("it has no tensor to compare with");
    }
    return expectation;
  }

  private void add(Tensor tensor) {
    Output output =
        Arrays.stream(Output.values())
            .filter(candidate -> Choice.name(candidate).equals(tensor.name()))
            .findFirst()
            .orElseThrow(
                () ->
                    bad(
                        "there is a tensor '"
                            + tensor.name()
                            + "', must be named as an output: "
                            + Choice.names(Output.class)));
    if (!tensor.type().isReal()) {
      throw bad("'" + tensor.name() + "' is " + tensor.describe() + ", must be real numbers");
    }
    shapes.put(output, tensor.shape());
    values.put(output, doubles(tensor));
  }

  /** The outputs that have to be computed for the comparison. */
  Set<Output> outputs() {
    return values.keySet();
  }

  /**
   * Checks, before anything is computed, that the shapes are those of the results. Dimensions of
   * size 1 may be missing or added.
   */
  void checkShapes(ResultTensors results) {
    shapes.forEach(
        (output, shape) -> {
          long[] must = results.shape(output);
          if (!Arrays.equals(squeezed(shape), squeezed(must))) {
            throw bad(
                "'"
                    + Choice.name(output)
                    + "' is "
                    + Arrays.toString(shape)
                    + ", but the result is "
                    + Arrays.toString(must));
          }
        });
  }

  /** The largest difference of each expected tensor. */
  Map<Output, Difference> compare(Pooled results) {
    Map<Output, Difference> differences = new EnumMap<>(Output.class);
    values.forEach(
        (output, expected) ->
            differences.put(output, Difference.largest(results.get(output), expected)));
    return differences;
  }

  private AttnPoolException bad(String problem) {
    return new AttnPoolException("read " + file, problem);
  }

  private static long[] squeezed(long[] shape) {
    return Arrays.stream(shape).filter(size -> size != 1).toArray();
  }

  /** Unlike floats, doubles keep what an F64 reference says beyond single precision. */
  private static double[] doubles(Tensor tensor) {
    if (tensor.type() == ElementType.F64) {
      double[] values = new double[Math.toIntExact(tensor.elements())];
      Arrays.setAll(values, i -> tensor.data().get(F64, 8L * i));
      return values;
    }
    float[] floats = tensor.toFloatArray();
    double[] values = new double[floats.length];
    Arrays.setAll(values, i -> floats[i]);
    return values;
  }
}
