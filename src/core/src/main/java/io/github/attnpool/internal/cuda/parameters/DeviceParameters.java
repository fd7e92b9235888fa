package io.github.attnpool.internal.cuda.parameters;

import io.github.attnpool.Activation;
import io.github.attnpool.Linear;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.nvidia.BlasLt;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.LinearArrays;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.internal.maps.UnitScores;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** A layer's parameters on the device, in the form in which they are multiplied. */
public final class DeviceParameters implements AutoCloseable {
  private final PlainLayer parameters;
  private final GpuType type;
  private final ResidentArrays arrays;
  private final Optional<DeviceMatmul> projection;
  private final long projectionBias; // 0 where there is none
  private final Optional<DeviceMatmul> hidden; // W, or [W;V] with a gate
  private final UnitScores score;
  private final Optional<UnitScores> query;
  private final Optional<UnitScores> output;

  /**
   * @param memory of the current device
   */
  public DeviceParameters(PlainLayer parameters, Precision precision, DeviceMemory memory) {
    this.parameters = parameters;
    this.type = GpuType.of(precision);
    this.arrays = new ResidentArrays(memory);
    try {
      long blas = BlasLt.create();
      arrays.releases().own(() -> BlasLt.destroy(blas));
      boolean tf32 = precision == Precision.TF32;
      this.projection =
          parameters.projection().map(map -> new DeviceMatmul(blas, map, type, tf32, arrays));
      this.projectionBias = bias(parameters.projection());
      this.hidden =
          parameters
              .hidden()
              .map(_ -> EffectiveMaps.hidden(parameters))
              .map(map -> new DeviceMatmul(blas, map, type, tf32, arrays));
      this.score = scoreMap();
      this.query =
          parameters.query().map(map -> linear(map, EffectiveMaps.biasWithQuery(parameters)));
      this.output =
          parameters
              .outputLayer()
              .map(_ -> EffectiveMaps.output(parameters))
              .map(map -> linear(map, EffectiveMaps.bias(map)));
    } catch (RuntimeException | Error e) {
      arrays.releases().closeAfter(e);
      throw e;
    }
  }

  private UnitScores scoreMap() {
    Linear map = EffectiveMaps.score(parameters);
    return new UnitScores(
        map.outFeatures(),
        map.inFeatures(),
        parameters.activation(),
        bias(parameters.hidden()),
        parameters.gate().map(gate -> arrays.vector(EffectiveMaps.bias(gate))).orElse(0L),
        arrays.vector(LinearArrays.weight(map)),
        arrays.vector(EffectiveMaps.bias(map)));
  }

  private UnitScores linear(Linear map, float[] bias) {
    return new UnitScores(
        map.outFeatures(),
        map.inFeatures(),
        Activation.IDENTITY,
        0,
        0,
        arrays.vector(LinearArrays.weight(map)),
        arrays.vector(bias));
  }

  private long bias(Optional<Linear> map) {
    return map.flatMap(LinearArrays::bias).map(arrays::vector).orElse(0L);
  }

  /** Returns the parameters that were uploaded. */
  public PlainLayer source() {
    return parameters;
  }

  /** Returns the type in which rows and weights are multiplied. */
  public GpuType type() {
    return type;
  }

  public int heads() {
    return parameters.heads();
  }

  /** Returns the number of values in a pooled row. */
  public int width() {
    return parameters.width();
  }

  /** Returns the number of hidden units with those of the gate; 0 in the linear form. */
  public int rowUnits() {
    return hidden.map(DeviceMatmul::outputs).orElse(0);
  }

  /** Returns the input projection. */
  public Optional<DeviceMatmul> projection() {
    return projection;
  }

  /** Returns the address of the projection's bias, or 0. */
  public long projectionBias() {
    return projectionBias;
  }

  /** Returns W, or [W;V] with a gate; empty in the linear form. */
  public Optional<DeviceMatmul> hidden() {
    return hidden;
  }

  /** Returns the map from hidden units, or in the linear form from rows, to scores. */
  public UnitScores score() {
    return score;
  }

  /**
   * Returns the map from queries to biases of the hidden units; empty if queries are added as they
   * are.
   */
  public Optional<UnitScores> query() {
    return query;
  }

  /** Returns the map from all heads' contexts to logits; empty without an output layer. */
  public Optional<UnitScores> output() {
    return output;
  }

  /** Returns the rows that fill the device once in the larger multiplication; 0 if not known. */
  public long waveRows() {
    return multiplications()
        .max(Comparator.comparingLong(DeviceMatmul::work))
        .map(DeviceMatmul::waveRows)
        .orElse(0L);
  }

  /** Returns the bytes of scratch memory that multiplications need. */
  public long workspace() {
    return multiplications().mapToLong(DeviceMatmul::workspace).max().orElse(0);
  }

  private Stream<DeviceMatmul> multiplications() {
    return Stream.concat(projection.stream(), hidden.stream());
  }

  @Override
  public void close() {
    arrays.close();
  }
}
