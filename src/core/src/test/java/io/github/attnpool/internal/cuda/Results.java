package io.github.attnpool.internal.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.ProjectedKeys;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** What a layer made of a batch. */
public record Results(Map<Output, float[]> values) {
  /** A layer on the fake CUDA. */
  static AttentionPooling layer(AttentionParameters parameters, Plan plan, Precision precision) {
    AttentionPooling layer =
        AttentionPooling.builder(parameters)
            .backend("cuda")
            .plan(plan)
            .precision(precision)
            .build();
    assertEquals("cuda", layer.info().backend());
    assertEquals(plan, layer.info().plan());
    assertEquals(precision, layer.info().precision());
    return layer;
  }

  /** The same in float64. */
  public static Results expected(AttentionParameters parameters, Sequences in) {
    try (AttentionPooling layer =
        AttentionPooling.builder(parameters).backend("jvm").plan(Plan.STAGED).build()) {
      return of(layer, in);
    }
  }

  /** Every result, in memory that is full of NaN before. */
  public static Results of(AttentionPooling layer, Sequences in) {
    EnumSet<Output> all = EnumSet.allOf(Output.class);
    if (layer.parameters().logitCount() == 0) {
      all.remove(Output.LOGITS);
    }
    return of(layer, in, all);
  }

  public static Results of(AttentionPooling layer, Sequences in, Set<Output> wanted) {
    try (Arena arena = Arena.ofConfined()) {
      Outputs out = room(layer, in, wanted, arena);
      layer.forward(in, out);
      return copy(out, wanted);
    }
  }

  /** The same by way of keys. */
  public static Results ofKeys(AttentionPooling layer, Sequences in) {
    EnumSet<Output> all = EnumSet.allOf(Output.class);
    if (layer.parameters().logitCount() == 0) {
      all.remove(Output.LOGITS);
    }
    try (Arena arena = Arena.ofConfined()) {
      ProjectedKeys keys = layer.projectKeys(in, arena);
      Outputs out = room(layer, in, all, arena);
      layer.forward(keys, out);
      return copy(out, all);
    }
  }

  private static Outputs room(
      AttentionPooling layer, Sequences in, Set<Output> wanted, Arena arena) {
    Outputs out = layer.allocate(in, arena, wanted);
    wanted.forEach(output -> out.get(output).fill((byte) -1));
    return out;
  }

  private static Results copy(Outputs out, Set<Output> wanted) {
    Map<Output, float[]> values = new EnumMap<>(Output.class);
    wanted.forEach(output -> values.put(output, out.toArray(output)));
    return new Results(values);
  }

  /** The same bits, of what is here. */
  void assertSameBits(Results expected, String what) {
    values.forEach(
        (output, found) ->
            assertArrayEquals(
                bits(expected.values.get(output)), bits(found), what + ", " + output));
  }

  /** NaN in the same places. */
  void assertSameNans(Results expected) {
    values.forEach(
        (output, found) -> {
          float[] wanted = expected.values.get(output);
          for (int i = 0; i < wanted.length; i++) {
            assertEquals(Float.isNaN(wanted[i]), Float.isNaN(found[i]), output + " at " + i);
          }
        });
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  /**
   * Near, relative to the 2-norm of all. Scores and logits are sums of terms of either sign and of
   * the order of 1, which may cancel: their norm counts as that of ones at least.
   */
  void assertNear(Results expected, double tolerance, String what) {
    for (Output output : values.keySet()) {
      double error = error(output, expected);
      assertTrue(error <= tolerance, () -> what + ", " + output + ": is off by " + error);
    }
  }

  /** How far off a result is; infinities that are expected are no error. */
  public double error(Output output, Results expected) {
    float[] wanted = expected.values.get(output);
    float[] found = values.get(output);
    boolean sums = output == Output.SCORES || output == Output.LOGITS;
    double norm = 0;
    double error = 0;
    for (int i = 0; i < wanted.length; i++) {
      error += wanted[i] == found[i] ? 0 : Math.pow((double) wanted[i] - found[i], 2);
      norm += Float.isInfinite(wanted[i]) ? 0 : Math.pow(wanted[i], 2);
    }
    norm = sums ? Math.max(norm, wanted.length) : norm;
    return Math.sqrt(norm == 0 ? error : error / norm);
  }
}
