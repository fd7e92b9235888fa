package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.StepBias;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Bfloat16;
import io.github.attnpool.testkit.Bits;
import io.github.attnpool.testkit.Forms;
import io.github.attnpool.testkit.GeneralForms;
import io.github.attnpool.testkit.GeneralLayer;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers of stages of any steps, by every fused engine, against their formulas in float64. */
class GeneralFormsTest {
  private static final int[] LENGTHS = {3, 0, 64, 65, 1, 600, 0, 33, 2, 513};
  private static final int LONG = 1150;

  static Stream<Arguments> formsAndVariants() {
    return GeneralForms.all().entrySet().stream()
        .flatMap(
            form ->
                variants()
                    .map(
                        variant ->
                            Arguments.of(
                                Named.of(form.getKey(), form.getValue()),
                                Named.of(variant.toString(), variant))));
  }

  /** Fused engines with one thread; backend cuda has kernels for the plain form alone. */
  static Stream<Variant> variants() {
    return Variant.fused().stream().filter(each -> !each.backend().equals("cuda"));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("formsAndVariants")
  void equalsTheFormulas(AttentionParameters parameters, Variant variant) {
    GeneralLayer formula = new GeneralLayer(parameters);
    try (AttentionPooling layer = variant.open(parameters)) {
      batches(parameters)
          .forEach(
              (name, batch) ->
                  GeneralAgreement.check(
                      name, formula.of(batch), Run.of(layer, batch), variant, 0));
    }
  }

  /** Label-wise attention; [R, R·H] numbers would be 16 GB. */
  @ParameterizedTest
  @MethodSource("variants")
  void thousandsOfHeads(Variant variant) {
    Random random = new Random(6);
    int heads = 8921;
    int width = 50;
    AttentionParameters parameters =
        AttentionParameters.additive(
                Forms.linear(random, 50, width), Forms.linear(random, heads, 50))
            .withOutput(HeadCombination.PER_HEAD, Forms.linear(random, heads, width));
    Batch batch = Batch.ragged(rows(23 * width, 7), width, 0, 20, 23);
    try (AttentionPooling layer = variant.open(parameters)) {
      GeneralAgreement.check(
          "heads", new GeneralLayer(parameters).of(batch), Run.of(layer, batch), variant, 0);
    }
  }

  /** Any batch around a sequence, any threads, any layout, any type that holds the same values. */
  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("formsAndVariants")
  void isTheSameBitsHoweverItIsPooled(AttentionParameters parameters, Variant variant) {
    try (AttentionPooling layer = variant.open(parameters);
        AttentionPooling threaded = variant.withThreads(2).open(parameters)) {
      for (Map.Entry<String, Batch> each : batches(parameters).entrySet()) {
        Batch batch = each.getValue();
        Run all = Run.of(layer, batch);
        Bits.assertSame(all, Run.of(threaded, batch), " of " + each.getKey() + " by two threads");
        Bits.assertSame(
            all, Run.of(layer, batch, ElementType.BF16), " of " + each.getKey() + " as BF16");
        Bits.assertSame(
            all, Run.of(layer, batch.withPadding(Float.NaN)), " of " + each.getKey() + ", padded");
        if (!takesPlaces(parameters) || !batch.isMasked()) {
          checkAlone(layer, batch, all, each.getKey());
        }
      }
    }
  }

  private static void checkAlone(AttentionPooling layer, Batch batch, Run all, String name) {
    for (int b = 0; b < batch.batch(); b++) {
      Run alone = Run.of(layer, batch.alone(b, true));
      int size = alone.context.length;
      for (int i = 0; i < size; i++) {
        assertEquals(
            Float.floatToIntBits(alone.context[i]),
            Float.floatToIntBits(all.context[b * size + i]),
            "context of sequence " + b + " of " + name);
      }
    }
  }

  private static boolean takesPlaces(AttentionParameters parameters) {
    return parameters.score().stream().anyMatch(StepBias.class::isInstance);
  }

  static Map<String, Batch> batches(AttentionParameters parameters) {
    int width = parameters.inputWidth();
    Map<String, Batch> batches = new LinkedHashMap<>();
    int[] offsets = new int[LENGTHS.length + 1];
    for (int b = 0; b < LENGTHS.length; b++) {
      offsets[b + 1] = offsets[b] + LENGTHS[b];
    }
    int rows = offsets[LENGTHS.length];
    batches.put("ragged", Batch.ragged(rows(rows * width, 1), width, offsets));
    batches.put("one row", Batch.ragged(rows(width, 2), width, 0, 1));
    batches.put("a long sequence", Batch.ragged(rows(LONG * width, 3), width, 0, LONG));
    Batch padded = Batch.padded(rows(5 * 70 * width, 4), 5, 70, width);
    batches.put("padded", padded);
    batches.put("lengths", padded.withLengths(70, 0, 12, 69, 1));
    boolean[] keep = new boolean[5 * 70];
    Random random = new Random(5);
    for (int i = 0; i < keep.length; i++) {
      keep[i] = random.nextInt(3) == 0 && i / 70 != 2;
    }
    batches.put("mask", padded.withKeep(keep));
    batches.replaceAll((_, batch) -> withQueries(batch, parameters));
    return batches;
  }

  private static Batch withQueries(Batch batch, AttentionParameters parameters) {
    if (parameters.query().isEmpty()) {
      return batch;
    }
    int count = batch.batch() * parameters.queryWidth();
    return batch.withQueries(Forms.uniform(new Random(count), count, 1));
  }

  /** Values that bfloat16 holds. */
  private static float[] rows(int count, int seed) {
    float[] values = Forms.uniform(new Random(seed), count, 1);
    for (int i = 0; i < count; i++) {
      values[i] = (float) Bfloat16.round(values[i]);
    }
    return values;
  }
}
