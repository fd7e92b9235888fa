package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Output;
import io.github.attnpool.testkit.Bits;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Results asked for one by one, scores alone among them, have the bits they have together. */
class SomeOutputsTest {
  private static final List<Set<Output>> SUBSETS =
      List.of(
          EnumSet.of(Output.SCORES),
          EnumSet.of(Output.WEIGHTS),
          EnumSet.of(Output.CONTEXT),
          EnumSet.of(Output.LOGITS),
          EnumSet.of(Output.SCORES, Output.WEIGHTS),
          EnumSet.of(Output.SCORES, Output.CONTEXT));

  static Stream<Arguments> formsAndVariants() {
    return FamilyTest.pairs(
        Stream.concat(Variant.available(2).stream(), Variant.bfloat16(2).stream()).toList());
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("formsAndVariants")
  void oneByOne(String name, Variant variant) {
    assumeTrue(variant.isOffered(), () -> variant + " is not offered here");
    FamilyForm form = FamilyForm.load(name);
    try (AttentionPooling layer = variant.open(form.parameters())) {
      for (FamilyBatch batch : form.batches()) {
        Run all = Run.of(layer, batch.batch());
        for (Set<Output> wanted : SUBSETS) {
          if (Run.all(layer).containsAll(wanted)) {
            assertSame(wanted, all, Run.of(layer, batch.batch(), wanted), batch);
          }
        }
      }
    }
  }

  private static void assertSame(Set<Output> wanted, Run all, Run some, FamilyBatch batch) {
    for (Output output : Output.values()) {
      String what = output + " of batch " + batch + ", asked for " + wanted;
      if (wanted.contains(output)) {
        Bits.assertSame(of(all, output), of(some, output), what);
      } else {
        assertEquals(0, of(some, output).length, what);
      }
    }
  }

  private static float[] of(Run run, Output output) {
    return switch (output) {
      case SCORES -> run.scores;
      case WEIGHTS -> run.weights;
      case CONTEXT -> run.context;
      case LOGITS -> run.logits;
    };
  }
}
