package io.github.attnpool.example;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.cli.options.LayerOptions;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.cli.spi.Subcommand;
import io.github.attnpool.cli.text.Json;
import io.github.attnpool.example.Classification.WeightedWord;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Classifies text files. */
@Command(
    name = "classify",
    sortOptions = false,
    description = "Says whether each text is spam or ham, and which words decided it.",
    footer = {
      "",
      "A text that begins with e-mail headers is an e-mail: only its subject and",
      "body count. The bundled spam filter knows English words.",
      "Exit status: 0 good, 1 failed, 2 wrong usage."
    })
public final class ClassifyCommand implements Subcommand {
  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Text files; - is standard input.")
  private List<String> files;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "Folder with model.safetensors and vocabulary.txt. Default: the bundled spam filter.")
  private @Nullable Path model;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "8",
      description = "Number of words to show, highest attention weight first. Default: 8.")
  private int top;

  @Mixin private LayerOptions layerOptions;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  /** Makes the sub-command; the service loader does so. */
  public ClassifyCommand() {}

  @Override
  public Integer call() {
    if (top < 0) {
      throw usage("Invalid value for option '--top': '" + top + "', must be at least 0");
    }
    if (files.stream().filter(InputText.STANDARD_INPUT::equals).count() > 1) {
      throw usage("Standard input ('-') may be given only once");
    }
    LayerOptions.Settings settings = layerOptions.settings();
    List<InputText> texts = files.stream().map(file -> InputText.read(file, System.in)).toList();
    settings.tellFallback(spec.commandLine().getErr());
    try (DocumentClassifier classifier = new DocumentClassifier(readModel(), settings)) {
      List<Classification> results =
          classifier.classify(texts.stream().map(InputText::bytes).toList());
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        printJson(out, classifier, texts, results);
      } else {
        print(out, texts, results);
      }
    }
    return ExitStatus.GOOD;
  }

  private TextModel readModel() {
    if (model != null) {
      return TextModel.read(model);
    }
    try (BundledExample example = BundledExample.open()) {
      return example.model();
    }
  }

  private void print(PrintWriter out, List<InputText> texts, List<Classification> results) {
    Look look = Look.detected();
    for (int i = 0; i < texts.size(); i++) {
      out.println(look.verdict(results.get(i)) + "  " + Shown.line(texts.get(i).name()));
      if (top > 0) {
        look.printWords(out, results.get(i).topWords(top));
      }
    }
  }

  private void printJson(
      PrintWriter out,
      DocumentClassifier classifier,
      List<InputText> texts,
      List<Classification> results) {
    Json.print(
        out,
        object -> {
          object.writeStringField("backend", classifier.info().backend());
          object.writeStringField("isa", classifier.info().isa());
          object.writeArrayFieldStart("documents");
          for (int i = 0; i < texts.size(); i++) {
            writeDocument(object, texts.get(i).name(), classifier.model(), results.get(i));
          }
          object.writeEndArray();
        });
  }

  private void writeDocument(
      JsonGenerator json, String name, TextModel model, Classification result) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("label", result.label());
    json.writeNumberField("probability", result.probability());
    json.writeObjectFieldStart("logits");
    for (int label = 0; label < model.labels().size(); label++) {
      json.writeNumberField(model.labels().get(label), result.logit(label));
    }
    json.writeEndObject();
    json.writeNumberField("words", result.document().found());
    json.writeNumberField("knownWords", result.document().length());
    json.writeArrayFieldStart("top");
    for (WeightedWord word : result.topWords(top)) {
      json.writeStartObject();
      json.writeStringField("word", word.word());
      json.writeNumberField("weight", word.weight());
      json.writeNumberField("count", word.count());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private ParameterException usage(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }
}
