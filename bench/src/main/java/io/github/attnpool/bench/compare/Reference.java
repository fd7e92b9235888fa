package io.github.attnpool.bench.compare;

import io.github.attnpool.Linear;
import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.Inputs;
import io.github.attnpool.bench.peer.Result;
import java.util.stream.IntStream;

/**
 * The layer in float64, of an input as it is given: the truth that accuracy is stated against.
 * Computes the first sequences of a batch only, as many as are affordable, and at least one.
 */
final class Reference {
  private static final double AFFORDABLE_FLOPS = 4e9;

  private final BenchShape shape;
  private final int sequences;
  private final double[] context; // [sequences, H]
  private final double[] weights; // [sequences, T]

  private Reference(BenchShape shape, int sequences) {
    this.shape = shape;
    this.sequences = sequences;
    this.context = new double[sequences * shape.width()];
    this.weights = new double[sequences * shape.steps()];
  }

  static Reference of(BenchModel model, Inputs inputs, int index) {
    BenchShape shape = model.shape();
    double flopsEach = shape.flops() / shape.batch();
    int sequences = Math.clamp((long) (AFFORDABLE_FLOPS / flopsEach), 1, shape.batch());
    Reference reference = new Reference(shape, sequences);
    reference.score(model, inputs, index);
    for (int sequence = 0; sequence < sequences; sequence++) {
      reference.pool(inputs, index, sequence);
    }
    return reference;
  }

  /** The largest relative error ‖c − c*‖ / ‖c*‖ of a sequence's context. */
  double contextError(Result result) {
    return largestError(context, result.context(), shape.width());
  }

  /** The largest relative error of a sequence's weights. */
  double weightsError(Result result) {
    return largestError(weights, result.weights(), shape.steps());
  }

  private double largestError(double[] expected, float[] actual, int size) {
    double largest = 0;
    for (int sequence = 0; sequence < sequences; sequence++) {
      double difference = 0;
      double norm = 0;
      for (int i = sequence * size; i < (sequence + 1) * size; i++) {
        double delta = actual[i] - expected[i];
        difference += delta * delta;
        norm += expected[i] * expected[i];
      }
      double error = Math.sqrt(difference / norm);
      // Math.max keeps a NaN.
      largest = Math.max(largest, error);
    }
    return largest;
  }

  private void score(BenchModel model, Inputs inputs, int index) {
    Linear hidden = model.parameters().hidden().orElseThrow();
    Linear score = model.parameters().score();
    double[] transposed = transposed(hidden);
    float[] bias = hidden.bias().orElseThrow();
    float[] a = score.weight();
    double c = score.bias().orElseThrow()[0];
    IntStream.range(0, weights.length)
        .parallel()
        .forEach(
            row -> {
              double[] u = new double[bias.length];
              for (int d = 0; d < u.length; d++) {
                u[d] = bias[d];
              }
              for (int h = 0; h < shape.width(); h++) {
                addScaled(u, inputs.element(index, (long) row * shape.width() + h), transposed, h);
              }
              double sum = c;
              for (int d = 0; d < u.length; d++) {
                sum += a[d] * Math.tanh(u[d]);
              }
              weights[row] = sum;
            });
  }

  private static void addScaled(double[] u, double factor, double[] matrix, int row) {
    int base = row * u.length;
    for (int d = 0; d < u.length; d++) {
      u[d] += factor * matrix[base + d];
    }
  }

  private void pool(Inputs inputs, int index, int sequence) {
    int first = sequence * shape.steps();
    int end = first + shape.steps();
    double maximum = Double.NEGATIVE_INFINITY;
    for (int row = first; row < end; row++) {
      maximum = Math.max(maximum, weights[row]);
    }
    double sum = 0;
    for (int row = first; row < end; row++) {
      weights[row] = Math.exp(weights[row] - maximum);
      sum += weights[row];
    }
    for (int row = first; row < end; row++) {
      weights[row] /= sum;
      for (int h = 0; h < shape.width(); h++) {
        context[sequence * shape.width() + h] +=
            weights[row] * inputs.element(index, (long) row * shape.width() + h);
      }
    }
  }

  private static double[] transposed(Linear map) {
    float[] weight = map.weight();
    double[] result = new double[weight.length];
    for (int o = 0; o < map.outputs(); o++) {
      for (int i = 0; i < map.inputs(); i++) {
        result[i * map.outputs() + o] = weight[o * map.inputs() + i];
      }
    }
    return result;
  }
}
