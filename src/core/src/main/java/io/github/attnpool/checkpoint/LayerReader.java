package io.github.attnpool.checkpoint;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.SafetensorsFile;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Reads one layer of a {@link Checkpoint}: takes settings that say which layer, then reads it. Not
 * thread-safe.
 */
public final class LayerReader {
  private final SafetensorsFile file;
  private final TensorIndex index;
  private Function<LayerFinder, FoundLayer> choice = LayerFinder::any;
  private String prefix = "";
  private UnaryOperator<AttentionParameters> overrides = UnaryOperator.identity();

  LayerReader(SafetensorsFile file, TensorIndex index) {
    this.file = file;
    this.index = index;
  }

  /**
   * Sets the layout. Default {@link Checkpoint#AUTO}.
   *
   * @param name one of {@link Checkpoint#layouts}, or {@link Checkpoint#AUTO}
   * @return this reader
   * @throws AttnPoolException if there is no layout of that name, listing those there are
   */
  public LayerReader layout(String name) {
    if (name.equals(Checkpoint.AUTO)) {
      choice = LayerFinder::any;
    } else {
      Layout layout = Layout.named(name);
      choice = finder -> finder.of(layout);
    }
    return this;
  }

  /**
   * Sets the tensors' names, in place of a known layout.
   *
   * @param names names of the tensors
   * @return this reader
   */
  public LayerReader names(TensorNames names) {
    choice = finder -> finder.of(names);
    return this;
  }

  /**
   * Sets the prefix: only tensors below it are used.
   *
   * @param prefix what stands before each tensor's name, with or without its last dot; may be empty
   * @return this reader
   */
  public LayerReader prefix(String prefix) {
    this.prefix = prefix;
    return this;
  }

  /**
   * Replaces the activation of the hidden units that file or layout give.
   *
   * @param activation f
   * @return this reader
   */
  public LayerReader activation(Activation activation) {
    overrides = then(layer -> layer.withActivation(activation));
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
   * @throws AttnPoolException if the tensors below the prefix are not those of the layout; with
   *     {@link Checkpoint#AUTO}, if no layout fits, naming the tensors and the nearest layout, or
   *     if there are several layers, naming the layout of each; also if the file's metadata are not
   *     understood, a setting does not fit the layer, or the file was cut
   */
  public CheckpointLayer read() {
    FoundLayer found = choice.apply(new LayerFinder(file, index, index.prefix(prefix)));
    return new CheckpointLayer(found.layout(), overrides.apply(found.tensors().read(file)));
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
