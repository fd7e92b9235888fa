package io.github.attnpool.checkpoint;

import io.github.attnpool.Divide;
import io.github.attnpool.format.TensorInfo;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks for a layout's tensors below a prefix, with one number in place of <code>{n}</code>. What
 * is missing is kept, not thrown.
 */
final class Binding {
  private final Layout layout;
  private final TensorIndex index;
  private final String prefix;
  private final String number;
  private final Map<Stage, List<BoundStep>> stages = new EnumMap<>(Stage.class);
  private final Set<String> used = new TreeSet<>();
  private final List<String> missing = new ArrayList<>();

  Binding(Layout layout, TensorIndex index, String prefix, String number) {
    this.layout = layout;
    this.index = index;
    this.prefix = prefix;
    this.number = number;
    for (Stage stage : Stage.values()) {
      if (!layout.steps(stage).isEmpty()) {
        bind(stage);
      }
    }
  }

  private void bind(Stage stage) {
    int usedBefore = used.size();
    int missingBefore = missing.size();
    List<BoundStep> steps = new ArrayList<>();
    for (LayoutStep step : layout.steps(stage)) {
      bind(step).ifPresent(steps::add);
    }
    boolean absent = layout.fields().optional().contains(stage) && used.size() == usedBefore;
    if (absent) {
      missing.subList(missingBefore, missing.size()).clear();
    } else {
      stages.put(stage, steps);
    }
  }

  private Optional<BoundStep> bind(LayoutStep step) {
    return switch (step) {
      case LayoutStep.Map map -> map(map);
      case LayoutStep.LayerNorm norm -> norm(norm.module(), false, norm.epsilon());
      case LayoutStep.BatchNorm norm -> norm(norm.module(), true, norm.epsilon());
      case LayoutStep.Apply(var activation) -> Optional.of(new BoundStep.Fixed(activation));
      case LayoutStep.Divide(float by) -> Optional.of(new BoundStep.Fixed(new Divide(by)));
      case LayoutStep.StepBias(NamePattern name) -> required(name, 0).map(BoundStep.Bias::new);
    };
  }

  private Optional<BoundStep> map(LayoutStep.Map map) {
    List<TensorInfo> weights = new ArrayList<>();
    List<TensorInfo> biases = new ArrayList<>();
    int count = count(map.weight());
    for (int i = 0; i < count; i++) {
      int head = i;
      required(map.weight(), i).ifPresent(weights::add);
      map.bias()
          .flatMap(name -> map.module().isPresent() ? optional(name, head) : required(name, head))
          .ifPresent(biases::add);
    }
    if (weights.size() < count || count == 0) {
      return Optional.empty();
    }
    if (!biases.isEmpty() && biases.size() < count) {
      NamePattern bias = map.bias().orElseThrow();
      for (int i = 0; i < count; i++) {
        if (index.get(name(bias, i)).isEmpty()) {
          missing.add(name(bias, i)); // all heads have one, or none
        }
      }
      return Optional.empty();
    }
    return Optional.of(
        new BoundStep.Map(weights, biases, map.transposed(), map.weight().hasIndex()));
  }

  private Optional<BoundStep> norm(NamePattern module, boolean batch, double epsilon) {
    NamePattern sized = module.plus(batch ? ".running_mean" : ".weight");
    List<BoundStep.NormTensors> parts = new ArrayList<>();
    int count = count(sized);
    for (int i = 0; i < count; i++) {
      Optional<TensorInfo> mean = batch ? required(sized, i) : Optional.empty();
      Optional<TensorInfo> variance =
          batch ? required(module.plus(".running_var"), i) : Optional.empty();
      Optional<TensorInfo> weight =
          batch ? optional(module.plus(".weight"), i) : required(sized, i);
      Optional<TensorInfo> bias = optional(module.plus(".bias"), i);
      if (batch ? mean.isPresent() && variance.isPresent() : weight.isPresent()) {
        parts.add(new BoundStep.NormTensors(mean, variance, weight, bias));
      }
    }
    return parts.size() < count || count == 0
        ? Optional.empty()
        : Optional.of(new BoundStep.Norm(batch, epsilon, parts, module.hasIndex()));
  }

  /**
   * How many tensors a name stands for; at least 1, so that the first is missed if there is none.
   */
  private int count(NamePattern name) {
    int count = 1;
    while (name.hasIndex() && index.get(name(name, count)).isPresent()) {
      count++;
    }
    return count;
  }

  private String name(NamePattern pattern, int head) {
    return prefix + pattern.with(number, head);
  }

  private Optional<TensorInfo> optional(NamePattern pattern, int head) {
    if (pattern.hasNumber() && number.isEmpty()) {
      return Optional.empty();
    }
    Optional<TensorInfo> tensor = index.get(name(pattern, head));
    tensor.ifPresent(found -> used.add(found.name()));
    return tensor;
  }

  private Optional<TensorInfo> required(NamePattern pattern, int head) {
    Optional<TensorInfo> tensor = optional(pattern, head);
    if (tensor.isEmpty()) {
      missing.add(pattern.hasNumber() && number.isEmpty() ? prefix + pattern : name(pattern, head));
    }
    return tensor;
  }

  Layout layout() {
    return layout;
  }

  String prefix() {
    return prefix;
  }

  String number() {
    return number;
  }

  /** The steps of each stage that the file has. */
  Map<Stage, List<BoundStep>> stages() {
    return stages;
  }

  /** Names of the tensors that the layout takes, with the prefix. */
  Set<String> used() {
    return used;
  }

  /** Names of tensors that must be there and are not, with the prefix. */
  List<String> missing() {
    return missing;
  }
}
