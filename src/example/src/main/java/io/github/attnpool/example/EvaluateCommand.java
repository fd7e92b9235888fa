package io.github.attnpool.example;

import io.github.attnpool.LayerInfo;
import io.github.attnpool.cli.options.LayerOptions;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.cli.spi.Subcommand;
import io.github.attnpool.cli.text.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the bundled model over the e-mails it was tested on and compares with PyTorch. */
@Command(
    name = "evaluate",
    sortOptions = false,
    description =
        "Classifies the e-mails that the bundled spam filter was tested on in PyTorch, and"
            + " compares the results.",
    footer = {
      "",
      "scripts/evaluate-example fetches the e-mails and calls this.",
      "Exit status: 0 good, 1 failed, 2 wrong usage, 3 results differ from PyTorch's."
    })
public final class EvaluateCommand implements Subcommand {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder of the corpus, with spam-1 and the others.")
  private Path corpus;

  @Mixin private LayerOptions layerOptions;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  /** Makes the sub-command; the service loader does so. */
  public EvaluateCommand() {}

  /** What came out. */
  private record Outcome(
      LayerInfo info,
      int emails,
      long words,
      double accuracy,
      double expectedAccuracy,
      double difference,
      long otherPredictions,
      Speed speed) {
    boolean good() {
      return StoredLogits.isGood(difference) && otherPredictions == 0;
    }
  }

  @Override
  public Integer call() {
    LayerOptions.Settings settings = layerOptions.settings();
    settings.tellFallback(spec.commandLine().getErr());
    try (BundledExample example = BundledExample.open();
        DocumentClassifier classifier = new DocumentClassifier(example.model(), settings)) {
      TestSplit split = TestSplit.read(example.file(BundledExample.TEST_LOGITS));
      Outcome outcome = evaluate(classifier, split, split.emails(corpus));
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        printJson(out, outcome);
      } else {
        print(out, outcome);
      }
      return outcome.good() ? ExitStatus.GOOD : ExitStatus.DIFFERENT;
    }
  }

  private static Outcome evaluate(
      DocumentClassifier classifier, TestSplit split, List<byte[]> emails) {
    StoredLogits expected = split.logits();
    expected.checkShape(split.size(), classifier.model().labels().size());
    List<Document> documents = emails.stream().map(classifier.model()::document).toList();
    split.checkWords(documents);
    List<Classification> results = classifier.classifyDocuments(documents);
    return new Outcome(
        classifier.info(),
        split.size(),
        documents.stream().mapToLong(Document::length).sum(),
        share(split, row -> results.get(row).prediction() == split.label(row)),
        share(split, row -> expected.prediction(row) == split.label(row)),
        expected.largestDifference(results),
        IntStream.range(0, split.size())
            .filter(row -> results.get(row).prediction() != expected.prediction(row))
            .count(),
        Speed.measure(classifier, emails));
  }

  private static double share(TestSplit split, IntPredicate right) {
    return (double) IntStream.range(0, split.size()).filter(right).count() / split.size();
  }

  private static void print(PrintWriter out, Outcome outcome) {
    LayerInfo info = outcome.info;
    out.printf(
        Locale.ROOT,
        """
        test split                     %,d e-mails, %,d known words
        backend                        %s, instruction set %s, threads %d
        accuracy                       %.2f %% (PyTorch %.2f %%)
        largest logit difference       %.1e (at most %.0e is allowed)
        predictions unlike PyTorch's   %d
        words per second, layer alone    %,.0f
        words per second, text to label  %,.0f
        """,
        outcome.emails,
        outcome.words,
        info.backend(),
        info.isa(),
        info.threads(),
        100 * outcome.accuracy,
        100 * outcome.expectedAccuracy,
        outcome.difference,
        StoredLogits.TOLERANCE,
        outcome.otherPredictions,
        outcome.speed.layer(),
        outcome.speed.whole());
  }

  private static void printJson(PrintWriter out, Outcome outcome) {
    Json.print(
        out,
        object -> {
          object.writeStringField("backend", outcome.info.backend());
          object.writeStringField("isa", outcome.info.isa());
          object.writeNumberField("threads", outcome.info.threads());
          object.writeNumberField("emails", outcome.emails);
          object.writeNumberField("words", outcome.words);
          object.writeNumberField("accuracy", outcome.accuracy);
          object.writeNumberField("accuracyPyTorch", outcome.expectedAccuracy);
          object.writeNumberField("maxAbsError", outcome.difference);
          object.writeNumberField("otherPredictions", outcome.otherPredictions);
          object.writeNumberField("wordsPerSecondLayer", outcome.speed.layer());
          object.writeNumberField("wordsPerSecond", outcome.speed.whole());
        });
  }
}
