package io.github.attnpool.example;

import io.github.attnpool.LayerInfo;
import io.github.attnpool.cli.options.LayerOptions;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.cli.spi.Subcommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Classifies the bundled messages and compares with PyTorch. */
@Command(
    name = "demo",
    sortOptions = false,
    description =
        "Classifies a few bundled messages with a model trained in PyTorch, shows the words that"
            + " get the most attention, and compares the results with PyTorch's.",
    footer = {"", "Exit status: 0 good, 1 failed, 2 wrong usage, 3 results differ from PyTorch's."})
public final class DemoCommand implements Subcommand {
  private static final int TOP = 6;
  private static final String SUBJECT = "Subject: ";

  @Spec private CommandSpec spec;
  @Mixin private LayerOptions layerOptions;

  /** Makes the sub-command; the service loader does so. */
  public DemoCommand() {}

  @Override
  public Integer call() {
    LayerOptions.Settings settings = layerOptions.settings();
    List<byte[]> messages = BundledExample.messages();
    settings.tellFallback(spec.commandLine().getErr());
    try (BundledExample example = BundledExample.open();
        DocumentClassifier classifier = new DocumentClassifier(example.model(), settings)) {
      StoredLogits expected = StoredLogits.read(example.file(BundledExample.MESSAGE_LOGITS));
      expected.checkShape(messages.size(), classifier.model().labels().size());
      List<Classification> results = classifier.classify(messages);
      double difference = expected.largestDifference(results);

      PrintWriter out = spec.commandLine().getOut();
      Look look = Look.detected();
      printHead(out, classifier);
      for (int i = 0; i < messages.size(); i++) {
        String subject = look.bold(subject(messages.get(i)));
        out.printf("%n%s  %s%n", look.verdict(results.get(i)), subject);
        look.printWords(out, results.get(i).topWords(TOP));
      }
      boolean good = StoredLogits.isGood(difference);
      out.printf(
          Locale.ROOT,
          "%nLargest difference from PyTorch's logits: %.1e (%s the %.0e allowed)%n",
          difference,
          good ? "within" : "MORE than",
          StoredLogits.TOLERANCE);
      return good ? ExitStatus.GOOD : ExitStatus.DIFFERENT;
    }
  }

  private static void printHead(PrintWriter out, DocumentClassifier classifier) {
    LayerInfo info = classifier.info();
    TextModel model = classifier.model();
    out.printf(
        Locale.ROOT,
        "Spam or ham? Embedding (%,d words, %d values each), attention pooling (%d hidden units)%n"
            + "and output layer, trained in PyTorch. Percentages: the probability of the class,%n"
            + "and the attention weights of the words.%n"
            + "Backend %s, instruction set %s, threads %d%n",
        model.vocabulary().size(),
        model.parameters().width(),
        model.parameters().units(),
        info.backend(),
        info.isa(),
        info.threads());
  }

  private static String subject(byte[] message) {
    return new String(message, StandardCharsets.US_ASCII)
        .lines()
        .filter(line -> line.startsWith(SUBJECT))
        .map(line -> line.substring(SUBJECT.length()))
        .findFirst()
        .orElse("");
  }
}
