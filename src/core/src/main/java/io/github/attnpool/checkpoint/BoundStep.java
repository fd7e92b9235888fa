package io.github.attnpool.checkpoint;

import io.github.attnpool.Step;
import io.github.attnpool.format.TensorInfo;
import java.util.List;
import java.util.Optional;

/** A step of a layout with the tensors of a file; their data are not read yet. */
sealed interface BoundStep {
  /**
   * A linear map, or one for each head.
   *
   * @param weights one, or one per head
   * @param biases as many, or none
   * @param transposed whether weights are [in, out]
   * @param perHead whether there is one for each head
   */
  record Map(List<TensorInfo> weights, List<TensorInfo> biases, boolean transposed, boolean perHead)
      implements BoundStep {}

  /**
   * A norm, or one for each head.
   *
   * @param batch whether it is a batch norm
   * @param parts one, or one per head
   * @param perHead whether there is one for each head
   */
  record Norm(boolean batch, double epsilon, List<NormTensors> parts, boolean perHead)
      implements BoundStep {}

  /** The tensors of one norm; a mean and a variance belong to a batch norm. */
  record NormTensors(
      Optional<TensorInfo> mean,
      Optional<TensorInfo> variance,
      Optional<TensorInfo> weight,
      Optional<TensorInfo> bias) {

    /** Returns one that says how wide it is. */
    TensorInfo sized() {
      return mean.or(() -> weight).or(() -> bias).orElseThrow();
    }
  }

  /** A bias per row of a sequence. */
  record Bias(TensorInfo values) implements BoundStep {}

  /** A step without tensors. */
  record Fixed(Step step) implements BoundStep {}
}
