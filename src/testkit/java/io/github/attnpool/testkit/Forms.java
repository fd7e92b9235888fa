package io.github.attnpool.testkit;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.Linear;
import io.github.attnpool.internal.maps.PlainLayer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Parameters of every form of the family, drawn at random from fixed seeds. */
public final class Forms {
  private static final int HEADS = 3;
  private static final int QUERY = 10;

  private Forms() {}

  /** The forms in one small size, by name: those that an engine computes in its own way. */
  public static Map<String, AttentionParameters> small() {
    Map<String, AttentionParameters> forms = new LinkedHashMap<>();
    add(forms, "", 40, 24);
    return forms;
  }

  /** The forms with widths that are aligned and with ones that are not, by name. */
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
    AttentionParameters gated = heads.withGate(linear(random, units, width), Activation.SIGMOID);
    Linear projection = linear(random, width, width + 21);
    forms.put("plain" + suffix, plain.withOutput(linear(random, 2, width)));
    forms.put(
        "relu, temperature" + suffix, plain.withActivation(Activation.RELU).withTemperature(0.5f));
    forms.put("epsilon" + suffix, plain.withSoftmaxEpsilon(100));
    forms.put("gelu, query term" + suffix, plain.withActivation(Activation.GELU_TANH));
    forms.put("gate, heads" + suffix, gated.withOutput(linear(random, 4, HEADS * width)));
    forms.put("query" + suffix, plain.withQuery(linear(random, units, QUERY)));
    forms.put("linear" + suffix, AttentionParameters.linear(linear(random, HEADS, width)));
    forms.put(
        "projected linear" + suffix,
        AttentionParameters.linear(linear(random, 1, width)).withRows(projection, Activation.TANH));
    forms.put(
        "projection" + suffix,
        gated
            .withRows(projection, Activation.RELU)
            .withOutput(HeadCombination.PER_HEAD, linear(random, HEADS, width)));
    forms.put("everything" + suffix, everything(random, gated, projection, width, units));
  }

  private static AttentionParameters everything(
      Random random, AttentionParameters gated, Linear projection, int width, int units) {
    return gated
        .withRows(projection, Activation.GELU)
        .withActivation(Activation.SIGMOID)
        .withTemperature(0.25f)
        .withSoftmaxEpsilon(1e-3f)
        .withQuery(linear(random, units, QUERY))
        .withOutput(HeadCombination.MEAN, linear(random, 5, width));
  }

  /** Every activation in every place, every output layer, and more units than a tile has. */
  public static Map<String, AttentionParameters> combinations() {
    Random random = new Random(42);
    AttentionParameters one = additive(random, 37, 21, 1, true);
    AttentionParameters three = additive(random, 20, 70, 3, false);
    AttentionParameters linear = additive(random, 33, 0, 2, true);
    Map<String, AttentionParameters> forms = new LinkedHashMap<>();
    forms.put("tanh", withOutputLayer(random, one, 5, HeadCombination.MEAN));
    for (Activation activation : Activation.values()) {
      forms.put(activation + ", 3 heads", three.withActivation(activation));
      forms.put(
          activation + ", gated", gated(random, one).withActivation(activation).withTemperature(3));
      forms.put(
          activation + " projection",
          projected(random, three, 50, activation).withTemperature(0.7f));
    }
    forms.put("concatenated output", withOutputLayer(random, three, 9, HeadCombination.CONCAT));
    forms.put("output over the mean", withOutputLayer(random, three, 9, HeadCombination.MEAN));
    forms.put("output per head", withOutputLayer(random, three, 3, HeadCombination.PER_HEAD));
    forms.put("linear", withOutputLayer(random, linear, 4, HeadCombination.CONCAT));
    forms.put("linear after projection", projected(random, linear, 8, Activation.RELU));
    forms.put("query map", withQueryMap(random, three).withActivation(Activation.RELU));
    forms.put("softmax epsilon", one.withSoftmaxEpsilon(0.5f));
    AttentionParameters all = gated(random, projected(random, three, 64, Activation.GELU));
    forms.put(
        "everything",
        withQueryMap(random, withOutputLayer(random, all, 3, HeadCombination.PER_HEAD))
            .withActivation(Activation.SIGMOID)
            .withTemperature(0.5f)
            .withSoftmaxEpsilon(2));
    forms.put("many units", gated(random, additive(random, 45, 1100, 1, true)));
    return forms;
  }

  /**
   * The additive form with tanh.
   *
   * @param units 0 for the linear form
   */
  public static AttentionParameters additive(
      Random random, int width, int units, int heads, boolean biases) {
    Linear score = unitScale(random, heads, units == 0 ? width : units, biases);
    return units == 0
        ? AttentionParameters.linear(score)
        : AttentionParameters.additive(unitScale(random, units, width, biases), score);
  }

  private static AttentionParameters gated(Random random, AttentionParameters form) {
    return form.withGate(unitScale(random, form.units(), form.width(), true), Activation.SIGMOID);
  }

  private static AttentionParameters projected(
      Random random, AttentionParameters form, int inputs, Activation activation) {
    return form.withRows(unitScale(random, form.width(), inputs, true), activation);
  }

  private static AttentionParameters withQueryMap(Random random, AttentionParameters form) {
    return form.withQuery(unitScale(random, form.units(), QUERY, true));
  }

  private static AttentionParameters withOutputLayer(
      Random random, AttentionParameters form, int logits, HeadCombination heads) {
    int inputs = form.width() * (heads == HeadCombination.CONCAT ? form.heads() : 1);
    return form.withOutput(heads, unitScale(random, logits, inputs, true));
  }

  /** A map that turns values of variance 1/3 into values of variance 1. */
  private static Linear unitScale(Random random, int outputs, int inputs, boolean bias) {
    float[] weight = uniform(random, outputs * inputs, (float) (1.7 / Math.sqrt(inputs)));
    return bias
        ? Linear.of(outputs, inputs, weight, uniform(random, outputs, 1))
        : Linear.of(outputs, inputs, weight);
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

  /** A form without a projection, with what is multiplied rounded to a type. */
  public static AttentionParameters rounded(AttentionParameters form, ElementType type) {
    PlainLayer from = PlainLayer.of(form);
    AttentionParameters to =
        AttentionParameters.additive(rounded(from.hidden().orElseThrow(), type), from.score())
            .withActivation(from.activation())
            .withTemperature(from.temperature())
            .withSoftmaxEpsilon(from.softmaxEpsilon());
    to =
        from.gate().isPresent()
            ? to.withGate(rounded(from.gate().get(), type), Activation.SIGMOID)
            : to;
    to = from.query().isPresent() ? to.withQuery(from.query().get()) : to;
    return from.outputLayer().isPresent()
        ? to.withOutput(from.headCombination(), from.outputLayer().get())
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

  /** Values from −scale to scale. */
  public static float[] uniform(Random random, int count, float scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (2 * random.nextFloat() - 1) * scale;
    }
    return values;
  }
}
