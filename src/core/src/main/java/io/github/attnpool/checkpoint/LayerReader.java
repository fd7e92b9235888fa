package io.github.attnpool.checkpoint;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.io.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Reads one layer of a {@link Checkpoint}: takes settings that say which layer, then reads it. Not
 * thread-safe.
 */
public final class LayerReader {
  private static final Arguments ARGUMENTS = new Arguments("read layer");

  private final TensorFile file;
  private final TensorIndex index;
  private final List<String> ignored = new ArrayList<>();
  private final List<String> said = new ArrayList<>(); // so that it is not assumed
  private List<List<Layout>> choices = List.of(KnownLayouts.all());
  private String wanted = "any known layout";
  private String prefix = "";
  private UnaryOperator<AttentionParameters> overrides = UnaryOperator.identity();

  LayerReader(TensorFile file, TensorIndex index) {
    this.file = file;
    this.index = index;
  }

  /**
   * Sets the layout. Default {@link Checkpoint#AUTO}.
   *
   * @param name a known layout, the path of a layout file, or {@link Checkpoint#AUTO}
   * @return this reader
   * @throws AttnPoolException if there is no such layout, or the file is not a sound layout file
   */
  public LayerReader layout(String name) {
    if (ARGUMENTS.given("name", name).equals(Checkpoint.AUTO)) {
      choices = List.of(KnownLayouts.all());
      wanted = "any known layout";
      return this;
    }
    if (name.endsWith(".json")) {
      return layout(Layout.of(name));
    }
    Layout first = Layout.named(name);
    choices = List.of(List.of(first), KnownLayouts.family(first.name()));
    wanted = "layout " + first.name();
    return this;
  }

  /**
   * Sets the layout.
   *
   * @param layout one that was read or is known
   * @return this reader
   */
  public LayerReader layout(Layout layout) {
    choices = List.of(List.of(ARGUMENTS.given("layout", layout)));
    wanted = "layout " + Shown.text(layout.name());
    return this;
  }

  /**
   * Sets the prefix: only tensors below it are used. Without it, the layer is looked for below
   * every prefix.
   *
   * @param prefix what stands before each tensor's name, with or without its last dot; may be empty
   * @return this reader
   */
  public LayerReader prefix(String prefix) {
    this.prefix = ARGUMENTS.given("prefix", prefix);
    return this;
  }

  /**
   * Says of tensors that they are not on the path from x to the results, so that the layout need
   * not explain them.
   *
   * @param pattern a name, with or without the prefix, in which {@code *} stands for any characters
   * @return this reader
   */
  public LayerReader ignore(String pattern) {
    ignored.add(ARGUMENTS.given("pattern", pattern));
    return this;
  }

  /**
   * Replaces the activation of the hidden units that file or layout give.
   *
   * @param activation f
   * @return this reader
   */
  public LayerReader activation(Activation activation) {
    ARGUMENTS.given("activation", activation);
    overrides = then(layer -> layer.withActivation(activation));
    said.add("hidden ");
    return this;
  }

  /**
   * Replaces the temperature that file or layout give.
   *
   * @param temperature positive
   * @return this reader
   */
  public LayerReader temperature(float temperature) {
    overrides = then(layer -> layer.withTemperature(temperature));
    said.add("temperature ");
    return this;
  }

  private UnaryOperator<AttentionParameters> then(UnaryOperator<AttentionParameters> last) {
    UnaryOperator<AttentionParameters> before = overrides;
    return layer -> last.apply(before.apply(layer));
  }

  /**
   * Reads the layer.
   *
   * @return the parameters, and how they were found
   * @throws AttnPoolException if no layout fits, naming what is missing and the nearest layout; if
   *     one fits but leaves tensors unexplained, naming them; if there are several layers, naming
   *     each; also if the file's metadata are not understood, a setting does not fit the layer, or
   *     the file was cut
   */
  public CheckpointLayer read() {
    Fit fit = find();
    AttentionParameters layer;
    try {
      layer = overrides.apply(new LayerBuilder(file, fit).build());
    } catch (AttnPoolException e) {
      throw new AttnPoolException("read " + file.name(), e.getMessage(), e);
    }
    return new CheckpointLayer(LayerMatch.of(fit, index).without(said), layer);
  }

  /**
   * Finds the layer, without reading its values.
   *
   * @return how it was found, and what was taken for granted
   * @throws AttnPoolException as {@link #read}
   */
  public LayerMatch match() {
    return LayerMatch.of(find(), index).without(said);
  }

  private Fit find() {
    String under = index.prefix(prefix);
    Misfit misfit = new Misfit(file.name(), index, under);
    for (List<Layout> layouts : choices) {
      List<Fit> layers = search(layouts, under).layers();
      if (layers.size() > 1) {
        throw misfit.several(layers);
      }
      if (!layers.isEmpty()) {
        return layers.getFirst();
      }
    }
    LayoutSearch widest = search(choices.getLast(), under);
    List<Fit> others = widest.isFar() ? search(KnownLayouts.all(), under).layers() : List.of();
    throw misfit.none(widest, wanted, others);
  }

  private LayoutSearch search(List<Layout> layouts, String under) {
    return new LayoutSearch(index, layouts, under, ignored);
  }

  /**
   * Reads the layer's parameters.
   *
   * @return the parameters
   * @throws AttnPoolException as {@link #read}
   */
  public AttentionParameters parameters() {
    return read().parameters();
  }
}
