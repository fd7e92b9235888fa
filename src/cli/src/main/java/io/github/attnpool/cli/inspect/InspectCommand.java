package io.github.attnpool.cli.inspect;

import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.checkpoint.LayerReader;
import io.github.attnpool.checkpoint.Layout;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.cli.spi.Subcommand;
import io.github.attnpool.cli.text.Json;
import io.github.attnpool.format.TensorFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a file of tensors holds. Reads only its header. */
@Command(
    name = "inspect",
    description =
        "Shows the tensors of a file, and which layers they are the parameters of; or a layout.")
public final class InspectCommand implements Subcommand {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "0..1", description = "A file of tensors.")
  private @Nullable Path path;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  @Option(
      names = "--suggest",
      description =
          "Print the draft of a layout file for FILE: the nearest layout's steps with FILE's"
              + " names.")
  private boolean suggest;

  @Option(
      names = "--layout",
      paramLabel = "NAME|FILE.json",
      description = "Look in FILE for a layer of this layout only; or with --print, print it.")
  private @Nullable String layout;

  @Option(names = "--print", description = "Print the layout file of --layout.")
  private boolean print;

  @Option(
      names = "--prefix",
      paramLabel = "P",
      description = "Look for a layer below prefix P only.")
  private @Nullable String prefix;

  @Option(
      names = "--ignore",
      paramLabel = "PATTERN",
      description = "Tensors that are known not to be on the path, as in run. May be repeated.")
  private List<String> ignored = new ArrayList<>();

  @Override
  public Integer call() {
    if (print == (path != null) || (print && layout == null)) {
      throw new ParameterException(
          spec.commandLine(), "Missing parameter: 'FILE', or --layout NAME --print in its place");
    }
    if (print && layout != null) {
      print(Layout.of(layout));
    } else if (path != null) {
      inspect(path);
    }
    return ExitStatus.GOOD;
  }

  private void inspect(Path file) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      if (suggest) {
        print(checkpoint.suggestion());
        return;
      }
      Set<String> names = checkpoint.file().tensors().keySet();
      boolean bare = names.equals(Set.of(TensorFile.BARE));
      show(new Contents(checkpoint.file(), bare ? LayersFound.NONE : layers(checkpoint)));
    }
  }

  private LayersFound layers(Checkpoint checkpoint) {
    if (layout == null && prefix == null && ignored.isEmpty()) {
      return LayersFound.in(checkpoint);
    }
    LayerReader reader =
        checkpoint
            .layer()
            .layout(layout == null ? Checkpoint.AUTO : layout)
            .prefix(prefix == null ? "" : prefix);
    ignored.forEach(reader::ignore);
    return LayersFound.by(reader);
  }

  private void print(Layout found) {
    spec.commandLine().getOut().print(found.toJson());
    spec.commandLine().getOut().flush();
  }

  private void show(Contents contents) {
    if (json) {
      Json.print(spec.commandLine().getOut(), contents::write);
    } else {
      contents.print(spec.commandLine().getOut());
    }
  }
}
