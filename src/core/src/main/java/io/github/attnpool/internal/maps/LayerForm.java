package io.github.attnpool.internal.maps;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import io.github.attnpool.StepBias;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A layer of any form as the fused plan computes it: which of its steps the tile kernels do at
 * once, and which stay stacks. Batch norms and divisions are folded into maps where they can be.
 */
public final class LayerForm {
  private final AttentionParameters layer;
  private final HiddenForm hidden;
  private final ScoreForm score;
  private final ValueForm values;
  private final OutputForm output;

  private LayerForm(AttentionParameters layer) {
    this.layer = layer;
    this.hidden = new HiddenForm(layer.hidden());
    this.score = ScoreForm.of(layer.score(), layer.isPerChannel());
    this.values = ValueForm.of(layer);
    this.output = OutputForm.of(layer);
  }

  /** Returns the form of a layer. */
  public static LayerForm of(AttentionParameters parameters) {
    return new LayerForm(FoldedNorms.of(parameters));
  }

  /** Returns the number of values in a row of x. */
  public int inputWidth() {
    return layer.inputWidth();
  }

  /** Returns the number of values in a row that is scored. */
  public int rowWidth() {
    return layer.rowWidth();
  }

  /** Returns the steps from x to the rows that are scored; none for x itself. */
  public List<Step> rows() {
    return layer.rows();
  }

  /** Returns the steps to the hidden units. */
  public HiddenForm hidden() {
    return hidden;
  }

  /** Returns the steps to the gate; none without one. */
  public List<Step> gate() {
    return layer.gate();
  }

  /** Returns the steps from a query to its term; none where a query is its term itself. */
  public List<Step> query() {
    return layer.query();
  }

  /** Returns the number of values in a query; 0 if the layer takes none. */
  public int queryWidth() {
    return layer.queryWidth();
  }

  /** Returns the steps to the scores. */
  public ScoreForm score() {
    return score;
  }

  /** Returns what is pooled. */
  public ValueForm values() {
    return values;
  }

  /** Returns the steps from the contexts to the logits. */
  public OutputForm output() {
    return output;
  }

  /**
   * Returns whether one kernel makes scores of what the first maps give: u = f(W·h + b + q) ⊙
   * sigmoid(V·h + v), or u = h, and then the score map. Otherwise units are computed step by step.
   */
  public boolean hasPlainUnits() {
    boolean plainGate =
        layer.gate().isEmpty()
            || (hidden.first().isPresent()
                && layer.gate().size() == 2
                && layer.gate().getFirst() instanceof Linear
                && layer.gate().getLast() == Activation.SIGMOID);
    return hidden.isPlain() && plainGate && score.before().isEmpty() && !score.isByRow();
  }

  /** Returns the gate's map, if it is one with a sigmoid that the kernel of plain units takes. */
  public Optional<Linear> plainGate() {
    return hasPlainUnits() && !layer.gate().isEmpty()
        ? Optional.of((Linear) layer.gate().getFirst())
        : Optional.empty();
  }

  /** Returns the number of scores per row. */
  public int heads() {
    return layer.heads();
  }

  /** Returns the number of units that the score map takes. */
  public int units() {
    return score.map().inFeatures();
  }

  /** Returns the number of values in the bias and query term of a sequence; 0 if it takes none. */
  public int biases() {
    return hidden.first().map(Linear::outFeatures).orElse(0);
  }

  /** Returns how many values the first maps give per row: with a plain gate, those of both. */
  public long firstUnits() {
    return EffectiveMaps.rowUnits(biases(), plainGate().isPresent());
  }

  /** Returns the number of contexts of a sequence. */
  public int contexts() {
    return layer.contexts();
  }

  /** Returns the number of values in a context. */
  public int contextWidth() {
    return layer.width();
  }

  /** Returns ε of the softmax. */
  public float softmaxEpsilon() {
    return layer.softmaxEpsilon();
  }

  /** Returns the least variance of the standard deviation. */
  public float minVariance() {
    return layer.minVariance();
  }

  /** Returns whether each column of the values has a softmax of its own. */
  public boolean isPerChannel() {
    return layer.isPerChannel();
  }

  /** Returns whether contexts hold standard deviations. */
  public boolean hasStandardDeviation() {
    return layer.hasStandardDeviation();
  }

  /** Returns whether scores depend on the place of a row in its sequence. */
  public boolean hasStepBias() {
    return layer.score().stream().anyMatch(StepBias.class::isInstance);
  }

  /** Returns whether rows pass more maps than those that read them first, side by side. */
  public boolean hasSeveralMaps() {
    return Stream.of(layer.rows(), hidden.after(), values.steps())
        .flatMap(List::stream)
        .anyMatch(Linear.class::isInstance);
  }

  /** Returns the multiply-adds of all maps that rows pass, from x to the scores and the values. */
  public long mapsWork() {
    return Stream.of(layer.rows(), layer.hidden(), layer.gate(), values.steps())
        .flatMap(List::stream)
        .filter(Linear.class::isInstance)
        .map(Linear.class::cast)
        .mapToLong(map -> (long) map.inFeatures() * map.outFeatures())
        .sum();
  }
}
