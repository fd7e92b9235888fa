package io.github.attnpool.checkpoint;

import java.util.List;
import java.util.stream.Stream;

/**
 * Patterns of tensors that are known not to be on the path, in which {@code *} stands for any
 * characters. A layout's patterns are those of what follows the prefix; the user's may also be
 * those of whole names.
 */
final class IgnoredNames {
  private static final String BATCHES = "num_batches_tracked"; // a count that evaluation ignores

  private final List<String[]> ofLayout;
  private final List<String[]> ofUser;

  IgnoredNames(List<String> ofLayout, List<String> ofUser) {
    this.ofLayout =
        Stream.concat(ofLayout.stream(), Stream.of(BATCHES, "*." + BATCHES))
            .map(IgnoredNames::pieces)
            .toList();
    this.ofUser = ofUser.stream().map(IgnoredNames::pieces).toList();
  }

  private static String[] pieces(String pattern) {
    return pattern.split("\\*+", -1);
  }

  boolean matches(String name, String prefix) {
    String below = name.substring(prefix.length());
    return matchesAny(ofLayout, below) || matchesAny(ofUser, below) || matchesAny(ofUser, name);
  }

  private static boolean matchesAny(List<String[]> patterns, String text) {
    return patterns.stream().anyMatch(pieces -> matches(pieces, text));
  }

  /**
   * Takes each piece at the first place where it can be. No other choice can do better, so there is
   * no going back, as there is in a regular expression.
   */
  private static boolean matches(String[] pieces, String text) {
    int last = pieces.length - 1;
    if (last == 0) {
      return text.equals(pieces[0]);
    }
    if (!text.startsWith(pieces[0])) {
      return false;
    }
    int at = pieces[0].length();
    for (int i = 1; i < last; i++) {
      int found = text.indexOf(pieces[i], at);
      if (found < 0) {
        return false;
      }
      at = found + pieces[i].length();
    }
    return text.length() - pieces[last].length() >= at && text.endsWith(pieces[last]);
  }
}
