package io.github.attnpool.cli;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.format.SafetensorsFile;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say where a layer's parameters are. */
final class WeightsOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      required = true,
      description = "The layer's parameters, safetensors.")
  private Path file;

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      defaultValue = Layouts.AUTO,
      description = "Layout of the parameters: auto or seed. Default: auto, by tensor names.")
  private String layout;

  @Option(
      names = "--prefix",
      paramLabel = "P",
      defaultValue = "",
      description = "Use only the tensors below P.")
  private String prefix;

  /** Fails if the layout is wrong usage or not offered. */
  void check() {
    new Choice(spec.commandLine(), "--layout", Layouts.PLANNED).oneOf(Layouts.NAMES, layout);
  }

  AttentionParameters read() {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      return Layouts.read(tensors, layout, prefix);
    }
  }

  Path file() {
    return file;
  }
}
