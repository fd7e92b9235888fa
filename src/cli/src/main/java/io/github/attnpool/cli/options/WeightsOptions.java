package io.github.attnpool.cli.options;

import io.github.attnpool.Activation;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.checkpoint.CheckpointLayer;
import io.github.attnpool.checkpoint.LayerReader;
import io.github.attnpool.checkpoint.Layout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say where the parameters of a layer are, and what replaces some of them. */
public final class WeightsOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      required = true,
      description = "Parameters of the layer: a safetensors file.")
  private Path file;

  @Option(
      names = "--layout",
      paramLabel = "NAME|FILE.json",
      defaultValue = Checkpoint.AUTO,
      completionCandidates = LayoutNames.class,
      description =
          "Layout of the parameters: ${COMPLETION-CANDIDATES}, or a layout file. Default: auto,"
              + " which goes by tensor names.")
  private String layout;

  @Option(
      names = "--ignore",
      paramLabel = "PATTERN",
      description =
          "Tensors that are known not to be on the path, so that the layout need not explain them;"
              + " * stands for any characters. May be repeated.")
  private List<String> ignored = new ArrayList<>();

  @Option(
      names = "--prefix",
      paramLabel = "P",
      defaultValue = "",
      description = "Use only the tensors below prefix P.")
  private String prefix;

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      completionCandidates = ActivationNames.class,
      description =
          "Activation of the hidden units, instead of the one that the file or its layout names:"
              + " ${COMPLETION-CANDIDATES}.")
  private @Nullable String activation;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description = "Number that scores are divided by, instead of the file's.")
  private @Nullable Float temperature;

  /** Values of {@code --layout}. */
  static final class LayoutNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return list().iterator();
    }

    static List<String> list() {
      return Stream.concat(Stream.of(Checkpoint.AUTO), Layout.known().stream().map(Layout::name))
          .distinct()
          .toList();
    }
  }

  /** Values of {@code --activation}. */
  static final class ActivationNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Choice.names(Activation.class).iterator();
    }
  }

  /** A mixin: picocli sets its options. */
  public WeightsOptions() {}

  /**
   * Checks the options, before anything is read.
   *
   * @throws ParameterException if one is wrong usage
   */
  public void check() {
    if (!layout.equals(Checkpoint.AUTO) && !layout.endsWith(".json")) {
      try {
        Layout.named(layout);
      } catch (AttnPoolException _) {
        new Choice(spec.commandLine(), "--layout").oneOf(LayoutNames.list(), layout);
      }
    }
    if (activation != null) {
      activation(activation);
    }
    if (temperature != null && !(temperature > 0 && Float.isFinite(temperature))) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--temperature': '"
              + temperature
              + "', must be a positive number");
    }
  }

  private Activation activation(String name) {
    return new Choice(spec.commandLine(), "--activation").constant(Activation.class, name);
  }

  /**
   * Reads the layer, with the options that replace some of its parameters.
   *
   * @return the layer
   * @throws io.github.attnpool.AttnPoolException if the file is bad or holds no such layer
   */
  public LoadedLayer read() {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      LayerReader reader = checkpoint.layer().layout(layout).prefix(prefix);
      ignored.forEach(reader::ignore);
      if (activation != null) {
        reader.activation(activation(activation));
      }
      if (temperature != null) {
        reader.temperature(temperature);
      }
      CheckpointLayer layer = reader.read();
      return new LoadedLayer(layer.match(), layer.parameters());
    }
  }

  /** {@return the file of the parameters} */
  public Path file() {
    return file;
  }
}
