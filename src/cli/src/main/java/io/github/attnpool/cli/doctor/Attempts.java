package io.github.attnpool.cli.doctor;

import io.github.attnpool.internal.io.Shown;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;

/**
 * Facts too long for a line, each on a line of its own below a heading: what was looked for, where,
 * and what came of it.
 */
final class Attempts {
  private static final String TRIED = "; tried: ";
  private static final String INDENT = " ".repeat(13);
  private static final int NAME = 16;

  private final PrintWriter out;

  Attempts(PrintWriter out) {
    this.out = out;
  }

  /** A reason without the attempts that led to it. */
  static String heading(String reason) {
    int tried = reason.indexOf(TRIED);
    return Shown.line(tried < 0 ? reason : reason.substring(0, tried));
  }

  /** A fact; several attempts, or folders of a path, stand below each other. */
  void print(String name, String value) {
    List<String> lines = lines(name, Shown.line(value));
    out.printf("%s%-" + NAME + "s %s%n", INDENT, name, lines.getFirst());
    for (String line : lines.subList(1, lines.size())) {
      out.println(INDENT + " ".repeat(NAME + 1) + line);
    }
  }

  private static List<String> lines(String name, String value) {
    if (name.equals("searched") && value.startsWith("/")) {
      return Arrays.asList(value.split(":", -1));
    }
    return value.contains(TRIED) ? Arrays.asList(value.split("; ", -1)) : List.of(value);
  }
}
