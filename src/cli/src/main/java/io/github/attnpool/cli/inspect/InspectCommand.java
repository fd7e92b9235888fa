package io.github.attnpool.cli.inspect;

import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.cli.spi.Subcommand;
import io.github.attnpool.cli.text.Json;
import io.github.attnpool.format.TensorFile;
import java.nio.file.Path;
import java.util.Set;
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

  @Parameters(paramLabel = "FILE", description = "A file of tensors.")
  private Path path;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  @Override
  public Integer call() {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      TensorFile file = checkpoint.file();
      boolean bare = file.tensors().keySet().equals(Set.of(TensorFile.BARE));
      show(new Contents(file, bare ? LayersFound.NONE : LayersFound.in(checkpoint)));
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
