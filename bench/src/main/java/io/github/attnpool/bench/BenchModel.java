package io.github.attnpool.bench;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.Linear;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The weights and inputs of a benchmark, from fixed seeds. Weights are drawn as PyTorch initialises
 * {@code nn.Linear}: uniform within ±1/√inputs. x is standard normal, not zeros.
 */
public final class BenchModel {
  private static final long WEIGHTS_SEED = 0x5EED_0001L;
  private static final long INPUT_SEED = 0x5EED_1000L;
  private static final long QUERY_SEED = 0x5EED_2000L;
  private static final int CHUNK = 1 << 16;
  private static final float MIN_VARIANCE = 1e-7f;

  private final BenchShape shape;
  private final AttentionParameters parameters;

  /** Draws the weights for a shape; equal shapes get equal weights. */
  public BenchModel(BenchShape shape) {
    this(shape, draw(shape));
  }

  /** Takes given weights; the inputs are those of any model of that shape. */
  public BenchModel(BenchShape shape, AttentionParameters parameters) {
    this.shape = shape;
    this.parameters = parameters;
  }

  /** Returns the shape. */
  public BenchShape shape() {
    return shape;
  }

  /** Returns the weights. */
  public AttentionParameters parameters() {
    return parameters;
  }

  /** Draws the input of a number, row-major [B,T,H]. */
  public float[] input(int number) {
    float[] x = new float[Math.toIntExact(shape.elements())];
    // In chunks, each with its own seed, because the largest input takes a while.
    IntStream.range(0, Math.ceilDiv(x.length, CHUNK))
        .parallel()
        .forEach(
            chunk -> {
              long seed = INPUT_SEED + ((long) number << Integer.SIZE) + chunk;
              SplittableRandom random = new SplittableRandom(seed);
              int end = Math.min(x.length, (chunk + 1) * CHUNK);
              for (int i = chunk * CHUNK; i < end; i++) {
                x[i] = (float) random.nextGaussian();
              }
            });
    return x;
  }

  /** Draws the queries of the input of a number, row-major [B,D]. */
  public float[] queries(int number) {
    SplittableRandom random = new SplittableRandom(QUERY_SEED + number);
    float[] queries = new float[Math.multiplyExact(shape.batch(), shape.units())];
    for (int i = 0; i < queries.length; i++) {
      queries[i] = (float) random.nextGaussian();
    }
    return queries;
  }

  private static AttentionParameters draw(BenchShape shape) {
    SplittableRandom random = new SplittableRandom(WEIGHTS_SEED);
    BenchForm form = shape.form();
    int units = shape.units();
    int width = shape.rowWidth();
    int scores = form.statistics() ? width : form.heads();
    AttentionParameters drawn =
        units == 0
            ? AttentionParameters.linear(linear(random, scores, width))
            : AttentionParameters.additive(
                linear(random, units, width), linear(random, scores, units));
    if (form.gated()) {
      drawn = drawn.withGate(linear(random, units, width), Activation.SIGMOID);
    }
    if (form.projected() > 0) {
      drawn = drawn.withRows(linear(random, width, shape.width()), form.activation());
    }
    if (form.values() > 0) {
      Linear first = linear(random, form.values(), width);
      Linear second = linear(random, form.values(), form.values());
      drawn = drawn.withValues(first, Activation.RELU, second);
    }
    if (form.statistics()) {
      drawn = drawn.withSoftmaxPerChannel().withStandardDeviation(MIN_VARIANCE);
    }
    if (form.perHead()) {
      drawn =
          drawn.withOutput(HeadCombination.PER_HEAD, linear(random, form.heads(), drawn.width()));
    }
    if (form.query() == BenchForm.Query.MAPPED) {
      drawn = drawn.withQuery(linear(random, units, units));
    }
    return drawn;
  }

  private static Linear linear(SplittableRandom random, int outputs, int inputs) {
    double bound = 1 / Math.sqrt(inputs);
    return Linear.of(
        outputs,
        inputs,
        uniform(random, Math.multiplyExact(outputs, inputs), bound),
        uniform(random, outputs, bound));
  }

  private static float[] uniform(SplittableRandom random, int count, double bound) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-bound, bound);
    }
    return values;
  }
}
