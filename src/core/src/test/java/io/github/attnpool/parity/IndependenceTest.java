package io.github.attnpool.parity;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Bits;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A sequence's results are bitwise the same whatever else is in the batch, padding included. */
class IndependenceTest {
  static Stream<Arguments> casesAndVariants() {
    return ParityTest.casesAndVariants();
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("casesAndVariants")
  void aloneAsInTheBatch(String name, Variant variant) {
    ParityCase parity = ParityCase.load(name);
    try (AttentionPooling layer = variant.open(parity.parameters())) {
      assertAloneAsInTheBatch(layer, parity.batch());
    }
  }

  /** Every sequence of a batch against itself in a batch of its own, ragged and padded. */
  static void assertAloneAsInTheBatch(AttentionPooling layer, Batch batch) {
    AttentionParameters parameters = layer.parameters();
    Run together = Run.of(layer, batch);
    for (int b = 0; b < batch.batch(); b++) {
      for (boolean ragged : new boolean[] {true, false}) {
        Run alone = Run.of(layer, batch.alone(b, ragged));
        String what = " of sequence " + b + (ragged ? ", ragged" : ", padded");
        int[] rows = keptRows(batch, b, parameters.heads());
        int context = parameters.heads() * parameters.width();
        Bits.assertSame(pick(together.scores, rows), alone.scores, "scores" + what);
        Bits.assertSame(pick(together.weights, rows), alone.weights, "weights" + what);
        Bits.assertSame(slice(together.context, b, context), alone.context, "context" + what);
        Bits.assertSame(
            slice(together.logits, b, parameters.logitCount()), alone.logits, "logits" + what);
      }
    }
  }

  static Stream<Arguments> maskedCasesAndVariants() {
    return casesAndVariants().filter(a -> ParityCase.load((String) a.get()[0]).batch().isMasked());
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("maskedCasesAndVariants")
  void paddingHasNoInfluence(String name, Variant variant) {
    ParityCase parity = ParityCase.load(name);
    Batch batch = parity.batch();
    try (AttentionPooling layer = variant.open(parity.parameters())) {
      Run expected = Run.of(layer, batch);
      for (float padding : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.MAX_VALUE}) {
        Run actual = Run.of(layer, batch.withPadding(padding));
        String what = " with padding of " + padding;
        Bits.assertSame(expected, actual, what);
      }
    }
  }

  /** Where the kept rows' values stand, head by head. */
  private static int[] keptRows(Batch batch, int sequence, int heads) {
    return IntStream.range(0, heads)
        .flatMap(
            head ->
                IntStream.range(batch.begin(sequence), batch.end(sequence))
                    .filter(batch::kept)
                    .map(position -> batch.index(heads, head, sequence, position)))
        .toArray();
  }

  private static float[] pick(float[] values, int[] indices) {
    float[] picked = new float[indices.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = values[indices[i]];
    }
    return picked;
  }

  private static float[] slice(float[] values, int sequence, int size) {
    return Arrays.copyOfRange(values, sequence * size, (sequence + 1) * size);
  }
}
