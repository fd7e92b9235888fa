package io.github.attnpool.checkpoint;

import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.io.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Walks through the steps of a stage and finds how each is put together from its tensors, by their
 * shapes alone.
 *
 * <p>Rows may be in <i>parts</i>, one per head: a map per head takes the whole row if there are no
 * parts yet, and its own part if there are. A map or norm that is not per head, but as wide as a
 * part, is shared by all parts.
 */
final class StageWalk {
  static final long ANY = 0;

  /** Values of a map that is put together from those of several heads: 256 MiB. */
  private static final long MOST_VALUES = 1 << 26;

  private final List<String> problems;
  private final List<SizedStep> steps = new ArrayList<>();
  private long width;
  private int parts;

  /**
   * @param problems gets a piece of a sentence for what does not fit
   * @param width of the rows that come in, or ANY
   * @param parts that they are in, or 1
   */
  StageWalk(List<String> problems, long width, int parts) {
    this.problems = problems;
    this.width = width;
    this.parts = parts;
  }

  /** A step, and how many parts it is for: 1 for whole rows. */
  record SizedStep(BoundStep step, int parts, boolean split, long out, long in) {}

  /** Walks until the end or the first problem. */
  StageWalk walk(List<BoundStep> stage) {
    int before = problems.size();
    for (BoundStep step : stage) {
      switch (step) {
        case BoundStep.Map map -> map(map);
        case BoundStep.Norm norm -> norm(norm);
        case BoundStep.Bias bias -> bias(bias);
        case BoundStep.Fixed _ -> steps.add(new SizedStep(step, 1, false, width, width));
      }
      if (problems.size() > before) {
        break;
      }
    }
    return this;
  }

  private void map(BoundStep.Map map) {
    boolean ownParts = map.perHead() && parts > 1;
    if (ownParts && map.weights().size() != parts) {
      problems.add(
          String.format(
              Locale.ROOT,
              "there are %d maps like '%s', must be %d as before it",
              map.weights().size(),
              name(map.weights().getFirst()),
              parts));
      return;
    }
    long taken = ownParts ? width / parts : width;
    Optional<MapSize> first = MapSize.of(map.weights().getFirst(), map.transposed(), taken);
    for (TensorInfo weight : map.weights()) {
      Optional<MapSize> size = MapSize.of(weight, map.transposed(), taken);
      if (size.isEmpty() || !size.equals(first)) {
        problems.add(
            size.isEmpty()
                ? MapSize.problem(weight)
                : MapSize.is(weight) + ", must be like '" + name(map.weights().getFirst()) + "'");
        return;
      }
    }
    MapSize size = first.orElseThrow();
    boolean shared = !map.perHead() && parts > 1 && size.in() * parts == width;
    if (taken != ANY && size.in() != taken && !shared) {
      TensorInfo weight = map.weights().getFirst();
      problems.add(
          String.format(
              Locale.ROOT,
              "%s, so it takes %d values, must take the %d that come before it",
              MapSize.is(weight),
              size.in(),
              taken));
      return;
    }
    for (TensorInfo bias : map.biases()) {
      if (!MapSize.isVector(bias, size.out())) {
        problems.add(MapSize.vectorProblem(bias, size.out()));
        return;
      }
    }
    int count = map.perHead() ? map.weights().size() : shared ? parts : 1;
    boolean split = ownParts || shared;
    // They become one map, along whose diagonal they stand.
    long values = split ? size.out() * size.in() * count * count : size.out() * size.in() * count;
    if (count > 1 && (values > MOST_VALUES || size.out() * size.in() > MOST_VALUES)) {
      problems.add(
          String.format(
              Locale.ROOT,
              "the maps of %d heads like '%s' are %d values as one map, must be at most %d",
              count,
              name(map.weights().getFirst()),
              values,
              MOST_VALUES));
      return;
    }
    steps.add(new SizedStep(map, count, split, size.out(), size.in()));
    width = count * size.out();
    parts = count;
  }

  private void norm(BoundStep.Norm norm) {
    if (norm.perHead() && (parts == 1 ? norm.parts().size() > 1 : norm.parts().size() != parts)) {
      problems.add(
          String.format(
              Locale.ROOT,
              "there are %d norms like '%s', must be %d as the maps before it",
              norm.parts().size(),
              name(norm.parts().getFirst().sized()),
              parts));
      return;
    }
    long own = norm.parts().getFirst().sized().elements();
    boolean shared = !norm.perHead() && parts > 1 && own * parts == width;
    boolean split = (norm.perHead() && parts > 1) || shared;
    long must = split ? width / parts : width;
    for (BoundStep.NormTensors part : norm.parts()) {
      for (Optional<TensorInfo> tensor :
          List.of(part.mean(), part.variance(), part.weight(), part.bias())) {
        if (tensor.isPresent() && !MapSize.isVector(tensor.get(), must == ANY ? own : must)) {
          problems.add(MapSize.vectorProblem(tensor.get(), must == ANY ? own : must));
          return;
        }
      }
    }
    width = width == ANY ? own : width;
    steps.add(new SizedStep(norm, split ? parts : 1, split, width, width));
  }

  private void bias(BoundStep.Bias bias) {
    TensorInfo values = bias.values();
    if (!MapSize.isVector(values, values.elements()) || values.elements() < 1) {
      problems.add(MapSize.is(values) + ", must be a vector of real numbers");
      return;
    }
    steps.add(new SizedStep(bias, 1, false, width, width));
  }

  private static String name(TensorInfo tensor) {
    return Shown.text(tensor.name());
  }

  List<SizedStep> steps() {
    return steps;
  }

  /** Values of a row after the steps. */
  long width() {
    return width;
  }

  /** Parts of a row after the steps. */
  int parts() {
    return parts;
  }

  /** What the first step with a width of its own takes, or ANY. */
  long in() {
    for (SizedStep step : steps) {
      if (step.step() instanceof BoundStep.Map) {
        return step.split() ? step.in() * step.parts() : step.in();
      }
      if (step.step() instanceof BoundStep.Norm) {
        return step.in();
      }
    }
    return ANY;
  }
}
