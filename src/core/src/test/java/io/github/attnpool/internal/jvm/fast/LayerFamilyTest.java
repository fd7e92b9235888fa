package io.github.attnpool.internal.jvm.fast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.EngineInputs;
import io.github.attnpool.Linear;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.ProjectedKeys;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.fused.FusedEngine;
import io.github.attnpool.internal.jvm.reference.ReferenceEngine;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineOptions;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Forms;
import io.github.attnpool.testkit.Reference;
import io.github.attnpool.testkit.Result;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of layer, in the staged plan and in the fused one of both kernels. */
class LayerFamilyTest {
  private static final double STAGED = 1e-7; // results are rounded to float
  private static final double KEYS = 3e-7; // and so are those
  private static final double FUSED = 3e-6;
  private static final int[] LENGTHS = {3, 0, 530, 1, 7, 7, 7, 41};

  /** Names of layers, without and with queries; those with a query map always have some. */
  static Stream<Arguments> layers() {
    Stream.Builder<Arguments> layers = Stream.builder();
    Forms.combinations()
        .forEach(
            (name, parameters) -> {
              if (PlainLayer.of(parameters).query().isEmpty()) {
                layers.add(Arguments.of(name, false));
              }
              if (parameters.units() > 0) {
                layers.add(Arguments.of(name, true));
              }
            });
    return layers.build();
  }

  /** A layer and a batch for it. */
  private record Case(AttentionParameters parameters, Batch batch) {
    static Case of(int seed, AttentionParameters parameters, boolean queries, int... lengths) {
      Random random = new Random(seed);
      int[] offsets = new int[lengths.length + 1];
      for (int b = 0; b < lengths.length; b++) {
        offsets[b + 1] = offsets[b] + lengths[b];
      }
      int width = parameters.inputWidth();
      Batch rows =
          Batch.ragged(Forms.uniform(random, offsets[lengths.length] * width, 1), width, offsets);
      int asked = queries ? lengths.length * parameters.queryWidth() : 0;
      return new Case(parameters, rows.withQueries(Forms.uniform(random, asked, 1)));
    }

    Case only(int sequence) {
      return new Case(parameters, batch.alone(sequence, true));
    }

    Map<Output, double[]> expected() {
      Result result = Reference.of(parameters, batch).result();
      Map<Output, double[]> expected = new EnumMap<>(Output.class);
      expected.put(Output.CONTEXT, result.context);
      expected.put(Output.WEIGHTS, result.weights);
      expected.put(Output.SCORES, result.scores);
      if (result.logits.length > 0) {
        expected.put(Output.LOGITS, result.logits);
      }
      return expected;
    }

    /** An output's part that belongs to one sequence. */
    float[] part(Output output, float[] values, int sequence) {
      if (output == Output.CONTEXT || output == Output.LOGITS) {
        int size = values.length / batch.batch();
        return Arrays.copyOfRange(values, sequence * size, (sequence + 1) * size);
      }
      int count = batch.end(sequence) - batch.begin(sequence);
      float[] part = new float[parameters.heads() * count];
      for (int head = 0; head < parameters.heads(); head++) {
        int from = batch.index(parameters.heads(), head, sequence, batch.begin(sequence));
        System.arraycopy(values, from, part, head * count, count);
      }
      return part;
    }
  }

  private static Case batch(String layer, boolean queries) {
    AttentionParameters parameters = Forms.combinations().get(layer);
    return Case.of(layer.hashCode(), parameters, queries, LENGTHS);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void agreesWithTheFormulas(String layer, boolean queries) {
    Case c = batch(layer, queries);
    Map<Output, double[]> expected = c.expected();
    engines(c.parameters())
        .forEach(
            (plan, engine) -> {
              Map<Output, float[]> actual = forward(c, engine, expected.keySet());
              expected.forEach(
                  (output, values) -> {
                    double error = difference(values, actual.get(output));
                    double allowed = plan.equals("staged") ? STAGED : FUSED;
                    assertTrue(error <= allowed, plan + ": " + output + " is off by " + error);
                  });
              engine.close();
            });
  }

  /** Bit for bit in the fused plan; in the staged one keys are rounded to float. */
  @ParameterizedTest
  @MethodSource("layers")
  void keysYieldTheSame(String layer, boolean queries) {
    Case c = batch(layer, queries);
    if (c.parameters().units() == 0) {
      return;
    }
    Set<Output> outputs = outputs(c.parameters());
    Map<Output, double[]> exact = c.expected();
    engines(c.parameters())
        .forEach(
            (plan, engine) -> {
              Map<Output, float[]> expected = forward(c, engine, outputs);
              Map<Output, float[]> actual = forwardKeys(c, engine, outputs);
              for (Output output : outputs) {
                if (plan.equals("staged")) {
                  double error = difference(exact.get(output), actual.get(output));
                  assertTrue(error <= KEYS, plan + ": " + output + " is off by " + error);
                } else {
                  assertArrayEquals(expected.get(output), actual.get(output), plan + output);
                }
              }
              engine.close();
            });
  }

  /** The same bits, whatever else is asked for. */
  @ParameterizedTest
  @MethodSource("layers")
  void eachResultAlone(String layer, boolean queries) {
    Case c = batch(layer, queries);
    Set<Output> outputs = outputs(c.parameters());
    engines(c.parameters())
        .forEach(
            (plan, engine) -> {
              Map<Output, float[]> together = forward(c, engine, outputs);
              for (Output output : outputs) {
                float[] alone = forward(c, engine, EnumSet.of(output)).get(output);
                assertArrayEquals(together.get(output), alone, plan + ": " + output);
              }
              engine.close();
            });
  }

  /** The same bits, whatever else is in the batch and however many threads work on it. */
  @ParameterizedTest
  @MethodSource("layers")
  void eachSequenceAlone(String layer, boolean queries) {
    Case c = batch(layer, queries);
    Set<Output> outputs = outputs(c.parameters());
    try (Engine engine = fused(c.parameters(), BothKernels.best(), 1);
        Engine shared = fused(c.parameters(), BothKernels.best(), 3)) {
      Map<Output, float[]> together = forward(c, engine, outputs);
      Map<Output, float[]> byThree = forward(c, shared, outputs);
      for (Output output : outputs) {
        assertArrayEquals(together.get(output), byThree.get(output), () -> output + " shared");
        for (int b = 0; b < c.batch().batch(); b++) {
          float[] alone = forward(c.only(b), engine, outputs).get(output);
          float[] part = c.part(output, together.get(output), b);
          assertArrayEquals(part, alone, output + " of sequence " + b);
        }
      }
    }
  }

  /** exp(−m) overflows, and the formula's limit is 0. */
  @Test
  void epsilonOutweighsScoresFarBelow() {
    Linear score = Linear.of(1, 2, new float[2], new float[] {-800});
    AttentionParameters parameters = AttentionParameters.linear(score).withSoftmaxEpsilon(1e-7f);
    Case c = Case.of(1, parameters, false, 3, 300);
    engines(parameters)
        .forEach(
            (plan, engine) -> {
              Map<Output, float[]> results = forward(c, engine, outputs(parameters));
              for (float value : results.get(Output.CONTEXT)) {
                assertEquals(0, Math.abs(value), plan); // of either sign
              }
              assertArrayEquals(new float[303], results.get(Output.WEIGHTS), plan);
              engine.close();
            });
  }

  private static Set<Output> outputs(AttentionParameters parameters) {
    EnumSet<Output> outputs = EnumSet.allOf(Output.class);
    if (parameters.logitCount() == 0) {
      outputs.remove(Output.LOGITS);
    }
    return outputs;
  }

  private static Map<String, Engine> engines(AttentionParameters parameters) {
    Map<String, Engine> engines = new LinkedHashMap<>();
    engines.put("staged", new ReferenceEngine(parameters, options(Plan.STAGED, 1)));
    for (TileKernels kernels : List.of(BothKernels.scalar(), BothKernels.best())) {
      engines.put(kernels.isa(), fused(parameters, kernels, 1));
    }
    return engines;
  }

  private static Engine fused(AttentionParameters parameters, TileKernels kernels, int threads) {
    return new FusedEngine(
        parameters,
        options(Plan.FUSED, threads),
        new JvmTileProgram(LayerForm.of(parameters), kernels));
  }

  private static EngineOptions options(Plan plan, int threads) {
    return new EngineOptions(plan, Precision.F32, threads, EmptySequencePolicy.ZERO);
  }

  private static Map<Output, float[]> forward(Case c, Engine engine, Set<Output> outputs) {
    try (Arena arena = Arena.ofShared();
        AttentionPooling layer = layer(c)) {
      Sequences in = c.batch().sequences(arena);
      Outputs out = layer.allocate(in, arena, outputs);
      engine.forward(EngineInputs.of(in), EngineInputs.of(out, in));
      return results(out, outputs);
    }
  }

  private static Map<Output, float[]> forwardKeys(Case c, Engine engine, Set<Output> outputs) {
    try (Arena arena = Arena.ofShared();
        AttentionPooling layer = layer(c)) {
      Sequences in = c.batch().sequences(arena);
      ProjectedKeys keys = layer.projectKeys(in, arena);
      keys.units().fill((byte) -1); // not a number, so that the engine has to write them
      keys.rows().ifPresent(rows -> rows.fill((byte) -1));
      engine.fill(EngineInputs.of(keys));
      Outputs out = layer.allocate(in, arena, outputs);
      engine.forward(EngineInputs.of(keys), EngineInputs.of(out, in));
      return results(out, outputs);
    }
  }

  /** Makes room for results and keys; does not compute any. */
  private static AttentionPooling layer(Case c) {
    return AttentionPooling.builder(c.parameters()).backend("jvm").plan(Plan.STAGED).build();
  }

  private static Map<Output, float[]> results(Outputs out, Set<Output> outputs) {
    Map<Output, float[]> results = new LinkedHashMap<>();
    outputs.forEach(output -> results.put(output, out.toArray(output)));
    return results;
  }

  /** Relative, in the 2-norm. */
  private static double difference(double[] expected, float[] actual) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(expected[i] - actual[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / size);
  }
}
