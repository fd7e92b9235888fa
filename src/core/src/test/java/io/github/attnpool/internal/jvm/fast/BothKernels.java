package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Activation;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

/**
 * The kernels that tests are run on. The best in the tests' JVM are those on the Vector API, which
 * {@link KernelChoiceTest} makes sure of.
 */
final class BothKernels {
  private BothKernels() {}

  static TileKernels scalar() {
    return KernelChoice.choose("scalar");
  }

  static TileKernels best() {
    return KernelChoice.choose("auto");
  }

  static Stream<Arguments> arguments() {
    return Stream.of(scalar(), best())
        .map(kernels -> Arguments.of(Named.of(kernels.isa(), kernels)));
  }

  /** Without a bias: −0 is neutral for every value, −0 among them. */
  static void activate(TileKernels kernels, Activation activation, float[] values) {
    float[] bias = new float[values.length];
    Arrays.fill(bias, -0f);
    kernels.activate(activation, values, bias, values.length, new float[values.length]);
  }

  /** Values from −scale to scale. */
  static float[] uniform(Random random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * scale);
    }
    return values;
  }
}
