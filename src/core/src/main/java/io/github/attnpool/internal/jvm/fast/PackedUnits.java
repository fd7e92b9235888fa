package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Step;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.internal.maps.ScoreForm;
import java.util.ArrayList;
import java.util.List;

/** Units of any form as the kernels compute them, shared by all threads. */
final class PackedUnits {
  final PackedStage upToFirst; // from the scored rows, without bias and query term
  final PackedStage after; // from there to what the gate multiplies
  final PackedStage gate; // from the scored rows
  final boolean isGated;
  final PackedStage toScores; // to what the score map takes, or to the scores of a row

  PackedUnits(LayerForm form, TileKernels kernels) {
    this.upToFirst = new PackedStage(form.hidden().upToFirst(), form.rowWidth(), kernels);
    this.after = new PackedStage(form.hidden().after(), upToFirst.width(), kernels);
    this.gate = new PackedStage(form.gate(), form.rowWidth(), kernels);
    this.isGated = !form.gate().isEmpty();
    ScoreForm score = form.score();
    List<Step> steps = new ArrayList<>(score.before());
    if (score.isByRow()) {
      steps.add(score.map());
      steps.addAll(score.after());
    }
    this.toScores = new PackedStage(steps, after.width(), kernels);
  }
}
