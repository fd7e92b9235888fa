package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.Activation;
import io.github.attnpool.Linear;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.lifetime.Releases;
import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.LinearArrays;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.internal.maps.UnitScores;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A layer's parameters in native memory: packed for oneDNN, or as the kernels read them. */
final class NativeParameters implements AutoCloseable {
  private static final long ALIGNMENT = 64;
  private static final int FEW_ROWS = 16; // of one multiplication of what comes once a sequence

  private final PlainLayer parameters;
  private final Precision precision;
  private final Releases handles = new Releases();
  private final Arena arena = Arena.ofShared();
  private final @Nullable Matmul projection; // null without one
  private final long projectionBias; // 0 where there is none
  private final @Nullable Matmul hidden; // null in the linear form
  private final @Nullable Matmul query; // null without a query map
  private final @Nullable Matmul output; // null without an output layer
  private final UnitScores scores;

  /**
   * @param precision of the projection and of the hidden units
   * @param rows most rows in one multiplication of those
   */
  NativeParameters(PlainLayer parameters, Precision precision, int rows) {
    this.parameters = parameters;
    this.precision = precision;
    handles.own(arena::close);
    try {
      OneDnn.Type type = precision == Precision.BF16 ? OneDnn.Type.BF16 : OneDnn.Type.F32;
      this.projection = own(parameters.projection(), type, false, rows);
      this.projectionBias = bias(parameters.projection());
      this.hidden =
          own(parameters.hidden().map(_ -> EffectiveMaps.hidden(parameters)), type, false, rows);
      this.query =
          own(
              parameters
                  .query()
                  .map(
                      map ->
                          LinearArrays.keep(
                              map.outFeatures(),
                              map.inFeatures(),
                              LinearArrays.weight(map),
                              EffectiveMaps.biasWithQuery(parameters))),
              OneDnn.Type.F32,
              true,
              FEW_ROWS);
      this.output =
          own(
              parameters.outputLayer().map(_ -> EffectiveMaps.output(parameters)),
              OneDnn.Type.F32,
              true,
              FEW_ROWS);
      this.scores = scores();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private @Nullable Matmul own(Optional<Linear> map, OneDnn.Type type, boolean withBias, int rows) {
    if (map.isEmpty()) {
      return null;
    }
    Matmul matmul = new Matmul(map.get(), type, withBias, rows);
    handles.own(matmul::close);
    return matmul;
  }

  private UnitScores scores() {
    Linear score = EffectiveMaps.score(parameters);
    return new UnitScores(
        parameters.heads(),
        score.inFeatures(),
        parameters.activation(),
        bias(parameters.hidden()),
        parameters.gate().map(gate -> copy(EffectiveMaps.bias(gate))).orElse(0L),
        copy(LinearArrays.weight(score)),
        copy(EffectiveMaps.bias(score)));
  }

  private long bias(Optional<Linear> map) {
    return map.flatMap(LinearArrays::bias).map(this::copy).orElse(0L);
  }

  private long copy(float[] values) {
    MemorySegment copy = arena.allocate((long) values.length * Float.BYTES, ALIGNMENT);
    MemorySegment.copy(values, 0, copy, JAVA_FLOAT, 0, values.length);
    return copy.address();
  }

  Precision precision() {
    return precision;
  }

  /** Values in a row of x. */
  int inputWidth() {
    return parameters.inputWidth();
  }

  /** Values in a pooled row. */
  int width() {
    return parameters.width();
  }

  int heads() {
    return parameters.heads();
  }

  /** Null without an input projection. */
  @Nullable Matmul projection() {
    return projection;
  }

  /** Address, or 0. */
  long projectionBias() {
    return projectionBias;
  }

  Activation projectionActivation() {
    return parameters.projectionActivation();
  }

  /** W, or [W;V]; null in the linear form. */
  @Nullable Matmul hidden() {
    return hidden;
  }

  /** From queries to biases of the hidden units; null where queries are terms themselves. */
  @Nullable Matmul query() {
    return query;
  }

  /** Over all heads' contexts; null without an output layer. */
  @Nullable Matmul output() {
    return output;
  }

  /** From hidden units, or in the linear form from rows, to scores. */
  UnitScores unitScores() {
    return scores;
  }

  @Override
  public void close() {
    handles.close();
  }
}
