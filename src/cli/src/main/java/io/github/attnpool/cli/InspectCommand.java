package io.github.attnpool.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.format.SafetensorsFile;
import io.github.attnpool.format.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a safetensors file holds. Reads its header only. */
@Command(
    name = "inspect",
    description = "Shows the tensors of a safetensors file and the layout recognised.")
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A safetensors file.")
  private Path path;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      Optional<Layouts.Match> layout = Layouts.recognise(file.tensors().keySet());
      if (json) {
        Json.print(out, generator -> write(generator, file, layout));
      } else {
        print(out, file, layout);
      }
    }
    return ExitStatus.GOOD;
  }

  private static void print(PrintWriter out, SafetensorsFile file, Optional<Layouts.Match> layout) {
    int name = 1;
    for (String each : file.tensors().keySet()) {
      name = Math.max(name, OneLine.of(each).length());
    }
    String format = "%-" + name + "s  %-4s  %s%n";
    for (Tensor tensor : file.tensors().values()) {
      String described = tensor.describe();
      out.printf(
          format,
          OneLine.of(tensor.name()),
          tensor.type(),
          described.substring(described.indexOf('[')));
    }
    file.metadata()
        .forEach(
            (key, value) -> out.printf("metadata %s = %s%n", OneLine.of(key), OneLine.of(value)));
    out.println(
        "layout: "
            + layout
                .map(
                    match ->
                        match.prefix().isEmpty()
                            ? match.name()
                            : match.name() + ", with --prefix " + OneLine.of(match.prefix()))
                .orElse("none that is known"));
  }

  private static void write(
      JsonGenerator json, SafetensorsFile file, Optional<Layouts.Match> layout) throws IOException {
    json.writeObjectFieldStart("tensors");
    for (Tensor tensor : file.tensors().values()) {
      json.writeObjectFieldStart(tensor.name());
      json.writeStringField("type", tensor.type().name());
      json.writeFieldName("shape");
      json.writeArray(tensor.shape(), 0, tensor.rank());
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeObjectFieldStart("metadata");
    for (Map.Entry<String, String> entry : file.metadata().entrySet()) {
      json.writeStringField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
    json.writeStringField("layout", layout.map(Layouts.Match::name).orElse(null));
    json.writeStringField("prefix", layout.map(Layouts.Match::prefix).orElse(null));
  }
}
