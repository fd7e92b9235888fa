package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Bits;
import io.github.attnpool.testkit.RandomForms;
import io.github.attnpool.testkit.Reference;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every variant over forms, shapes, masks and values drawn anew in each run: against {@link
 * Reference}, each sequence against itself alone, and keys against rows. The seed is in the test's
 * name; {@code -Dattnpool.seed=N} runs that one alone.
 */
class RandomShapesTest {
  private static final int SEEDS = 60;

  static Stream<Arguments> seedsAndVariants() {
    Long given = Long.getLong("attnpool.seed");
    LongStream seeds =
        given != null ? LongStream.of(given) : new Random().longs(SEEDS, 0, 1_000_000_000);
    List<Variant> variants =
        Stream.concat(Variant.available().stream(), Variant.bfloat16(1).stream()).toList();
    return seeds.boxed().flatMap(seed -> variants.stream().map(v -> Arguments.of(seed, v)));
  }

  @ParameterizedTest(name = "-Dattnpool.seed={0} on {1}")
  @MethodSource("seedsAndVariants")
  void agreesWithTheReference(long seed, Variant variant) {
    assumeTrue(variant.isOffered(), () -> variant + " is not offered here");
    Random random = new Random(seed);
    AttentionParameters parameters = RandomForms.parameters(random);
    Batch batch = RandomForms.batch(random, parameters);
    Reference reference = Reference.of(parameters, batch, variant.precision());
    try (AttentionPooling layer = variant.open(parameters)) {
      Agreement.relativeToTerms(variant, reference).check(Run.of(layer, batch));
    }
  }

  @ParameterizedTest(name = "-Dattnpool.seed={0} on {1}")
  @MethodSource("seedsAndVariants")
  void isIndependentOfTheBatch(long seed, Variant variant) {
    assumeTrue(variant.isOffered(), () -> variant + " is not offered here");
    Random random = new Random(seed);
    AttentionParameters parameters = RandomForms.parameters(random);
    Batch batch = RandomForms.batch(random, parameters);
    try (AttentionPooling layer = variant.open(parameters)) {
      IndependenceTest.assertAloneAsInTheBatch(layer, batch);
      if (parameters.units() > 0 && !variant.isDouble()) {
        Bits.assertSame(Run.of(layer, batch), Run.fromKeys(layer, batch), " from keys");
      }
    }
  }
}
