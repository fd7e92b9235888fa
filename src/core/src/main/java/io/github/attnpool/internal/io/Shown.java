package io.github.attnpool.internal.io;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes text from outside (names, other people's messages) fit for one line of output. */
public final class Shown {
  private static final int MAX_LENGTH = 100;
  private static final int MAX_NAMES = 20;

  private Shown() {}

  /** Returns all of the text, with line breaks and tabs as spaces and other controls escaped. */
  public static String line(String text) {
    return onOneLine(text).strip();
  }

  /** Returns the first 100 characters of the text, without control characters. */
  public static String text(String text) {
    if (text.codePointCount(0, text.length()) <= MAX_LENGTH) {
      return onOneLine(text);
    }
    return onOneLine(text.substring(0, text.offsetByCodePoints(0, MAX_LENGTH))) + "…";
  }

  private static String onOneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r' || c == '\t') {
        line.append(' ');
      } else if (Character.isISOControl(c)) {
        line.append("\\u%04x".formatted((int) c));
      } else {
        line.append(c);
      }
    }
    return line.toString();
  }

  /** Returns the first names of a collection, and how many more there are. */
  public static String names(Collection<String> names) {
    return first(List.copyOf(names), Shown::text);
  }

  /** Returns the first elements of a list in words, and how many more there are. */
  public static <T> String first(List<T> all, Function<T, String> words) {
    String first = all.stream().limit(MAX_NAMES).map(words).collect(Collectors.joining(", "));
    if (all.size() > MAX_NAMES) {
      return first + " and " + (all.size() - MAX_NAMES) + " more";
    }
    return all.isEmpty() ? "none" : first;
  }
}
