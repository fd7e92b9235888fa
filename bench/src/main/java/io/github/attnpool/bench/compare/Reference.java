package io.github.attnpool.bench.compare;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.Inputs;
import io.github.attnpool.bench.peer.Result;
import io.github.attnpool.testkit.DoubleLayer;
import io.github.attnpool.testkit.DoubleMap;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The layer in float64, of an input as it is given: errors are measured against it. Computes only
 * the first sequences of a batch, as many as are affordable, and at least one.
 */
final class Reference {
  private static final double AFFORDABLE_FLOPS = 4e9;
  private static final int CHUNK = 256; // rows of a task

  private final BenchShape shape;
  private final AttentionParameters parameters;
  private final int heads; // or channels
  private final int contextValues; // of a sequence
  private final double[] context; // [sequences, contexts, width]
  private final double[] weights; // [sequences, R, T]

  private Reference(BenchModel model, int sequences) {
    this.shape = model.shape();
    this.parameters = model.parameters();
    this.heads = parameters.heads();
    this.contextValues = parameters.contexts() * parameters.width();
    this.context = new double[sequences * contextValues];
    this.weights = new double[sequences * heads * shape.steps()];
  }

  static Reference of(BenchModel model, Inputs inputs, int index) {
    BenchShape shape = model.shape();
    double flopsEach = shape.flops() / shape.batch();
    int sequences = Math.clamp((long) (AFFORDABLE_FLOPS / flopsEach), 1, shape.batch());
    Reference reference = new Reference(model, sequences);
    DoubleLayer layer = new DoubleLayer(model.parameters());
    for (int sequence = 0; sequence < sequences; sequence++) {
      reference.pool(layer, inputs, index, sequence);
    }
    return reference;
  }

  /** Returns the largest relative error ‖c − c*‖ / ‖c*‖ of the context of a head. */
  double contextError(Result result) {
    return largestError(context, result.context(), parameters.width());
  }

  /** Returns the largest relative error of the weights of a head and sequence. */
  double weightsError(Result result) {
    return largestError(weights, result.weights(), shape.steps());
  }

  private static double largestError(double[] expected, float[] actual, int size) {
    double largest = 0;
    for (int from = 0; from < expected.length; from += size) {
      double difference = 0;
      double norm = 0;
      for (int i = from; i < from + size; i++) {
        double delta = actual[i] - expected[i];
        difference += delta * delta;
        norm += expected[i] * expected[i];
      }
      // Math.max keeps a NaN.
      largest = Math.max(largest, Math.sqrt(difference / norm));
    }
    return largest;
  }

  /** Pools a sequence in chunks of rows, each with its own softmax; the states are merged. */
  private void pool(DoubleLayer layer, Inputs inputs, int index, int sequence) {
    double[] query =
        shape.form().asked()
            ? doubles(inputs.queries(index).toArray(JAVA_FLOAT), sequence * shape.units())
            : new double[0];
    double[] term = layer.term(query);
    List<PooledDouble> states =
        IntStream.range(0, Math.ceilDiv(shape.steps(), CHUNK))
            .parallel()
            .mapToObj(chunk -> chunk(layer, inputs, index, sequence, term, chunk * CHUNK))
            .toList();
    PooledDouble whole = new PooledDouble(parameters);
    states.forEach(whole::merge);
    whole.context(context, sequence * contextValues);
    for (int head = 0; head < heads; head++) {
      int first = (sequence * heads + head) * shape.steps();
      for (int row = first; row < first + shape.steps(); row++) {
        weights[row] = whole.weight(head, weights[row]);
      }
    }
  }

  private double[] doubles(float[] values, int from) {
    return IntStream.range(from, from + shape.units()).mapToDouble(i -> values[i]).toArray();
  }

  private PooledDouble chunk(
      DoubleLayer layer, Inputs inputs, int index, int sequence, double[] term, int first) {
    PooledDouble state = new PooledDouble(parameters);
    int end = Math.min(shape.steps(), first + CHUNK);
    for (int from = first; from < end; from += DoubleMap.ROWS) {
      double[][] rows = layer.rows(read(inputs, index, sequence, from));
      double[][] scores = layer.scores(rows, term);
      double[][] values = layer.values(rows);
      for (int row = 0; row < Math.min(DoubleMap.ROWS, end - from); row++) {
        state.add(scores[row], values[row]);
        for (int head = 0; head < heads; head++) {
          weights[(sequence * heads + head) * shape.steps() + from + row] = scores[row][head];
        }
      }
    }
    return state;
  }

  /** Reads rows from one on; after the last, zeros. */
  private double[][] read(Inputs inputs, int index, int sequence, int from) {
    double[][] x = new double[DoubleMap.ROWS][shape.width()];
    for (int row = 0; row < Math.min(x.length, shape.steps() - from); row++) {
      long first = ((long) sequence * shape.steps() + from + row) * shape.width();
      Arrays.setAll(x[row], i -> inputs.element(index, first + i));
    }
    return x;
  }
}
