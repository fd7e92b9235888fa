package io.github.attnpool.checkpoint;

import java.util.List;

/**
 * A layer of a known layout, found in a file by the names and shapes of its tensors.
 *
 * @param layout name of the layout
 * @param prefix what stands before the layout's names in this file, the last dot included; may be
 *     empty
 * @param outline what the layer computes
 * @param unused names of the file's tensors that are not below the prefix, of which nothing can be
 *     told
 */
public record LayerMatch(String layout, String prefix, LayerOutline outline, List<String> unused) {
  /** Copies the names. */
  public LayerMatch {
    unused = List.copyOf(unused);
  }

  /** {@return this without what the caller has said, and the file need not prove} */
  LayerMatch without(List<String> said) {
    return new LayerMatch(layout, prefix, outline.without(said), unused);
  }

  static LayerMatch of(Fit fit, TensorIndex index) {
    return new LayerMatch(
        fit.layout().name(), fit.prefix(), LayerOutline.of(fit), index.outside(fit.prefix()));
  }
}
