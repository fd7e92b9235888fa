package io.github.attnpool.internal.onednn;

import io.github.attnpool.Activation;
import io.github.attnpool.Step;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.internal.maps.ScoreForm;
import io.github.attnpool.internal.onednn.StageProgram.Maps;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Units of any form: the stages that give them, in native memory. Bias and query term of the first
 * map, and the activation after it, come between the first two stages.
 */
final class NativeUnits {
  private final StageProgram upToFirst;
  private final Activation firstActivation;
  private final StageProgram after;
  private final StageProgram gate;
  private final StageProgram toScores;
  private final boolean hasFirst;

  NativeUnits(NativeParameters parameters) {
    LayerForm form = parameters.form();
    int rows = parameters.maxRows();
    Maps maps = Maps.of(parameters.precision());
    this.hasFirst = form.hidden().first().isPresent();
    this.upToFirst = parameters.stage(form.hidden().upToFirst(), form.rowWidth(), maps, rows);
    List<Step> rest = new ArrayList<>(form.hidden().after());
    boolean activates = hasFirst && !rest.isEmpty() && rest.getFirst() instanceof Activation;
    this.firstActivation = activates ? (Activation) rest.removeFirst() : Activation.IDENTITY;
    this.after = parameters.stage(rest, upToFirst.width(), maps, rows);
    this.gate = parameters.stage(form.gate(), form.rowWidth(), maps, rows);
    ScoreForm score = form.score();
    List<Step> steps = new ArrayList<>(score.before());
    if (score.isByRow()) {
      steps.add(score.map());
      steps.addAll(score.after());
    }
    this.toScores = parameters.stage(steps, after.width(), Maps.WITH_BIAS, rows);
  }

  /** Values in the widest row between the steps. */
  int widest() {
    return Stream.of(upToFirst, after, gate, toScores)
        .mapToInt(StageProgram::widest)
        .max()
        .orElseThrow();
  }

  /** From the scored rows through the first map, without its bias. */
  StageProgram upToFirst() {
    return upToFirst;
  }

  /** Whether there is a first map, to whose results a bias is added. */
  boolean hasFirst() {
    return hasFirst;
  }

  /** What is applied right after the bias. */
  Activation firstActivation() {
    return firstActivation;
  }

  /** From there to what the gate multiplies. */
  StageProgram after() {
    return after;
  }

  /** From the scored rows to the gate; empty without one. */
  StageProgram gate() {
    return gate;
  }

  /** From the gated units to what the score map takes, or to the scores of a row. */
  StageProgram toScores() {
    return toScores;
  }

  /** Whether bias and activation of the first map are left to the kernel of the score map. */
  boolean leavesActivation() {
    return hasFirst && after.isEmpty() && gate.isEmpty() && toScores.isEmpty();
  }

  /** What the kernel of the score map applies to the units. */
  Activation lastActivation() {
    return leavesActivation() ? firstActivation : Activation.IDENTITY;
  }
}
