package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.internal.maps.LinearArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A layer's maps as the kernels multiply them, shared by all threads. The first hidden map and a
 * plain gate are without bias, which is added after the sum: so the same bits come from hidden
 * units that are kept before the bias.
 */
final class PackedLayer {
  final PackedStage rows;
  final @Nullable PackedWeights hidden; // null unless units are plain; null in the linear form
  final @Nullable PackedWeights gate; // null without a plain one
  final @Nullable PackedUnits units; // null where they are plain
  final PackedStage values; // from the scored rows
  final @Nullable PackedStage valueMap; // of what is pooled; null without one
  final @Nullable PackedStage query; // gives query term and bias; null without query steps
  final float @Nullable [] perHead; // the first output map, [R, width]; null without one
  final float[] perHeadBias;
  final PackedStage output; // from the contexts, or from what the map per head gives
  final float[] bias; // of the first hidden map, filled up to whole vectors; empty without one
  final float[] gateBias; // filled up; empty without a plain gate
  final float[] a; // [R, units filled up], unless scores are computed row by row
  final float[] c; // [R]
  final PackedStage afterScores; // of one score at a time

  PackedLayer(LayerForm form, TileKernels kernels) {
    this.rows = new PackedStage(form.rows(), form.inputWidth(), kernels);
    boolean plain = form.hasPlainUnits();
    Optional<Linear> first = form.hidden().first();
    Optional<Linear> plainGate = form.plainGate();
    this.hidden =
        plain ? first.map(map -> kernels.pack(EffectiveMaps.withoutBias(map))).orElse(null) : null;
    this.gate = plainGate.map(map -> kernels.pack(EffectiveMaps.withoutBias(map))).orElse(null);
    this.units = plain ? null : new PackedUnits(form, kernels);
    this.values = new PackedStage(form.values().steps(), form.rowWidth(), kernels);
    this.valueMap =
        form.values()
            .map()
            .map(map -> new PackedStage(List.of(map), map.inFeatures(), kernels))
            .orElse(null);
    this.bias = first.map(map -> bias(map, kernels)).orElseGet(() -> new float[0]);
    this.gateBias = plainGate.map(map -> bias(map, kernels)).orElseGet(() -> new float[0]);
    this.query = form.query().isEmpty() ? null : query(form, kernels);
    Optional<Linear> headMap = form.output().perHead();
    int contexts = Math.multiplyExact(form.contexts(), form.contextWidth());
    this.perHead = headMap.map(LinearArrays::weight).orElse(null);
    this.perHeadBias = headMap.map(EffectiveMaps::bias).orElseGet(() -> new float[0]);
    this.output =
        new PackedStage(
            form.output().steps(), headMap.map(Linear::outFeatures).orElse(contexts), kernels);
    Linear score = form.score().map();
    int padded = Padding.up(score.inFeatures(), kernels.lanes());
    this.a =
        form.score().isByRow()
            ? new float[0]
            : Padding.rows(
                LinearArrays.weight(score), score.outFeatures(), score.inFeatures(), padded);
    this.c = EffectiveMaps.bias(score);
    this.afterScores =
        new PackedStage(form.score().isByRow() ? List.of() : form.score().after(), 1, kernels);
  }

  /** The query's steps, with the bias of the first hidden map added to what they give. */
  private PackedStage query(LayerForm form, TileKernels kernels) {
    List<Step> steps = new ArrayList<>(form.query());
    if (steps.getLast() instanceof Linear map) {
      steps.set(steps.size() - 1, EffectiveMaps.plus(map, form.hidden().first().orElseThrow()));
      return new PackedStage(steps, form.queryWidth(), kernels);
    }
    return new PackedStage(steps, form.queryWidth(), kernels).plus(bias);
  }

  private static float[] bias(Linear map, TileKernels kernels) {
    return Arrays.copyOf(EffectiveMaps.bias(map), Padding.up(map.outFeatures(), kernels.lanes()));
  }
}
