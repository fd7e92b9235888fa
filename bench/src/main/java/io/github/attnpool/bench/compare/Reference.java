package io.github.attnpool.bench.compare;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.Inputs;
import io.github.attnpool.bench.peer.Result;
import io.github.attnpool.testkit.DoubleLayer;
import io.github.attnpool.testkit.DoubleMap;
import io.github.attnpool.testkit.DoubleState;
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
  private final double[] context; // [sequences, R, H]
  private final double[] weights; // [sequences, R, T]

  private Reference(BenchShape shape, int sequences) {
    this.shape = shape;
    this.context = new double[sequences * shape.form().heads() * shape.pooledWidth()];
    this.weights = new double[sequences * shape.form().heads() * shape.steps()];
  }

  static Reference of(BenchModel model, Inputs inputs, int index) {
    BenchShape shape = model.shape();
    double flopsEach = shape.flops() / shape.batch();
    int sequences = Math.clamp((long) (AFFORDABLE_FLOPS / flopsEach), 1, shape.batch());
    Reference reference = new Reference(shape, sequences);
    DoubleLayer layer = new DoubleLayer(model.parameters());
    for (int sequence = 0; sequence < sequences; sequence++) {
      reference.pool(layer, inputs, index, sequence);
    }
    return reference;
  }

  /** Returns the largest relative error ‖c − c*‖ / ‖c*‖ of the context of a head. */
  double contextError(Result result) {
    return largestError(context, result.context(), shape.pooledWidth());
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
    List<DoubleState> states =
        IntStream.range(0, Math.ceilDiv(shape.steps(), CHUNK))
            .parallel()
            .mapToObj(chunk -> chunk(layer, inputs, index, sequence, term, chunk * CHUNK))
            .toList();
    DoubleState whole = new DoubleState(shape.form().heads(), shape.pooledWidth());
    states.forEach(whole::merge);
    int heads = shape.form().heads();
    for (int head = 0; head < heads; head++) {
      int place = sequence * heads + head;
      whole.context(head, context, place * shape.pooledWidth());
      for (int row = place * shape.steps(); row < (place + 1) * shape.steps(); row++) {
        weights[row] = whole.weight(head, weights[row]);
      }
    }
  }

  private double[] doubles(float[] values, int from) {
    return IntStream.range(from, from + shape.units()).mapToDouble(i -> values[i]).toArray();
  }

  private DoubleState chunk(
      DoubleLayer layer, Inputs inputs, int index, int sequence, double[] term, int first) {
    int heads = shape.form().heads();
    DoubleState state = new DoubleState(heads, shape.pooledWidth());
    int end = Math.min(shape.steps(), first + CHUNK);
    for (int from = first; from < end; from += DoubleMap.ROWS) {
      double[][] rows = layer.rows(read(inputs, index, sequence, from));
      double[][] scores = layer.scores(rows, term);
      for (int row = 0; row < Math.min(DoubleMap.ROWS, end - from); row++) {
        state.add(scores[row], rows[row]);
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
