package io.github.attnpool.checkpoint;

import io.github.attnpool.Activation;
import java.util.Optional;

/** A step of a layout: what is computed, and the names of the tensors that it takes. */
sealed interface LayoutStep {
  /**
   * A linear map.
   *
   * @param module name of a module whose weight and bias these are; empty if they are named whole
   * @param weight [out, in]
   * @param bias [out], which a file need not have if the module is named; empty for none
   * @param transposed whether the weight is [in, out]
   */
  record Map(
      Optional<NamePattern> module,
      NamePattern weight,
      Optional<NamePattern> bias,
      boolean transposed)
      implements LayoutStep {}

  /** A layer norm. */
  record LayerNorm(NamePattern module, double epsilon) implements LayoutStep {}

  /** A batch norm as in evaluation. */
  record BatchNorm(NamePattern module, double epsilon) implements LayoutStep {}

  /** An activation. */
  record Apply(Activation activation) implements LayoutStep {}

  /** A bias per row of a sequence. */
  record StepBias(NamePattern tensor) implements LayoutStep {}

  /** A division of the scores. */
  record Divide(float by) implements LayoutStep {}
}
