package io.github.attnpool.testkit;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.maps.PlainLayer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The layer's formulas for one row, in plain float64 loops, and to first order what float32 may
 * make of them.
 *
 * <p><b>Rounding.</b> A sum of float32 numbers is taken to be off by up to 2^-24 of the absolute
 * sum of its terms: one rounding of each. (More roundings happen, but of partial sums, of either
 * sign; the worst that could be is as many times that as there are terms, and says nothing.) An
 * activation f(z) is off by |f'(z)| times what z is off by, and by an ulp of its own; a product by
 * each factor times the other's error, and a rounding. What a value is off by goes on, times
 * |weight|, into each sum that it is a term of.
 */
public final class RowFormula {
  private static final double ROUNDING = 0x1p-24;
  private static final double ULP = 0x1p-23;

  private final AttentionParameters parameters;
  private final boolean rounds;
  private final Optional<Affine> projection;
  private final Optional<Affine> hidden;
  private final Optional<Affine> gate;
  private final Optional<Affine> query;
  private final Affine score;

  /**
   * @param precision BF16 rounds what is multiplied by the projection, the hidden map and the gate,
   *     and their weights, and nothing else
   */
  public RowFormula(AttentionParameters parameters, Precision precision) {
    this.parameters = parameters;
    this.rounds = precision == Precision.BF16;
    this.projection = PlainLayer.of(parameters).projection().map(this::affine);
    this.hidden = PlainLayer.of(parameters).hidden().map(this::affine);
    this.gate = PlainLayer.of(parameters).gate().map(this::affine);
    this.query = PlainLayer.of(parameters).query().map(Affine::new);
    this.score = new Affine(PlainLayer.of(parameters).score());
  }

  private Affine affine(Linear map) {
    return rounds ? Affine.bfloat16(map) : new Affine(map);
  }

  /** Values, and how far float32 may be off. */
  private static final class Value {
    final double[] value;
    final double[] error;

    Value(double[] value, double[] error) {
      this.value = value;
      this.error = error;
    }
  }

  /** What a row comes to: the row that is pooled, and for each head its score. */
  public static final class Scored {
    public final double[] row;
    public final double[] scores;

    /** Σ |a·u| + |c|, divided by the temperature. */
    public final double[] magnitudes;

    /** How far float32 may be off. */
    public final double[] roundings;

    private Scored(Value row, Value scores, double[] magnitudes) {
      this.row = row.value;
      this.scores = scores.value;
      this.magnitudes = magnitudes;
      this.roundings = scores.error;
    }
  }

  /** Of a row of x, and the query of its sequence, which is empty where there is none. */
  public Scored apply(double[] x, float[] ask) {
    Value row = new Value(x, new double[x.length]);
    if (projection.isPresent()) {
      row =
          activate(PlainLayer.of(parameters).projectionActivation(), affine(projection.get(), row));
    }
    Value units = row;
    if (hidden.isPresent()) {
      units =
          activate(
              PlainLayer.of(parameters).activation(), plus(affine(hidden.get(), row), term(ask)));
    }
    if (gate.isPresent()) {
      units = times(units, activate(Activation.SIGMOID, affine(gate.get(), row)));
    }
    double[] scores = score.apply(units.value);
    double[] magnitudes = score.magnitude(units.value);
    double[] errors = score.stretch(units.error);
    for (int r = 0; r < scores.length; r++) {
      errors[r] += ROUNDING * magnitudes[r];
      scores[r] /= PlainLayer.of(parameters).temperature();
      magnitudes[r] /= PlainLayer.of(parameters).temperature();
      errors[r] /= PlainLayer.of(parameters).temperature();
    }
    return new Scored(row, new Value(scores, errors), magnitudes);
  }

  private Value affine(Affine map, Value x) {
    Value taken = rounds ? rounded(x) : x;
    double[] error = map.stretch(taken.error);
    double[] size = map.magnitude(taken.value);
    Arrays.setAll(error, d -> error[d] + ROUNDING * size[d]);
    return new Value(map.apply(taken.value), error);
  }

  /** To bfloat16. What values are off by vanishes in that, or takes them to a neighbour. */
  private static Value rounded(Value x) {
    double[] value = new double[x.value.length];
    double[] error = new double[x.value.length];
    for (int i = 0; i < value.length; i++) {
      value[i] = Bfloat16.round(x.value[i]);
      double above = Bfloat16.round(x.value[i] + x.error[i]) - value[i];
      double below = value[i] - Bfloat16.round(x.value[i] - x.error[i]);
      error[i] = Math.max(above, below);
    }
    return new Value(value, error);
  }

  /** W_q·query and its bias, or the query itself; zeros without one. */
  private Value term(float[] ask) {
    double[] value = new double[parameters.units()];
    if (ask.length == 0) {
      return new Value(value, new double[value.length]);
    }
    double[] given = new double[ask.length];
    Arrays.setAll(given, i -> ask[i]);
    if (query.isEmpty()) {
      return new Value(given, new double[given.length]);
    }
    double[] error = query.get().magnitude(given);
    Arrays.setAll(error, d -> ROUNDING * error[d]);
    return new Value(query.get().apply(given), error);
  }

  private static Value plus(Value a, Value b) {
    double[] value = a.value.clone();
    double[] error = a.error.clone();
    for (int d = 0; d < value.length; d++) {
      value[d] += b.value[d];
      error[d] += b.error[d] + ROUNDING * Math.abs(b.value[d]);
    }
    return new Value(value, error);
  }

  private static Value activate(Activation f, Value z) {
    double[] value = new double[z.value.length];
    double[] error = new double[z.value.length];
    for (int d = 0; d < value.length; d++) {
      value[d] = ActivationFormula.value(f, z.value[d]);
      double slope = Math.abs(ActivationFormula.slope(f, z.value[d]));
      error[d] = slope * z.error[d] + (f == Activation.IDENTITY ? 0 : ULP * Math.abs(value[d]));
    }
    return new Value(value, error);
  }

  private static Value times(Value a, Value b) {
    double[] value = new double[a.value.length];
    double[] error = new double[a.value.length];
    for (int d = 0; d < value.length; d++) {
      value[d] = a.value[d] * b.value[d];
      error[d] =
          Math.abs(a.value[d]) * b.error[d]
              + Math.abs(b.value[d]) * a.error[d]
              + ROUNDING * Math.abs(value[d]);
    }
    return new Value(value, error);
  }
}
