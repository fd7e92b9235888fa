package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.testkit.Bits;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** In every form, a sequence's results are bitwise the same whatever else is in the batch. */
class FamilyIndependenceTest {
  static Stream<Arguments> formsAndVariants() {
    return FamilyTest.pairs(
        Stream.concat(Variant.available(2).stream(), Variant.bfloat16(2).stream()).toList());
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("formsAndVariants")
  void aloneAsInTheBatch(String name, Variant variant) {
    assumeTrue(variant.isOffered(), () -> variant + " is not offered here");
    FamilyForm form = FamilyForm.load(name);
    try (AttentionPooling layer = variant.open(form.parameters())) {
      for (FamilyBatch batch : form.batches()) {
        IndependenceTest.assertAloneAsInTheBatch(layer, batch.batch());
      }
    }
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("formsAndVariants")
  void paddingHasNoInfluence(String name, Variant variant) {
    assumeTrue(variant.isOffered(), () -> variant + " is not offered here");
    FamilyForm form = FamilyForm.load(name);
    try (AttentionPooling layer = variant.open(form.parameters())) {
      for (FamilyBatch batch : form.batches()) {
        if (batch.batch().isMasked()) {
          Run expected = Run.of(layer, batch.batch());
          for (float padding : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            Run actual = Run.of(layer, batch.batch().withPadding(padding));
            Bits.assertSame(expected, actual, " of batch " + batch + ", padding of " + padding);
          }
        }
      }
    }
  }
}
