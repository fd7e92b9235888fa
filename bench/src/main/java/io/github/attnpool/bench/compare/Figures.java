package io.github.attnpool.bench.compare;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.descriptive.GeometricMean;

/** Formats numbers and tables for people, in Markdown. */
final class Figures {
  private Figures() {}

  /** Formats a time with three digits and a unit. */
  static String time(double nanos) {
    if (nanos < 1e3) {
      return digits(nanos) + " ns";
    }
    if (nanos < 1e6) {
      return digits(nanos / 1e3) + " µs";
    }
    return nanos < 1e9 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
  }

  /** Formats three significant digits. */
  static String digits(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    double size = Math.abs(value);
    String format = size < 9.995 ? "%.2f" : size < 99.95 ? "%.1f" : "%.0f";
    return String.format(Locale.ROOT, format, value);
  }

  static String percent(double part) {
    return Double.isNaN(part) ? "–" : String.format(Locale.ROOT, "%.0f%%", part * 100);
  }

  /** Formats a difference in percent. */
  static String signedPercent(double part) {
    return Double.isNaN(part) ? "–" : String.format(Locale.ROOT, "%+.1f%%", part * 100);
  }

  static String ratio(double ratio) {
    return Double.isNaN(ratio) ? "–" : String.format(Locale.ROOT, "%.2f×", ratio);
  }

  static String error(double error) {
    return Double.isNaN(error) ? "–" : String.format(Locale.ROOT, "%.1e", error);
  }

  static double geometricMean(Collection<Double> values) {
    return GeometricMean.of(values.stream().mapToDouble(Double::doubleValue).toArray())
        .getAsDouble();
  }

  /** Returns a row of a table. */
  static String row(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  /** Returns the head of a table; the first column is aligned left, the others right. */
  static String head(List<String> names) {
    return row(names) + "| ---" + " | ---:".repeat(names.size() - 1) + " |\n";
  }

  /** Returns a table below a heading; nothing if it has no rows. */
  static String section(String title, List<String> columns, CharSequence rows) {
    return rows.isEmpty() ? "" : "\n## " + title + "\n\n" + head(columns) + rows;
  }
}
