package io.github.attnpool.checkpoint;

import io.github.attnpool.format.SafetensorsFile;
import io.github.attnpool.internal.io.Shown;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A layout, and how well a file's tensors fit it.
 *
 * @param prefix below which its tensors were looked for
 * @param tensors what is there of them
 */
record LayoutFit(Layout layout, String prefix, LayerTensors tensors) {

  /** Of all layouts, in their order. */
  static Stream<LayoutFit> of(TensorIndex index, String prefix) {
    return Arrays.stream(Layout.values()).flatMap(layout -> of(layout, index, prefix));
  }

  /** Of the names that a layout's tensors may have. */
  static Stream<LayoutFit> of(Layout layout, TensorIndex index, String prefix) {
    return LayoutNames.of(layout).stream()
        .map(names -> new LayoutFit(layout, prefix, new LayerTensors(names, index, prefix)));
  }

  /** Those that are sound layers, each layer once: by the first layout that it fits. */
  static List<LayoutFit> layers(Stream<LayoutFit> fits) {
    Set<String> seen = new HashSet<>();
    return fits.filter(fit -> fit.tensors.problems().isEmpty())
        .filter(fit -> seen.add(fit.tensors.scoreName()))
        .toList();
  }

  /**
   * The one sound layer; empty if there is none.
   *
   * @throws io.github.attnpool.AttnPoolException if there are several
   */
  static Optional<LayoutFit> only(SafetensorsFile file, Stream<LayoutFit> fits) {
    List<LayoutFit> layers = layers(fits);
    if (layers.size() > 1) {
      throw Misfit.several(file, layers);
    }
    return layers.stream().findFirst();
  }

  /** The one that misses least. */
  static Optional<LayoutFit> closest(Stream<LayoutFit> fits) {
    return fits.min(Comparator.comparing(LayoutFit::tensors, LayerTensors.CLOSEST));
  }

  LayerMatch match() {
    return new LayerMatch(layout.layoutName(), prefix, LayerOutline.of(tensors));
  }

  /** Layout and what is wrong. */
  String describe(String asked) {
    String where = prefix.equals(asked) ? "" : " below '" + Shown.text(prefix) + "'";
    return layout.layoutName() + where + ", but " + Misfit.problems(tensors);
  }
}
