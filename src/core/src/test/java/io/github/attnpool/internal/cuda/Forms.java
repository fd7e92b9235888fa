package io.github.attnpool.internal.cuda;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.Linear;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Parameters of every form of the family, with widths that are aligned and ones that are not. */
public final class Forms {
  private static final int HEADS = 3;
  private static final int QUERY = 10;

  private Forms() {}

  /** All, by name. */
  public static Map<String, AttentionParameters> all() {
    Map<String, AttentionParameters> forms = new LinkedHashMap<>();
    add(forms, "", 40, 24);
    add(forms, " of odd widths", 37, 19);
    return forms;
  }

  private static void add(
      Map<String, AttentionParameters> forms, String suffix, int width, int units) {
    Random random = new Random(20261124 + width);
    AttentionParameters plain =
        AttentionParameters.additive(linear(random, units, width), linear(random, 1, units));
    AttentionParameters heads =
        AttentionParameters.additive(linear(random, units, width), linear(random, HEADS, units));
    AttentionParameters gated = heads.withGate(linear(random, units, width));
    Linear projection = linear(random, width, width + 21);
    forms.put("plain" + suffix, plain.withOutputLayer(linear(random, 2, width)));
    forms.put(
        "relu, temperature" + suffix, plain.withActivation(Activation.RELU).withTemperature(0.5f));
    forms.put("epsilon" + suffix, plain.withSoftmaxEpsilon(100));
    forms.put("gelu, query term" + suffix, plain.withActivation(Activation.GELU_TANH));
    forms.put("gate, heads" + suffix, gated.withOutputLayer(linear(random, 4, HEADS * width)));
    forms.put("query" + suffix, plain.withQuery(linear(random, units, QUERY)));
    forms.put("linear" + suffix, AttentionParameters.linear(linear(random, HEADS, width)));
    forms.put(
        "projected linear" + suffix,
        AttentionParameters.linear(linear(random, 1, width))
            .withProjection(projection, Activation.TANH));
    forms.put(
        "projection" + suffix,
        gated
            .withProjection(projection, Activation.RELU)
            .withOutputLayer(linear(random, HEADS, width), HeadCombination.PER_HEAD));
    forms.put("everything" + suffix, everything(random, gated, projection, width, units));
  }

  private static AttentionParameters everything(
      Random random, AttentionParameters gated, Linear projection, int width, int units) {
    return gated
        .withProjection(projection, Activation.GELU)
        .withActivation(Activation.SIGMOID)
        .withTemperature(0.25f)
        .withSoftmaxEpsilon(1e-3f)
        .withQuery(linear(random, units, QUERY))
        .withOutputLayer(linear(random, 5, width), HeadCombination.MEAN);
  }

  /** The textbook module. */
  public static AttentionParameters plain() {
    return all().get("plain");
  }

  /** A textbook module of usual size. */
  public static AttentionParameters wide() {
    Random random = new Random(1);
    return AttentionParameters.additive(linear(random, 256, 256), linear(random, 1, 256));
  }

  /** A form that uses every part of the family. */
  public static AttentionParameters everything() {
    return all().get("everything");
  }

  /** The same with what is multiplied rounded to a type; of a form without a projection. */
  public static AttentionParameters rounded(AttentionParameters from, ElementType type) {
    AttentionParameters to =
        AttentionParameters.additive(rounded(from.hidden().orElseThrow(), type), from.score())
            .withActivation(from.activation())
            .withTemperature(from.temperature())
            .withSoftmaxEpsilon(from.softmaxEpsilon());
    to = from.gate().isPresent() ? to.withGate(rounded(from.gate().get(), type)) : to;
    to = from.query().isPresent() ? to.withQuery(from.query().get()) : to;
    return from.outputLayer().isPresent()
        ? to.withOutputLayer(from.outputLayer().get(), from.headCombination())
        : to;
  }

  private static Linear rounded(Linear map, ElementType type) {
    float[] weight = map.weight().clone();
    for (int i = 0; i < weight.length; i++) {
      weight[i] = rounded(weight[i], type);
    }
    return Linear.of(map.outFeatures(), map.inFeatures(), weight, map.bias().orElse(null));
  }

  /** To the nearest value of the type, halves to the even one. */
  private static float rounded(float value, ElementType type) {
    if (type == ElementType.F16) {
      return Float.float16ToFloat(Float.floatToFloat16(value));
    }
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
  }

  public static Linear linear(Random random, int outputs, int inputs) {
    float scale = 3 / (float) Math.sqrt(inputs);
    return Linear.of(
        outputs, inputs, uniform(random, outputs * inputs, scale), uniform(random, outputs, 0.5f));
  }

  static float[] uniform(Random random, int count, float scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (2 * random.nextFloat() - 1) * scale;
    }
    return values;
  }
}
