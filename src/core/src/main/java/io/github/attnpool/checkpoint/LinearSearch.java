package io.github.attnpool.checkpoint;

import io.github.attnpool.checkpoint.LinearNames.Choice;
import io.github.attnpool.checkpoint.NameTemplate.Wildcard;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.internal.io.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Looks for the linear maps of a layer below a prefix. */
final class LinearSearch {
  private final TensorIndex index;
  private final String prefix;

  LinearSearch(TensorIndex index, String prefix) {
    this.index = index;
    this.prefix = prefix;
  }

  /** Looks for the map by its first name that has a weight. */
  LinearFit find(Part part, LinearNames names) {
    for (Choice choice : names.choices()) {
      List<String> numbers = index.find(prefix, choice.weight());
      if (!numbers.isEmpty()) {
        return present(choice, numbers);
      }
    }
    return names.isOptional() ? leftOut(names) : missing(part, names);
  }

  private LinearFit missing(Part part, LinearNames names) {
    return new LinearFit.Missing(
        "there is no tensor %s %s"
            .formatted(
                names.choices().stream()
                    .map(choice -> shown(choice.weight()))
                    .collect(Collectors.joining(" or ")),
                part.shape(names.choices().getFirst().transposed())));
  }

  private LinearFit leftOut(LinearNames names) {
    List<String> strayBiases =
        names.choices().stream().flatMap(choice -> strayBias(choice).stream()).toList();
    return strayBiases.isEmpty() ? new LinearFit.LeftOut() : new LinearFit.StrayBias(strayBiases);
  }

  private Optional<String> strayBias(Choice choice) {
    return choice
        .bias()
        .filter(bias -> !index.find(prefix, bias).isEmpty())
        .map(bias -> "there is %s without %s".formatted(shown(bias), shown(choice.weight())));
  }

  private LinearFit present(Choice choice, List<String> numbers) {
    NameTemplate weight = choice.weight();
    if (weight.wildcard() == Wildcard.ONE && numbers.size() > 1) {
      return unsound(
          "there are %s and %s, must be only one of %s"
              .formatted(
                  name(weight, numbers.get(0)), name(weight, numbers.get(1)), shown(weight)));
    }
    int last = weight.wildcard() == Wildcard.ALL ? Integer.parseInt(numbers.getLast()) : 0;
    if (last != numbers.size() - 1) {
      return unsound(
          "there are %d of %s, the last %s, must be all from 0"
              .formatted(numbers.size(), shown(weight), name(weight, numbers.getLast())));
    }
    return tensors(choice, numbers);
  }

  private LinearFit tensors(Choice choice, List<String> numbers) {
    List<Tensor> weights = new ArrayList<>();
    List<Tensor> biases = new ArrayList<>();
    long outputs = 0;
    long inputs = 0;
    for (String number : numbers) {
      Tensor weight = index.get(prefix + choice.weight().with(number)).orElseThrow();
      MapShape shape = MapShape.of(weight, choice.transposed());
      if (shape == null) {
        return unsound(MapShape.problem(weight));
      }
      inputs = weights.isEmpty() ? shape.inputs() : inputs;
      if (shape.inputs() != inputs) {
        return unsound(
            "%s, must take %d values as those before it do".formatted(MapShape.is(weight), inputs));
      }
      weights.add(weight);
      outputs += shape.outputs();
      Optional<Tensor> bias = choice.bias().flatMap(name -> index.get(prefix + name.with(number)));
      if (bias.isPresent() && !MapShape.isBias(bias.get(), shape.outputs())) {
        return unsound(MapShape.biasProblem(bias.get(), shape.outputs()));
      }
      bias.ifPresent(biases::add);
    }
    if (!biases.isEmpty() && biases.size() < weights.size()) {
      return unsound(
          "there are %d of %s, must be %d as of %s"
              .formatted(
                  biases.size(),
                  shown(choice.bias().orElseThrow()),
                  weights.size(),
                  shown(choice.weight())));
    }
    if (outputs > MapShape.MOST || outputs * inputs > MapShape.MOST) {
      return unsound(
          "%s, too many values for a Java array".formatted(MapShape.is(weights.getFirst())));
    }
    return new LinearFit.Found(
        new LinearTensors(weights, biases, choice.transposed(), (int) outputs, (int) inputs));
  }

  private static LinearFit unsound(String reason) {
    return new LinearFit.Unsound(reason);
  }

  private String shown(NameTemplate name) {
    return "'" + Shown.text(prefix + name) + "'";
  }

  private String name(NameTemplate name, String number) {
    return "'" + Shown.text(prefix + name.with(number)) + "'";
  }
}
