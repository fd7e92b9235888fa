package io.github.attnpool.checkpoint;

import io.github.attnpool.format.SafetensorsFile;
import java.util.List;
import java.util.Optional;

/**
 * Finds the one layer that is meant below a prefix. Each method throws an exception that says why
 * if there is none, or several.
 */
final class LayerFinder {
  private final SafetensorsFile file;
  private final TensorIndex index;
  private final String prefix;

  LayerFinder(SafetensorsFile file, TensorIndex index, String prefix) {
    this.file = file;
    this.index = index;
    this.prefix = prefix;
  }

  /** The only layer of any layout. */
  FoundLayer any() {
    return LayoutFit.only(file, LayoutFit.of(index, prefix))
        .map(LayerFinder::found)
        .orElseThrow(() -> Misfit.none(file, index, prefix));
  }

  /** The only layer of a layout. */
  FoundLayer of(Layout layout) {
    Optional<LayoutFit> only = LayoutFit.only(file, LayoutFit.of(layout, index, prefix));
    if (only.isPresent()) {
      return found(only.get());
    }
    LayoutFit closest = LayoutFit.closest(LayoutFit.of(layout, index, prefix)).orElseThrow();
    List<LayoutFit> fitting = LayoutFit.layers(LayoutFit.of(index, prefix));
    if (closest.tensors().present() == 0 && !fitting.isEmpty()) {
      throw Misfit.another(file, closest, fitting.getFirst().layout());
    }
    throw Misfit.of(file, "layout " + layout.layoutName(), closest.tensors(), index.below(prefix));
  }

  /** The layer whose tensors have the given names. */
  FoundLayer of(TensorNames names) {
    LayerTensors tensors = new LayerTensors(names, index, prefix);
    if (!tensors.problems().isEmpty()) {
      throw Misfit.of(file, "the given names", tensors, index.below(prefix));
    }
    return new FoundLayer(Optional.empty(), tensors);
  }

  private static FoundLayer found(LayoutFit fit) {
    return new FoundLayer(Optional.of(fit.layout().layoutName()), fit.tensors());
  }
}
