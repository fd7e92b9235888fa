package io.github.attnpool.internal.io;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes text from outside (names, other people's messages) fit for one line of output. */
public final class Shown {
  private static final int MAX_LENGTH = 100;
  private static final int MAX_NAMES = 20;

  private Shown() {}

  /** Returns all of the text, with line breaks and tabs as spaces and other controls escaped. */
  public static String line(String text) {
    return escaped(text.replaceAll("[\\n\\r\\t]", " ")).strip();
  }

  /** Returns the text with its control characters escaped, cut after 100 characters. */
  public static String text(String text) {
    // So many are enough, and a name may be as long as its file.
    String start = text.substring(0, Math.min(text.length(), 2 * MAX_LENGTH + 2));
    String shown = escaped(start);
    if (shown.codePointCount(0, shown.length()) <= MAX_LENGTH) {
      return shown;
    }
    return shown.substring(0, shown.offsetByCodePoints(0, MAX_LENGTH)) + "…";
  }

  private static String escaped(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        shown.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    return shown.toString();
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
