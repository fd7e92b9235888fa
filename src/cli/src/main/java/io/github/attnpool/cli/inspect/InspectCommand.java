package io.github.attnpool.cli.inspect;

import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.cli.spi.Subcommand;
import io.github.attnpool.cli.text.Json;
import io.github.attnpool.format.SafetensorsFile;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.format.TensorFile;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a file of tensors holds. Reads only its header. */
@Command(
    name = "inspect",
    description = "Shows the tensors of a file, and which layers they are the parameters of.")
public final class InspectCommand implements Subcommand {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A safetensors or .npy file.")
  private Path path;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  @Override
  public Integer call() {
    if (path.toString().toLowerCase(Locale.ROOT).endsWith(".npy")) {
      try (TensorFile file = TensorFile.open(path);
          Arena arena = Arena.ofConfined()) {
        Tensor tensor = file.load(TensorFile.BARE, arena);
        show(new Contents(Map.of(tensor.name(), tensor), Map.of(), LayersFound.NONE));
      }
    } else {
      try (Checkpoint checkpoint = Checkpoint.open(path)) {
        SafetensorsFile file = checkpoint.file();
        show(new Contents(file.tensors(), file.metadata(), LayersFound.in(checkpoint)));
      }
    }
    return ExitStatus.GOOD;
  }

  private void show(Contents contents) {
    if (json) {
      Json.print(spec.commandLine().getOut(), contents::write);
    } else {
      contents.print(spec.commandLine().getOut());
    }
  }
}
