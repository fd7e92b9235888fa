package io.github.attnpool;

import static java.lang.Float.NEGATIVE_INFINITY;
import static java.lang.Float.NaN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attnpool.testkit.Variant;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes of a sequence without rows, between two that have some. */
class EmptySequenceTest {
  private static final int HEADS = 2;

  /** [3, 2, 2]: sequences of two rows of two values; the middle one's do not take part. */
  private static final float[] X = {1, 2, 1, 2, 10, 20, 30, 40, 5, 6, 5, 6};

  /** Scores are 0, so that rows that take part weigh the same. Logits are the context's sum + 1. */
  private static final AttentionParameters PARAMETERS =
      AttentionParameters.linear(Linear.of(HEADS, 2, new float[4]))
          .withOutput(Linear.of(1, 4, new float[] {1, 1, 1, 1}, new float[] {1}));

  static List<Variant> ways() {
    return Variant.offered();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void zero(Variant variant) {
    check(variant, EmptySequencePolicy.ZERO, padded(), new float[] {0, 0}, 0, NEGATIVE_INFINITY, 1);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void nan(Variant variant) {
    check(
        variant,
        EmptySequencePolicy.NAN,
        padded(),
        new float[] {NaN, NaN},
        NaN,
        NEGATIVE_INFINITY,
        NaN);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void uniform(Variant variant) {
    check(
        variant,
        EmptySequencePolicy.UNIFORM,
        padded(),
        new float[] {20, 30},
        0.5f,
        NEGATIVE_INFINITY,
        101);
  }

  /** There is nothing to be uniform over. */
  @ParameterizedTest
  @MethodSource("ways")
  void ragged(Variant variant) {
    Sequences in =
        Sequences.ragged(
            MemorySegment.ofArray(Arrays.copyOf(X, 8)), ElementType.F32, 2, 0, 2, 2, 4);
    for (EmptySequencePolicy policy :
        List.of(EmptySequencePolicy.ZERO, EmptySequencePolicy.UNIFORM)) {
      Map<Output, float[]> results = run(variant, policy, in);
      assertArrayEquals(
          new float[] {0, 0, 0, 0}, Arrays.copyOfRange(results.get(Output.CONTEXT), 4, 8));
      assertEquals(1, results.get(Output.LOGITS)[1]);
      assertArrayEquals(
          new float[] {.5f, .5f, .5f, .5f, .5f, .5f, .5f, .5f}, results.get(Output.WEIGHTS));
    }
    assertEquals(NaN, run(variant, EmptySequencePolicy.NAN, in).get(Output.CONTEXT)[4]);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void error(Variant variant) {
    AttnPoolException e =
        assertThrows(
            AttnPoolException.class, () -> run(variant, EmptySequencePolicy.ERROR, padded()));
    assertEquals("forward: sequence 1 has no rows, must have at least one", e.getMessage());
    Sequences full = Sequences.padded(MemorySegment.ofArray(X), ElementType.F32, 3, 2, 2);
    assertEquals(1, run(variant, EmptySequencePolicy.ERROR, full).get(Output.CONTEXT)[0]);
  }

  /** Nothing but empty sequences, and nothing at all. */
  @ParameterizedTest
  @MethodSource("ways")
  void nothing(Variant variant) {
    MemorySegment none = MemorySegment.ofArray(new float[0]);
    Map<Output, float[]> results =
        run(variant, EmptySequencePolicy.ZERO, Sequences.padded(none, ElementType.F32, 2, 0, 2));
    assertArrayEquals(new float[8], results.get(Output.CONTEXT));
    assertArrayEquals(new float[] {1, 1}, results.get(Output.LOGITS));
    results =
        run(variant, EmptySequencePolicy.ZERO, Sequences.padded(none, ElementType.F32, 0, 5, 2));
    assertEquals(0, results.get(Output.CONTEXT).length);
    results = run(variant, EmptySequencePolicy.ZERO, Sequences.ragged(none, ElementType.F32, 2, 0));
    assertEquals(0, results.get(Output.WEIGHTS).length);
  }

  private static Sequences padded() {
    return Sequences.padded(MemorySegment.ofArray(X), ElementType.F32, 3, 2, 2)
        .withLengths(2, 0, 2);
  }

  private static void check(
      Variant variant,
      EmptySequencePolicy policy,
      Sequences in,
      float[] context,
      float weight,
      float score,
      float logit) {
    Map<Output, float[]> results = run(variant, policy, in);
    float a = context[0];
    float b = context[1];
    assertArrayEquals(
        new float[] {1, 2, 1, 2, a, b, a, b, 5, 6, 5, 6}, results.get(Output.CONTEXT));
    float w = weight;
    float[] weights = {.5f, .5f, .5f, .5f, w, w, w, w, .5f, .5f, .5f, .5f};
    assertArrayEquals(weights, results.get(Output.WEIGHTS));
    float[] scores = {0, 0, 0, 0, score, score, score, score, 0, 0, 0, 0};
    assertArrayEquals(scores, results.get(Output.SCORES));
    assertArrayEquals(new float[] {7, logit, 23}, results.get(Output.LOGITS));
  }

  private static Map<Output, float[]> run(
      Variant variant, EmptySequencePolicy policy, Sequences in) {
    try (AttentionPooling layer = variant.builder(PARAMETERS).emptySequence(policy).build();
        Arena arena = Arena.ofConfined()) {
      EnumSet<Output> wanted = EnumSet.allOf(Output.class);
      Outputs out = layer.allocate(in, arena, wanted);
      wanted.forEach(output -> out.get(output).fill((byte) 0x55));
      layer.forward(in, out);
      Map<Output, float[]> results = new EnumMap<>(Output.class);
      wanted.forEach(output -> results.put(output, out.toArray(output)));
      return results;
    }
  }
}
