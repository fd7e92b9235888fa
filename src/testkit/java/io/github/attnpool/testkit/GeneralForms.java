package io.github.attnpool.testkit;

import static io.github.attnpool.testkit.Forms.linear;
import static io.github.attnpool.testkit.Forms.uniform;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.BatchNorm;
import io.github.attnpool.Divide;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.LayerNorm;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import io.github.attnpool.StepBias;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Layers with stages of any steps, drawn at random from fixed seeds. */
public final class GeneralForms {
  /** Values in a row of x. */
  public static final int WIDTH = 24;

  /** The most rows of a sequence, where there is a step bias. */
  public static final int STEPS = 1200;

  private static final int UNITS = 19;
  private static final int HEADS = 3;

  private final Random random = new Random(20261128);
  private final Map<String, AttentionParameters> forms = new LinkedHashMap<>();

  private GeneralForms() {}

  /** The layers, by name. */
  public static Map<String, AttentionParameters> all() {
    GeneralForms made = new GeneralForms();
    made.addRows();
    made.addHidden();
    made.addScores();
    made.addValues();
    made.addStatistics();
    made.addOutputs();
    return made.forms;
  }

  private AttentionParameters additive(int heads) {
    return AttentionParameters.additive(linear(random, UNITS, WIDTH), linear(random, heads, UNITS));
  }

  private AttentionParameters gated(int heads) {
    return additive(heads).withGate(linear(random, UNITS, WIDTH), Activation.SIGMOID);
  }

  private LayerNorm norm(int width, int groups) {
    float[] weight = uniform(random, width, 0.5f);
    for (int i = 0; i < width; i++) {
      weight[i] += 1;
    }
    return LayerNorm.of(weight, Optional.of(uniform(random, width, 0.5f)), 1e-5, groups);
  }

  private BatchNorm batchNorm(int width) {
    float[] variance = uniform(random, width, 0.5f);
    for (int i = 0; i < width; i++) {
      variance[i] += 1;
    }
    return BatchNorm.of(
        uniform(random, width, 1),
        variance,
        Optional.of(uniform(random, width, 2)),
        Optional.of(uniform(random, width, 1)),
        1e-5);
  }

  private void addRows() {
    forms.put(
        "stack before, tanh gate",
        additive(HEADS)
            .withGate(linear(random, UNITS, WIDTH), Activation.TANH)
            .withRows(
                linear(random, 40, 31),
                Activation.GELU,
                norm(40, 1),
                linear(random, WIDTH, 40),
                Activation.RELU));
    forms.put("norm before", gated(1).withRows(norm(WIDTH, 1)));
    forms.put("batch norm before", gated(1).withRows(batchNorm(WIDTH), Activation.SILU));
    forms.put("activation before", additive(1).withRows(Activation.LEAKY_RELU));
    forms.put(
        "batch norms around a map",
        additive(1).withRows(batchNorm(30), linear(random, WIDTH, 30), batchNorm(WIDTH)));
  }

  private void addHidden() {
    forms.put(
        "norm before tanh",
        AttentionParameters.of(
            List.of(linear(random, UNITS, WIDTH), norm(UNITS, 1), Activation.TANH),
            List.of(linear(random, 1, UNITS))));
    forms.put(
        "norm of rows before the hidden map",
        AttentionParameters.of(
            List.of(norm(WIDTH, 1), linear(random, UNITS, WIDTH), Activation.TANH),
            List.of(linear(random, HEADS, UNITS))));
    Linear own = Linear.of(4, 4 * 6, blocks(4, 6));
    forms.put(
        "own units for each head",
        AttentionParameters.of(
                List.of(linear(random, 4 * 6, WIDTH), norm(4 * 6, 4), Activation.LEAKY_RELU),
                List.of(own))
            .withGate(linear(random, 4 * 6, WIDTH), Activation.SIGMOID));
    forms.put(
        "stack of hidden maps, query",
        AttentionParameters.of(
                List.of(
                    norm(WIDTH, 2),
                    linear(random, 33, WIDTH),
                    Activation.GELU,
                    linear(random, UNITS, 33),
                    Activation.TANH),
                List.of(linear(random, HEADS, UNITS)))
            .withGate(linear(random, UNITS, WIDTH), Activation.SIGMOID)
            .withQuery(linear(random, 12, 7), Activation.RELU, linear(random, 33, 12)));
    forms.put(
        "query with an activation at the end",
        additive(1).withQuery(linear(random, UNITS, 7), Activation.TANH));
    forms.put(
        "stack as gate",
        additive(1)
            .withGate(
                linear(random, 11, WIDTH),
                Activation.RELU,
                linear(random, UNITS, 11),
                Activation.SIGMOID));
    forms.put(
        "gate on rows",
        AttentionParameters.linear(linear(random, 2, WIDTH))
            .withGate(linear(random, WIDTH, WIDTH), Activation.SIGMOID));
    forms.put(
        "activated rows as units",
        AttentionParameters.of(List.of(Activation.TANH), List.of(linear(random, 2, WIDTH))));
    forms.put(
        "norm after the gate",
        AttentionParameters.of(
                List.of(linear(random, UNITS, WIDTH), Activation.TANH),
                List.of(norm(UNITS, 1), linear(random, 2, UNITS)))
            .withGate(linear(random, UNITS, WIDTH), Activation.SIGMOID));
  }

  private float[] blocks(int heads, int units) {
    float[] weight = new float[heads * heads * units];
    for (int head = 0; head < heads; head++) {
      float[] own = uniform(random, units, 1);
      System.arraycopy(own, 0, weight, head * (heads + 1) * units, units);
    }
    return weight;
  }

  private AttentionParameters scored(Step... score) {
    return AttentionParameters.of(
        List.of(linear(random, UNITS, WIDTH), Activation.TANH), List.of(score));
  }

  private StepBias stepBias() {
    return StepBias.of(uniform(random, STEPS, 2));
  }

  private void addScores() {
    forms.put(
        "step bias, tanh",
        scored(linear(random, 1, UNITS), stepBias(), Activation.TANH).withSoftmaxEpsilon(0.5f));
    forms.put(
        "divided step bias",
        scored(linear(random, HEADS, UNITS), stepBias(), new Divide(2), new Divide(0.75f)));
    forms.put(
        "activated scores, divided",
        scored(linear(random, 2, UNITS), Activation.RELU, new Divide(3)));
    forms.put(
        "stack of score maps",
        scored(linear(random, 5, UNITS), stepBias(), Activation.SILU, linear(random, HEADS, 5)));
    forms.put(
        "score of two maps",
        scored(linear(random, 9, UNITS), Activation.GELU_TANH, linear(random, 1, 9)));
    forms.put(
        "norm before the score map",
        scored(norm(UNITS, 1), linear(random, 2, UNITS), new Divide(2)));
    forms.put("norm of scores", scored(linear(random, 8, UNITS), norm(8, 2)));
    forms.put(
        "step bias before the score map",
        scored(stepBias(), new Divide(4), linear(random, 2, UNITS)));
  }

  private void addValues() {
    forms.put("value map", gated(2).withValues(linear(random, 17, WIDTH)));
    forms.put(
        "value map, epsilon", gated(2).withValues(linear(random, 17, WIDTH)).withSoftmaxEpsilon(3));
    forms.put(
        "stack of values",
        additive(HEADS)
            .withValues(linear(random, 33, WIDTH), Activation.RELU, linear(random, 10, 33))
            .withOutput(linear(random, 3, HEADS * 10)));
    forms.put("activated values", additive(1).withValues(norm(WIDTH, 1), Activation.GELU));
    forms.put(
        "x as values",
        additive(2).withRows(linear(random, WIDTH, 37), Activation.RELU).withInputAsValues());
    forms.put("x as values of normed rows", gated(1).withRows(norm(WIDTH, 1)).withInputAsValues());
    forms.put("x as values of x", additive(2).withInputAsValues());
    forms.put("many heads with a value map", additive(20).withValues(linear(random, 6, WIDTH)));
  }

  private void addStatistics() {
    forms.put("mean and deviation", gated(HEADS).withStandardDeviation(0));
    forms.put(
        "mean and deviation of a value map",
        additive(1)
            .withValues(linear(random, 17, WIDTH))
            .withStandardDeviation(1e-3f)
            .withSoftmaxEpsilon(2));
    forms.put(
        "attentive statistics",
        AttentionParameters.of(
                List.of(linear(random, UNITS, WIDTH), Activation.TANH),
                List.of(linear(random, WIDTH, UNITS)))
            .withSoftmaxPerChannel()
            .withStandardDeviation(1e-4f)
            .withOutput(linear(random, 5, 2 * WIDTH), batchNorm(5)));
    forms.put(
        "softmax per channel of a value map",
        AttentionParameters.of(
                List.of(linear(random, UNITS, WIDTH), batchNorm(UNITS), Activation.RELU),
                List.of(linear(random, 10, UNITS)))
            .withValues(linear(random, 10, WIDTH))
            .withSoftmaxPerChannel()
            .withSoftmaxEpsilon(1));
    forms.put(
        "softmax of a single channel",
        additive(1).withValues(linear(random, 1, WIDTH)).withSoftmaxPerChannel());
    forms.put(
        "softmax per channel of x, step bias, deviation",
        AttentionParameters.of(
                List.of(linear(random, UNITS, WIDTH), Activation.TANH),
                List.of(linear(random, 31, UNITS), stepBias(), new Divide(2)))
            .withRows(linear(random, WIDTH, 31), Activation.RELU)
            .withInputAsValues()
            .withSoftmaxPerChannel()
            .withStandardDeviation(0));
  }

  private void addOutputs() {
    forms.put(
        "output per head and a stack",
        gated(HEADS)
            .withOutput(
                HeadCombination.PER_HEAD,
                linear(random, HEADS, WIDTH),
                Activation.RELU,
                linear(random, 5, HEADS),
                Activation.SIGMOID));
    forms.put(
        "output per head of 70 heads",
        additive(70).withOutput(HeadCombination.PER_HEAD, linear(random, 70, WIDTH)));
    forms.put(
        "output stack over the mean",
        additive(HEADS)
            .withOutput(
                HeadCombination.MEAN, norm(WIDTH, 1), linear(random, 6, WIDTH), Activation.TANH));
    forms.put(
        "output stack over all heads",
        additive(HEADS)
            .withOutput(linear(random, 20, HEADS * WIDTH), Activation.RELU, linear(random, 4, 20)));
    forms.put(
        "output per head of means and deviations",
        additive(HEADS)
            .withStandardDeviation(0)
            .withOutput(HeadCombination.PER_HEAD, linear(random, HEADS, 2 * WIDTH)));
  }
}
