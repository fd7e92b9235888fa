package io.github.attnpool.checkpoint;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Patterns of tensors that are known not to be on the path, in which {@code *} stands for any
 * characters. A layout's patterns are those of what follows the prefix; the user's may also be
 * those of whole names.
 */
final class IgnoredNames {
  private static final String BATCHES = "num_batches_tracked"; // a count that evaluation ignores

  private final List<Pattern> ofLayout;
  private final List<Pattern> ofUser;

  IgnoredNames(List<String> ofLayout, List<String> ofUser) {
    this.ofLayout =
        Stream.concat(ofLayout.stream(), Stream.of(BATCHES, "*." + BATCHES))
            .map(IgnoredNames::regex)
            .toList();
    this.ofUser = ofUser.stream().map(IgnoredNames::regex).toList();
  }

  private static Pattern regex(String pattern) {
    String regex =
        Stream.of(pattern.split("\\*+", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    return Pattern.compile(regex, Pattern.DOTALL);
  }

  private static boolean matchesAny(List<Pattern> patterns, String text) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(text).matches());
  }

  boolean matches(String name, String prefix) {
    String below = name.substring(prefix.length());
    return matchesAny(ofLayout, below) || matchesAny(ofUser, below) || matchesAny(ofUser, name);
  }
}
