package io.github.attnpool.checkpoint;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Names of one linear map's tensors in a file: its weight, [outputs, inputs], and its bias,
 * [outputs].
 *
 * <p>A name may hold one wildcard. {@code #} stands for a number, which has to be the only one that
 * is there: {@code net.#} is {@code net.0} or {@code net.3}, but not both. {@code *} stands for all
 * the numbers from 0, whose maps are put one after the other: {@code classifiers.*} with three
 * classifiers of one output each is one map with three outputs.
 *
 * <p>A weight may have trailing dimensions of size 1, as those of 1x1 convolutions do. Immutable.
 */
public final class LinearNames {
  private final List<Choice> choices;
  private final boolean optional;

  /** Names that the map may have. */
  record Choice(NameTemplate weight, Optional<NameTemplate> bias, boolean transposed) {}

  private LinearNames(List<Choice> choices, boolean optional) {
    this.choices = List.copyOf(choices);
    this.optional = optional;
  }

  /**
   * Names a module's tensors as PyTorch does: NAME.weight and, if it is there, NAME.bias.
   *
   * @param name name of the module
   * @return the names
   */
  public static LinearNames module(String name) {
    return tensors(name + ".weight", name + ".bias");
  }

  /**
   * Names a weight, and no bias.
   *
   * @param weight name of the weight
   * @return the names
   */
  public static LinearNames tensor(String weight) {
    Choice choice = new Choice(NameTemplate.of(weight), Optional.empty(), false);
    return new LinearNames(List.of(choice), false);
  }

  /**
   * Names a weight and, if it is there, a bias.
   *
   * @param weight name of the weight
   * @param bias name of the bias
   * @return the names
   * @throws AttnPoolException if one has a wildcard and the other has not
   */
  public static LinearNames tensors(String weight, String bias) {
    NameTemplate weightName = NameTemplate.of(weight);
    NameTemplate biasName = NameTemplate.of(bias);
    if (weightName.wildcard() != biasName.wildcard()) {
      throw new AttnPoolException(
          "tensor names",
          "'%s' and '%s' must have the same wildcard"
              .formatted(Shown.text(weight), Shown.text(bias)));
    }
    return new LinearNames(List.of(new Choice(weightName, Optional.of(biasName), false)), false);
  }

  /**
   * {@return these names for a weight that is stored as [inputs, outputs], as Keras does} A weight
   * of one dimension is then that of a map with one output.
   */
  public LinearNames transposed() {
    return new LinearNames(
        choices.stream().map(choice -> new Choice(choice.weight, choice.bias, true)).toList(),
        optional);
  }

  /** {@return these names for a map that may be missing; the layer is then without it} */
  public LinearNames optional() {
    return new LinearNames(choices, true);
  }

  /**
   * {@return these names with others to fall back on if there is no weight of these}
   *
   * @param others names to try next
   */
  public LinearNames or(LinearNames others) {
    List<Choice> all = new ArrayList<>(choices);
    all.addAll(others.choices);
    return new LinearNames(all, optional);
  }

  List<Choice> choices() {
    return choices;
  }

  boolean isOptional() {
    return optional;
  }
}
