package io.github.attnpool.checkpoint;

import io.github.attnpool.internal.arguments.Arguments;
import java.util.List;
import java.util.Optional;

/**
 * A layer found in a file, by a layout: by the names and shapes of its tensors.
 *
 * @param layout name of the layout
 * @param source where the layout comes from; empty if it does not say
 * @param note what the layout says that the file cannot prove; empty if nothing
 * @param prefix what stands before the layout's names in this file, the last dot included; may be
 *     empty
 * @param outline what the layer computes
 * @param unused names of the file's tensors that are not below the prefix, of which nothing can be
 *     told
 */
public record LayerMatch(
    String layout,
    Optional<String> source,
    Optional<String> note,
    String prefix,
    LayerOutline outline,
    List<String> unused) {
  /** Copies the names. */
  public LayerMatch {
    Arguments arguments = new Arguments("layer of a checkpoint");
    arguments.given("layout", layout);
    arguments.given("source", source);
    arguments.given("note", note);
    arguments.given("prefix", prefix);
    arguments.given("outline", outline);
    unused = List.copyOf(arguments.allGiven("unused", unused));
  }

  /** {@return this without what the caller has said, and the file need not prove} */
  LayerMatch without(List<String> said) {
    return new LayerMatch(layout, source, note, prefix, outline.without(said), unused);
  }

  static LayerMatch of(Fit fit, TensorIndex index) {
    return new LayerMatch(
        fit.layout().name(),
        fit.layout().source(),
        fit.layout().note(),
        fit.prefix(),
        LayerOutline.of(fit),
        index.outside(fit.prefix()));
  }
}
