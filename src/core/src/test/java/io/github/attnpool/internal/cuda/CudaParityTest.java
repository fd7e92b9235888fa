package io.github.attnpool.internal.cuda;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Output;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.Sequences;
import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every form, precision, plan and layout against backend jvm in float64, on the fake CUDA. */
class CudaParityTest {
  @BeforeEach
  @AfterEach
  void nothingIsAlive() {
    CudaFake.reset();
  }

  static Stream<Arguments> formsAndWays() {
    return Forms.all().keySet().stream()
        .flatMap(
            form ->
                Stream.concat(
                    Stream.of(Precision.values())
                        .map(precision -> Arguments.of(form, Plan.FUSED, precision)),
                    Stream.of(Precision.F32, Precision.BF16)
                        .map(precision -> Arguments.of(form, Plan.STAGED, precision))));
  }

  @ParameterizedTest(name = "{0}, {1} in {2}")
  @MethodSource("formsAndWays")
  void agreesWithFloat64(String form, Plan plan, Precision precision) {
    AttentionParameters parameters = Forms.all().get(form);
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = Results.layer(parameters, plan, precision)) {
      for (Map.Entry<String, Sequences> batch :
          Batches.all(parameters, ElementType.F32, arena).entrySet()) {
        Sequences in = batch.getValue();
        Results all = compare(layer, in, Tolerance.of(precision), batch.getKey());
        for (Output output : all.values().keySet()) {
          Results.of(layer, in, EnumSet.of(output)).assertSameBits(all, batch.getKey() + " alone");
        }
        if (parameters.units() > 0) {
          Results.ofKeys(layer, in).assertSameBits(all, batch.getKey() + " from keys");
        }
      }
      for (ElementType type : new ElementType[] {ElementType.BF16, ElementType.F16}) {
        Map<String, Sequences> batches = Batches.all(parameters, type, arena);
        for (String name : new String[] {"one row", "mask", "pitch"}) {
          compare(layer, batches.get(name), Tolerance.of(precision), name + " of " + type);
        }
      }
    }
  }

  static Stream<Arguments> formsThatRoundOnce() {
    return Forms.all().entrySet().stream()
        .filter(form -> form.getValue().rows().isEmpty() && form.getValue().units() > 0)
        .flatMap(
            form ->
                Stream.of(ElementType.BF16, ElementType.F16)
                    .map(type -> Arguments.of(form.getKey(), type)));
  }

  /** Operands are rounded and nothing else: where they are exact, results are as exact as F32's. */
  @ParameterizedTest(name = "{0} in {1}")
  @MethodSource("formsThatRoundOnce")
  void onlyOperandsAreRounded(String form, ElementType type) {
    AttentionParameters parameters = Forms.rounded(Forms.all().get(form), type);
    Precision precision = Precision.valueOf(type.name());
    for (Plan plan : Plan.values()) {
      try (Arena arena = Arena.ofConfined();
          AttentionPooling layer = Results.layer(parameters, plan, precision)) {
        Batches.all(parameters, type, arena)
            .forEach((name, in) -> compare(layer, in, 1e-5, plan + ", " + name));
      }
    }
  }

  private static Results compare(
      AttentionPooling layer, Sequences in, double tolerance, String what) {
    Results all = Results.of(layer, in);
    all.assertNear(Results.expected(layer.parameters(), in), tolerance, what);
    return all;
  }

  @ParameterizedTest
  @EnumSource(EmptySequencePolicy.class)
  void emptySequences(EmptySequencePolicy policy) {
    if (policy == EmptySequencePolicy.ERROR) {
      return; // MaskedResults' own, before the device is asked
    }
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofConfined()) {
      Sequences in =
          Sequences.padded(
                  Batches.rows(new java.util.Random(1), ElementType.F32, 4 * 300 * 40, arena),
                  ElementType.F32,
                  4,
                  300,
                  40)
              .withLengths(0, 300, 0, 7);
      Results expected;
      try (AttentionPooling layer =
          AttentionPooling.builder(parameters)
              .backend("jvm")
              .plan(Plan.STAGED)
              .emptySequence(policy)
              .build()) {
        expected = Results.of(layer, in);
      }
      for (Plan plan : Plan.values()) {
        try (AttentionPooling layer =
            AttentionPooling.builder(parameters)
                .backend("cuda")
                .plan(plan)
                .emptySequence(policy)
                .build()) {
          Results all = Results.of(layer, in);
          if (policy == EmptySequencePolicy.NAN) {
            all.assertSameNans(expected);
          } else {
            all.assertNear(expected, 1e-5, plan.toString());
          }
          EnumSet<Output> logits = EnumSet.of(Output.LOGITS);
          Results.of(layer, in, logits).assertSameBits(all, plan + " without contexts");
        }
      }
    }
  }
}
