package io.github.attnpool.testkit;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.Linear;
import io.github.attnpool.internal.maps.PlainLayer;
import java.util.Random;

/**
 * Parameters and batches drawn at random: every form, every way to say which rows take part. Values
 * of x are few enough that F32, BF16 and F16 all hold them.
 */
public final class RandomForms {
  private static final int MAX_WIDTH = 300;
  private static final int USUAL_WIDTH = 48; // of seven in eight: the reference is slow
  private static final float GRID = 64; // values of x are whole multiples of 1/64

  private RandomForms() {}

  /** In half of all draws the textbook module or its linear form, with several heads at times. */
  public static AttentionParameters parameters(Random random) {
    boolean textbook = random.nextBoolean();
    int widest = random.nextInt(8) == 0 ? MAX_WIDTH : USUAL_WIDTH;
    int width = size(random, widest);
    int units = size(random, widest);
    int heads = random.nextInt(4) == 0 ? size(random, 5) : 1;
    AttentionParameters parameters =
        random.nextInt(4) == 0
            ? AttentionParameters.linear(linear(random, heads, width))
            : AttentionParameters.additive(
                linear(random, units, width), linear(random, heads, units));
    if (!textbook) {
      parameters = withMore(random, parameters);
    }
    return random.nextInt(3) == 0 ? withOutput(random, parameters) : parameters;
  }

  private static AttentionParameters withMore(Random random, AttentionParameters textbook) {
    AttentionParameters parameters = textbook;
    int width = parameters.width();
    int units = parameters.units();
    if (units > 0 && random.nextBoolean()) {
      parameters = parameters.withGate(linear(random, units, width), Activation.SIGMOID);
    }
    if (units > 0 && random.nextBoolean()) {
      parameters = parameters.withActivation(activation(random));
    }
    if (units > 0 && random.nextInt(3) == 0) {
      parameters = parameters.withQuery(linear(random, units, size(random, USUAL_WIDTH)));
    }
    if (random.nextInt(3) == 0) {
      Linear projection = linear(random, width, size(random, USUAL_WIDTH));
      parameters = parameters.withRows(projection, activation(random));
    }
    if (random.nextBoolean()) {
      parameters = parameters.withTemperature((float) Math.exp(random.nextDouble(-2, 2)));
    }
    return random.nextInt(4) == 0
        ? parameters.withSoftmaxEpsilon((float) Math.exp(random.nextDouble(-16, 3)))
        : parameters;
  }

  private static AttentionParameters withOutput(Random random, AttentionParameters parameters) {
    int heads = parameters.heads();
    int width = parameters.width();
    HeadCombination taken = oneOf(random, HeadCombination.values());
    int inputs = taken == HeadCombination.CONCAT ? heads * width : width;
    int outputs = taken == HeadCombination.PER_HEAD ? heads : size(random, 20);
    return parameters.withOutput(taken, linear(random, outputs, inputs));
  }

  private static Activation activation(Random random) {
    return oneOf(random, Activation.values());
  }

  private static <E> E oneOf(Random random, E[] values) {
    return values[random.nextInt(values.length)];
  }

  private static Linear linear(Random random, int outputs, int inputs) {
    float scale = (float) (1 / Math.sqrt(inputs));
    float[] weight = uniform(random, outputs * inputs, scale);
    return random.nextBoolean()
        ? Linear.of(outputs, inputs, weight)
        : Linear.of(outputs, inputs, weight, uniform(random, outputs, scale));
  }

  /** A batch for parameters, with queries where they can be; some sequences may be empty. */
  public static Batch batch(Random random, AttentionParameters parameters) {
    Batch batch = rows(random, parameters.inputWidth());
    boolean asked =
        !parameters.query().isEmpty()
            || (PlainLayer.find(parameters).isPresent()
                && parameters.units() > 0
                && random.nextInt(8) == 0);
    return asked
        ? batch.withQueries(uniform(random, batch.batch() * parameters.queryWidth(), 2))
        : batch;
  }

  /** The batch with a bias for its scores, one for all heads or one for each. */
  public static Batch withScoreBias(Random random, AttentionParameters parameters, Batch batch) {
    int heads = random.nextBoolean() ? 1 : parameters.heads();
    return batch.withScoreBias(heads, uniform(random, batch.positions() * heads, 3));
  }

  private static Batch rows(Random random, int width) {
    boolean isLong = random.nextInt(32) == 0; // of several tiles
    int count = size(random, isLong ? 2 : 6);
    int steps = size(random, isLong ? GeneralForms.STEPS : 60);
    if (random.nextInt(4) == 0) {
      int[] offsets = new int[count + 1];
      for (int b = 0; b < count; b++) {
        offsets[b + 1] = offsets[b] + random.nextInt(steps + 1);
      }
      return Batch.ragged(onGrid(random, offsets[count] * width), width, offsets);
    }
    Batch batch = Batch.padded(onGrid(random, count * steps * width), count, steps, width);
    return switch (random.nextInt(3)) {
      case 0 -> batch;
      case 1 -> {
        int[] lengths = new int[count];
        for (int b = 0; b < count; b++) {
          lengths[b] = random.nextInt(steps + 1);
        }
        yield batch.withLengths(lengths);
      }
      default -> {
        boolean[] keep = new boolean[count * steps];
        double share = random.nextDouble();
        for (int i = 0; i < keep.length; i++) {
          keep[i] = random.nextDouble() < share;
        }
        yield batch.withKeep(keep);
      }
    };
  }

  /** 1 to max, small sizes as likely as large ones. */
  private static int size(Random random, int max) {
    return (int) Math.ceil(Math.exp(random.nextDouble() * Math.log(max)));
  }

  private static float[] onGrid(Random random, int count) {
    float[] values = uniform(random, count, 2);
    for (int i = 0; i < count; i++) {
      values[i] = (float) Math.rint(values[i] * GRID) / GRID;
    }
    return values;
  }

  private static float[] uniform(Random random, int count, float scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (2 * random.nextFloat() - 1) * scale;
    }
    return values;
  }
}
