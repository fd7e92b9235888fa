package io.github.attnpool.checkpoint;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.format.SafetensorsFile;
import io.github.attnpool.internal.io.Shown;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of a layer, found in a file by their names, and what is wrong with them. Their data
 * are not read yet.
 */
final class LayerTensors {
  /** Those with the larger part of what has to be there first, then those with more of it. */
  static final Comparator<LayerTensors> CLOSEST =
      Comparator.comparing((LayerTensors tensors) -> !tensors.problems().isEmpty())
          .thenComparingDouble(tensors -> -tensors.presentPart())
          .thenComparingInt(tensors -> -tensors.present());

  private final List<String> problems = new ArrayList<>();
  private final Map<Part, LinearFit> fits = new EnumMap<>(Part.class);
  private final Map<Part, LinearTensors> parts = new EnumMap<>(Part.class);
  private final LayerSettings settings;

  /** Looks for the tensors; what is wrong is not thrown but kept. */
  LayerTensors(TensorNames names, TensorIndex index, String prefix) {
    LinearSearch search = new LinearSearch(index, prefix);
    names.parts().forEach((part, linear) -> fits.put(part, search.find(part, linear)));
    fits.forEach(
        (part, fit) -> {
          problems.addAll(fit.reasons());
          if (fit instanceof LinearFit.Found(LinearTensors tensors)) {
            parts.put(part, tensors);
          }
        });
    for (String name : names.absent()) {
      if (index.get(prefix + name).isPresent()) {
        problems.add("there is '%s', must not be".formatted(Shown.text(prefix + name)));
      }
    }
    settings =
        names.usesMetadata() ? names.settings().with(index.metadata(), problems) : names.settings();
    if (problems.isEmpty()) {
      LayerShapes shapes = new LayerShapes(score(), parts, problems);
      shapes.check(headCombination());
      if (names.hasOneHead()) {
        shapes.checkOneHead();
      }
    }
  }

  /** Pieces of sentences; none if this is a sound layer. */
  List<String> problems() {
    return problems;
  }

  /** How many of the layer's maps are there. */
  int present() {
    return (int) fits.values().stream().filter(LinearFit::isPresent).count();
  }

  /** How many of the layer's maps are not there but have to be. */
  int missing() {
    return (int) fits.values().stream().filter(LinearFit.Missing.class::isInstance).count();
  }

  Optional<LinearTensors> part(Part part) {
    return Optional.ofNullable(parts.get(part));
  }

  /** Of a layer without problems. */
  private LinearTensors score() {
    return part(Part.SCORE).orElseThrow();
  }

  LayerSettings settings() {
    return settings;
  }

  private double presentPart() {
    return present() == 0 ? 0 : (double) present() / (present() + missing());
  }

  /** What tells a sound layer from another in the same file. */
  String scoreName() {
    return score().weights().getFirst().name();
  }

  /** With one head all are the same but for the number of logits, which CONCAT leaves open. */
  HeadCombination headCombination() {
    return score().outputs() == 1 ? HeadCombination.CONCAT : settings.headCombination();
  }

  /** Reads a layer that has no problems. */
  AttentionParameters read(SafetensorsFile file) {
    AttentionParameters layer = scored(file);
    for (Map.Entry<Part, LinearTensors> entry : parts.entrySet()) {
      LinearTensors part = entry.getValue();
      layer =
          switch (entry.getKey()) {
            case HIDDEN, SCORE -> layer;
            case GATE -> layer.withGate(part.read(file));
            case QUERY -> layer.withQuery(part.read(file));
            case PROJECTION ->
                layer.withProjection(part.read(file), settings.projectionActivation());
            case OUTPUT -> layer.withOutputLayer(part.read(file), headCombination());
          };
    }
    return layer
        .withTemperature(settings.temperature())
        .withSoftmaxEpsilon(settings.softmaxEpsilon());
  }

  private AttentionParameters scored(SafetensorsFile file) {
    LinearTensors hidden = parts.get(Part.HIDDEN);
    return hidden == null
        ? AttentionParameters.linear(score().read(file))
        : AttentionParameters.additive(hidden.read(file), score().read(file))
            .withActivation(settings.activation());
  }
}
