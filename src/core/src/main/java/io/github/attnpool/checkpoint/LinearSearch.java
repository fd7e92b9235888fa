package io.github.attnpool.checkpoint;

import io.github.attnpool.checkpoint.LinearNames.Choice;
import io.github.attnpool.checkpoint.NameTemplate.Wildcard;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.internal.io.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Looks for the linear maps of a layer below a prefix, and notes what is wrong with them. */
final class LinearSearch {
  private final TensorIndex index;
  private final String prefix;
  private final List<String> problems = new ArrayList<>();
  private int present;
  private int missing;

  LinearSearch(TensorIndex index, String prefix) {
    this.index = index;
    this.prefix = prefix;
  }

  /** Pieces of sentences that say what is missing, or is there and was to be otherwise. */
  List<String> problems() {
    return problems;
  }

  /** How many of the maps looked for are there, sound or not. */
  int present() {
    return present;
  }

  /** How many maps that have to be there are not. */
  int missing() {
    return missing;
  }

  /**
   * The tensors of the first of the names that is there.
   *
   * @return null if none is, or what is there is not sound
   */
  LinearTensors find(Part part, LinearNames names) {
    for (Choice choice : names.choices()) {
      List<String> numbers = index.find(prefix, choice.weight());
      if (!numbers.isEmpty()) {
        present++;
        return areSound(choice.weight(), numbers) ? tensors(choice, numbers) : null;
      }
    }
    if (names.isOptional()) {
      names.choices().forEach(this::checkNoBias);
      return null;
    }
    missing++;
    return refuse(
        "there is no tensor %s %s"
            .formatted(
                names.choices().stream()
                    .map(choice -> shown(choice.weight()))
                    .collect(Collectors.joining(" or ")),
                part.shape(names.choices().getFirst().transposed())));
  }

  private void checkNoBias(Choice choice) {
    if (choice.bias() != null && !index.find(prefix, choice.bias()).isEmpty()) {
      refuse("there is %s without %s".formatted(shown(choice.bias()), shown(choice.weight())));
    }
  }

  private boolean areSound(NameTemplate weight, List<String> numbers) {
    if (weight.wildcard() == Wildcard.ONE && numbers.size() > 1) {
      refuse(
          "there are %s and %s, must be only one of %s"
              .formatted(
                  name(weight, numbers.get(0)), name(weight, numbers.get(1)), shown(weight)));
      return false;
    }
    int last = weight.wildcard() == Wildcard.ALL ? Integer.parseInt(numbers.getLast()) : 0;
    if (last != numbers.size() - 1) {
      refuse(
          "there are %d of %s, the last %s, must be all from 0"
              .formatted(numbers.size(), shown(weight), name(weight, numbers.getLast())));
      return false;
    }
    return true;
  }

  private LinearTensors tensors(Choice choice, List<String> numbers) {
    List<Tensor> weights = new ArrayList<>();
    List<Tensor> biases = new ArrayList<>();
    long outputs = 0;
    MapShape first = null;
    for (String number : numbers) {
      Tensor weight = index.get(prefix + choice.weight().with(number));
      MapShape shape = MapShape.of(weight, choice.transposed());
      if (shape == null) {
        return refuse(MapShape.problem(weight));
      }
      first = first == null ? shape : first;
      if (shape.inputs() != first.inputs()) {
        return refuse(
            "%s, must take %d values as those before it do"
                .formatted(MapShape.is(weight), first.inputs()));
      }
      weights.add(weight);
      outputs += shape.outputs();
      Tensor bias = choice.bias() == null ? null : index.get(prefix + choice.bias().with(number));
      if (bias != null) {
        if (!MapShape.isBias(bias, shape.outputs())) {
          return refuse(MapShape.biasProblem(bias, shape.outputs()));
        }
        biases.add(bias);
      }
    }
    if (!biases.isEmpty() && biases.size() < weights.size()) {
      return refuse(
          "there are %d of %s, must be %d as of %s"
              .formatted(
                  biases.size(), shown(choice.bias()), weights.size(), shown(choice.weight())));
    }
    if (outputs > MapShape.MOST || outputs * first.inputs() > MapShape.MOST) {
      return refuse(
          "%s, too many values for a Java array".formatted(MapShape.is(weights.getFirst())));
    }
    return new LinearTensors(
        weights, biases, choice.transposed(), (int) outputs, (int) first.inputs());
  }

  private LinearTensors refuse(String problem) {
    problems.add(problem);
    return null;
  }

  private String shown(NameTemplate name) {
    return "'" + Shown.text(prefix + name) + "'";
  }

  private String name(NameTemplate name, String number) {
    return "'" + Shown.text(prefix + name.with(number)) + "'";
  }
}
