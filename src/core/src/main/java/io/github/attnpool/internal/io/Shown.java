package io.github.attnpool.internal.io;

import io.github.attnpool.format.Tensor;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Text out of a file made fit for a message: short, on one line, without control characters. */
public final class Shown {
  private static final int MAX_LENGTH = 100;
  private static final int MAX_NAMES = 20;

  private Shown() {}

  public static String text(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(MAX_LENGTH)
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .forEach(shown::appendCodePoint);
    return text.codePointCount(0, text.length()) > MAX_LENGTH ? shown + "…" : shown.toString();
  }

  /** The first names of a list, and how many more there are. */
  public static String names(Collection<String> names) {
    String first =
        names.stream().limit(MAX_NAMES).map(Shown::text).collect(Collectors.joining(", "));
    if (names.size() > MAX_NAMES) {
      return first + " and " + (names.size() - MAX_NAMES) + " more";
    }
    return names.isEmpty() ? "none" : first;
  }

  /** The first tensors of a list with type and shape, and how many more there are. */
  public static String tensors(List<Tensor> tensors) {
    String first =
        tensors.stream()
            .limit(MAX_NAMES)
            .map(tensor -> text(tensor.name()) + " " + text(tensor.describe()))
            .collect(Collectors.joining(", "));
    if (tensors.size() > MAX_NAMES) {
      return first + " and " + (tensors.size() - MAX_NAMES) + " more";
    }
    return tensors.isEmpty() ? "none" : first;
  }
}
