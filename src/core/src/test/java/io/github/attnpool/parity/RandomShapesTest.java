package io.github.attnpool.parity;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Linear;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every variant over shapes, masks and values drawn anew in each run: against {@link Reference},
 * and each sequence against itself alone. The seed is in the test's name; {@code -Dattnpool.seed=N}
 * runs that one alone.
 */
class RandomShapesTest {
  private static final int SEEDS = 30;

  static Stream<Arguments> seedsAndVariants() {
    Long given = Long.getLong("attnpool.seed");
    LongStream seeds =
        given != null ? LongStream.of(given) : new Random().longs(SEEDS, 0, 1_000_000_000);
    return seeds
        .boxed()
        .flatMap(seed -> Variant.available().stream().map(v -> Arguments.of(seed, v)));
  }

  @ParameterizedTest(name = "-Dattnpool.seed={0} on {1}")
  @MethodSource("seedsAndVariants")
  void agreesWithTheReference(long seed, Variant variant) {
    Random random = new Random(seed);
    AttentionParameters parameters = parameters(random);
    Batch batch = batch(random, parameters.width());
    Reference reference = Reference.of(parameters, batch);
    try (AttentionPooling layer = variant.open(parameters)) {
      Run run = Run.of(layer, batch);
      Agreement.relativeToTerms(variant, parameters, batch, reference).check(run);
    }
  }

  @ParameterizedTest(name = "-Dattnpool.seed={0} on {1}")
  @MethodSource("seedsAndVariants")
  void isIndependentOfTheBatch(long seed, Variant variant) {
    Random random = new Random(seed);
    AttentionParameters parameters = parameters(random);
    try (AttentionPooling layer = variant.open(parameters)) {
      IndependenceTest.assertAloneAsInTheBatch(layer, batch(random, parameters.width()));
    }
  }

  private static AttentionParameters parameters(Random random) {
    int width = size(random, 300);
    int units = size(random, 300);
    int heads = random.nextInt(4) == 0 ? size(random, 5) : 1;
    AttentionParameters parameters =
        random.nextInt(4) == 0
            ? AttentionParameters.linear(linear(random, heads, width))
            : AttentionParameters.additive(
                linear(random, units, width), linear(random, heads, units));
    return random.nextInt(3) == 0
        ? parameters.withOutput(linear(random, size(random, 20), heads * width))
        : parameters;
  }

  private static Linear linear(Random random, int outputs, int inputs) {
    float scale = (float) (1 / Math.sqrt(inputs));
    float[] weight = uniform(random, outputs * inputs, scale);
    return random.nextBoolean()
        ? Linear.of(outputs, inputs, weight)
        : Linear.of(outputs, inputs, weight, uniform(random, outputs, scale));
  }

  private static Batch batch(Random random, int width) {
    int count = size(random, 6);
    int steps = size(random, 120);
    if (random.nextInt(4) == 0) {
      int[] offsets = new int[count + 1];
      for (int b = 0; b < count; b++) {
        offsets[b + 1] = offsets[b] + random.nextInt(steps + 1);
      }
      return Batch.ragged(uniform(random, offsets[count] * width, 2), width, offsets);
    }
    Batch batch = Batch.padded(uniform(random, count * steps * width, 2), count, steps, width);
    return switch (random.nextInt(3)) {
      case 0 -> batch;
      case 1 -> {
        int[] lengths = new int[count];
        for (int b = 0; b < count; b++) {
          lengths[b] = random.nextInt(steps + 1);
        }
        yield batch.withLengths(lengths);
      }
      default -> {
        boolean[] keep = new boolean[count * steps];
        double share = random.nextDouble();
        for (int i = 0; i < keep.length; i++) {
          keep[i] = random.nextDouble() < share;
        }
        yield batch.withKeep(keep);
      }
    };
  }

  /** 1 to max, small sizes as likely as large ones. */
  private static int size(Random random, int max) {
    return (int) Math.ceil(Math.exp(random.nextDouble() * Math.log(max)));
  }

  private static float[] uniform(Random random, int count, float scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (2 * random.nextFloat() - 1) * scale;
    }
    return values;
  }
}
