package io.github.attnpool.internal.cuda.gpucheck;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Markdown that leaves at once, line by line: what was found stays said whatever happens later.
 * Numbers look the same in every locale.
 */
final class GpuReport {
  private final PrintStream out;
  private int failures;

  GpuReport(OutputStream out) {
    this.out = new PrintStream(out, true, StandardCharsets.UTF_8);
  }

  void line(String text) {
    out.println(text);
  }

  /** A row of a table. */
  void row(Object... cells) {
    line(Arrays.stream(cells).map(Object::toString).collect(Collectors.joining(" | ", "| ", " |")));
  }

  /** The head of a table. */
  void head(String... titles) {
    line("");
    row((Object[]) titles);
    line("|" + " --- |".repeat(titles.length));
  }

  /** An error, for example {@code 1.2e-7}. */
  static String error(double error) {
    return String.format(Locale.ROOT, "%.1e", error);
  }

  /** A number without digits after the point. */
  static String whole(double number) {
    return String.format(Locale.ROOT, "%.0f", number);
  }

  /** A heading. */
  void heading(String text) {
    line("");
    line("## " + text);
    line("");
  }

  /** Says whether a target is met; the script counts these words. */
  static String verdict(boolean met) {
    return met ? "target met" : "TARGET MISSED";
  }

  /** Counts a failure and says why in a word for a table. */
  String failed(Throwable reason) {
    failures++;
    return "FAILED" + (reason == null ? "" : ": " + reason.toString().replaceAll("[\\s|]+", " "));
  }

  int failures() {
    return failures;
  }
}
