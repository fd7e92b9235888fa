package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Output;
import io.github.attnpool.Precision;
import io.github.attnpool.testkit.Reference;
import io.github.attnpool.testkit.Result;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every form of the family on every variant, against what the public projects' models compute in
 * PyTorch in float64, at 0, 1, 2, 17, 300 and 5000 rows and with masks.
 */
class FamilyTest {
  /**
   * What rounding x and weights to bfloat16 may do to a context, relative. Each is off by up to
   * 2^-9 of itself, so a product by 2^-8, and a hidden unit, a sum of products of either sign, by
   * about as much of itself; so are scores of a few units, and with them the weights. A factor of 2
   * is for scores that reach beyond that.
   */
  private static final double BF16_TOLERANCE = 0x1p-7;

  private static final int THREADS = 2;
  private static final Map<String, Map<Output, Double>> WORST = new TreeMap<>();

  static Stream<Arguments> formsAndVariants() {
    return pairs(Variant.available(THREADS));
  }

  static Stream<Arguments> formsAndBfloat16() {
    return pairs(
        Stream.of(1, THREADS).flatMap(threads -> Variant.bfloat16(threads).stream()).toList());
  }

  static Stream<Arguments> pairs(List<Variant> variants) {
    return FamilyForm.names().stream()
        .flatMap(form -> variants.stream().map(variant -> Arguments.of(form, variant)));
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("formsAndVariants")
  void agreesWithPyTorch(String name, Variant variant) {
    FamilyForm form = FamilyForm.load(name);
    try (AttentionPooling layer = variant.open(form.parameters())) {
      for (FamilyBatch batch : form.batches()) {
        Reference reference = batch.reference(form.parameters(), Precision.F32);
        Agreement agreement =
            Agreement.relativeToResults(
                variant, batch.name(), reference, batch.completed(reference));
        note(variant.toString(), agreement.check(Run.of(layer, batch.batch())));
      }
    }
  }

  /** BF16 against the same rounding in float64; and the context against PyTorch's. */
  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("formsAndBfloat16")
  void agreesInBfloat16(String name, Variant variant) {
    assumeTrue(variant.isOffered(), () -> variant + " is not offered here");
    FamilyForm form = FamilyForm.load(name);
    try (AttentionPooling layer = variant.open(form.parameters())) {
      for (FamilyBatch batch : form.batches()) {
        Run run = Run.of(layer, batch.batch());
        Reference rounded = batch.reference(form.parameters(), Precision.BF16);
        Agreement agreement =
            Agreement.relativeToResults(variant, batch.name(), rounded, rounded.result());
        note(variant.toString(), agreement.check(run));
        Reference exact = batch.reference(form.parameters(), Precision.F32);
        double error = contextError(batch.completed(exact), run);
        note(variant + " against F32", Map.of(Output.CONTEXT, error));
        assertTrue(error <= BF16_TOLERANCE, () -> batch + ": context is off by " + error);
      }
    }
  }

  /** Relative, in the 2-norm of all sequences together. */
  private static double contextError(Result expected, Run run) {
    double[] difference = new double[expected.context.length];
    for (int i = 0; i < difference.length; i++) {
      difference[i] = run.context[i] - expected.context[i];
    }
    return Agreement.norm(difference) / Agreement.norm(expected.context);
  }

  private static void note(String variant, Map<Output, Double> errors) {
    Map<Output, Double> worst = WORST.computeIfAbsent(variant, v -> new EnumMap<>(Output.class));
    errors.forEach((output, error) -> worst.merge(output, error, Math::max));
  }

  @AfterAll
  static void tell() {
    WORST.forEach(
        (variant, worst) -> System.out.println("largest errors, " + variant + ": " + worst));
  }
}
