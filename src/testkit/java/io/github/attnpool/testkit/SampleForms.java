package io.github.attnpool.testkit;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.Linear;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Parameters of each form, small and made up: those through which an engine has its own way. */
public final class SampleForms {
  private static final int WIDTH = 40;
  private static final int UNITS = 24;
  private static final int HEADS = 3;
  private static final int QUERY = 10;

  private SampleForms() {}

  public static Map<String, AttentionParameters> all() {
    Random random = new Random(20261123);
    AttentionParameters plain =
        AttentionParameters.additive(linear(random, UNITS, WIDTH), linear(random, 1, UNITS));
    AttentionParameters heads =
        AttentionParameters.additive(linear(random, UNITS, WIDTH), linear(random, HEADS, UNITS));
    AttentionParameters gated = heads.withGate(linear(random, UNITS, WIDTH));
    Linear projection = linear(random, WIDTH, 2 * WIDTH);
    Map<String, AttentionParameters> forms = new LinkedHashMap<>();
    forms.put("plain", plain.withOutputLayer(linear(random, 2, WIDTH)));
    forms.put("relu, temperature", plain.withActivation(Activation.RELU).withTemperature(0.5f));
    forms.put("epsilon", plain.withSoftmaxEpsilon(100));
    forms.put("gate, heads", gated.withOutputLayer(linear(random, 4, HEADS * WIDTH)));
    forms.put("query", plain.withQuery(linear(random, UNITS, QUERY)));
    forms.put("linear", AttentionParameters.linear(linear(random, HEADS, WIDTH)));
    forms.put(
        "projection",
        gated
            .withProjection(projection, Activation.RELU)
            .withOutputLayer(linear(random, HEADS, WIDTH), HeadCombination.PER_HEAD));
    forms.put(
        "everything",
        gated
            .withProjection(projection, Activation.GELU)
            .withActivation(Activation.SIGMOID)
            .withTemperature(0.25f)
            .withSoftmaxEpsilon(1e-3f)
            .withQuery(linear(random, UNITS, QUERY))
            .withOutputLayer(linear(random, 5, WIDTH), HeadCombination.MEAN));
    return forms;
  }

  private static Linear linear(Random random, int outputs, int inputs) {
    float scale = 3 / (float) Math.sqrt(inputs);
    return Linear.of(
        outputs, inputs, uniform(random, outputs * inputs, scale), uniform(random, outputs, 0.5f));
  }

  public static float[] uniform(Random random, int count, float scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (2 * random.nextFloat() - 1) * scale;
    }
    return values;
  }
}
