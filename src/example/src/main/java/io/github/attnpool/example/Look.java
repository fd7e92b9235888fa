package io.github.attnpool.example;

import io.github.attnpool.example.Classification.WeightedWord;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * How results look on a terminal or in a file.
 *
 * @param unicode whether block characters can be written
 * @param colour whether escape sequences for colours are welcome
 */
record Look(boolean unicode, boolean colour) {
  private static final int BAR = 24;
  private static final String EIGHTHS = "▏▎▍▌▋▊▉█";
  private static final String BOLD = "1";
  private static final String GREEN = "1;32";
  private static final String RED = "1;31";
  private static final String CYAN = "36";

  /** What suits this process's standard output. */
  @SuppressWarnings("SystemConsoleNull") // it is null in a runtime image without JLine's module
  static Look detected() {
    String noColour = System.getenv("NO_COLOR");
    boolean terminal = System.console() != null && System.console().isTerminal();
    return new Look(
        System.out.charset().equals(StandardCharsets.UTF_8),
        terminal
            && (noColour == null || noColour.isEmpty())
            && !"dumb".equals(System.getenv("TERM")));
  }

  /** Text that stands out. */
  String bold(String text) {
    return painted(BOLD, text);
  }

  /** A label and its probability. */
  String verdict(Classification result) {
    String text =
        String.format(
            Locale.ROOT,
            "%-4s %5.1f %%",
            result.label().toUpperCase(Locale.ROOT),
            100 * result.probability());
    // Index 0 is the harmless class of the bundled model.
    return painted(result.prediction() == 0 ? GREEN : RED, text);
  }

  /** One line for each word: the word, its weight, and a bar. */
  void printWords(PrintWriter out, List<WeightedWord> words) {
    if (words.isEmpty()) {
      out.println("    (it holds no word that the model knows)");
      return;
    }
    int longest = words.stream().mapToInt(word -> word.word().length()).max().orElse(0);
    double highest = words.getFirst().weight();
    for (WeightedWord word : words) {
      String times = word.count() == 1 ? "" : " x" + word.count();
      String line =
          String.format(
              Locale.ROOT,
              "    %-" + Math.max(12, longest) + "s %5.1f %%  %s%s",
              word.word(),
              100 * word.weight(),
              painted(CYAN, bar(highest > 0 ? word.weight() / highest : 0)),
              times);
      out.println(line.stripTrailing());
    }
  }

  private String bar(double share) {
    if (!unicode) {
      return "#".repeat(Math.max(1, (int) Math.round(share * BAR)));
    }
    int eighths = Math.max(1, (int) Math.round(share * BAR * EIGHTHS.length()));
    String full = "█".repeat(eighths / EIGHTHS.length());
    int rest = eighths % EIGHTHS.length();
    return rest == 0 ? full : full + EIGHTHS.charAt(rest - 1);
  }

  private String painted(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
