package io.github.attnpool.internal.onednn;

import io.github.attnpool.Activation;
import io.github.attnpool.Linear;
import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.internal.maps.LinearArrays;
import io.github.attnpool.internal.maps.UnitScores;
import io.github.attnpool.internal.onednn.StageProgram.Maps;
import java.util.Optional;

/** From contexts to logits, in native memory, shared by all threads. */
final class NativeOutput {
  private final int contexts;
  private final int contextWidth;
  private final long perHead; // the first map, [R, width], if it has a row for each context; or 0
  private final long perHeadBias; // [R]
  private final UnitScores sum; // of the values of a row
  private final StageProgram steps; // from the contexts, or from what the map per head gives

  NativeOutput(NativeParameters parameters, int rows) {
    LayerForm form = parameters.form();
    this.contexts = form.contexts();
    this.contextWidth = form.contextWidth();
    Optional<Linear> map = form.output().perHead();
    NativeArrays arrays = parameters.arrays();
    this.perHead = map.map(each -> arrays.copy(LinearArrays.weight(each))).orElse(0L);
    this.perHeadBias = map.map(each -> arrays.copy(EffectiveMaps.bias(each))).orElse(0L);
    this.sum =
        new UnitScores(
            1,
            contextWidth,
            Activation.IDENTITY,
            0,
            0,
            perHead == 0 ? 0 : arrays.filled(contextWidth, 1),
            arrays.copy(0f));
    int inputs = map.map(Linear::outFeatures).orElse(Math.multiplyExact(contexts, contextWidth));
    this.steps = parameters.stage(form.output().steps(), inputs, Maps.WITH_BIAS, rows);
  }

  int contexts() {
    return contexts;
  }

  int contextWidth() {
    return contextWidth;
  }

  boolean hasMapPerHead() {
    return perHead != 0;
  }

  long perHead() {
    return perHead;
  }

  long perHeadBias() {
    return perHeadBias;
  }

  UnitScores sum() {
    return sum;
  }

  StageProgram steps() {
    return steps;
  }
}
