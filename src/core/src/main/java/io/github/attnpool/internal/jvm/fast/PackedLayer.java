package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Linear;
import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.LinearArrays;
import io.github.attnpool.internal.maps.PlainLayer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A layer's maps as the kernels multiply them, shared by all threads. The hidden map and the gate
 * are without bias, which is added after the sum: so the same bits come from hidden units that are
 * kept before the bias.
 */
final class PackedLayer {
  final @Nullable PackedWeights projection; // null without one
  final @Nullable PackedWeights hidden; // null in the linear form
  final @Nullable PackedWeights gate; // null without one
  final @Nullable PackedWeights query; // gives query term and bias; null without a query map
  final @Nullable PackedWeights output; // over the heads' contexts; null without an output layer
  final float[] bias; // of the hidden map, filled up to whole vectors; empty in the linear form
  final float[] gateBias; // filled up; empty without a gate
  final float[] a; // [R, D filled up], or [R, H filled up] in the linear form
  final float[] c; // [R]

  PackedLayer(PlainLayer parameters, TileKernels kernels) {
    this.projection = parameters.projection().map(kernels::pack).orElse(null);
    this.hidden = parameters.hidden().map(map -> withoutBias(map, kernels)).orElse(null);
    this.gate = parameters.gate().map(map -> withoutBias(map, kernels)).orElse(null);
    this.query =
        parameters
            .query()
            .map(map -> withBias(map, EffectiveMaps.biasWithQuery(parameters), kernels))
            .orElse(null);
    this.output =
        parameters.outputLayer().isPresent()
            ? kernels.pack(EffectiveMaps.output(parameters))
            : null;
    this.bias = parameters.hidden().map(map -> bias(map, kernels)).orElseGet(() -> new float[0]);
    this.gateBias = parameters.gate().map(map -> bias(map, kernels)).orElseGet(() -> new float[0]);
    Linear score = EffectiveMaps.score(parameters);
    int padded = Padding.up(score.inFeatures(), kernels.lanes());
    this.a =
        Padding.rows(LinearArrays.weight(score), score.outFeatures(), score.inFeatures(), padded);
    this.c = EffectiveMaps.bias(score);
  }

  private static PackedWeights withoutBias(Linear map, TileKernels kernels) {
    return kernels.pack(
        LinearArrays.keep(map.outFeatures(), map.inFeatures(), LinearArrays.weight(map)));
  }

  private static PackedWeights withBias(Linear map, float[] bias, TileKernels kernels) {
    return kernels.pack(
        LinearArrays.keep(map.outFeatures(), map.inFeatures(), LinearArrays.weight(map), bias));
  }

  private static float[] bias(Linear map, TileKernels kernels) {
    return Arrays.copyOf(EffectiveMaps.bias(map), Padding.up(map.outFeatures(), kernels.lanes()));
  }
}
