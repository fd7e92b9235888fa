package io.github.attnpool.checkpoint;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Patterns of tensors that are known not to be on the path, in which {@code *} stands for any
 * characters. A pattern may be that of a whole name, or of what follows the prefix.
 */
final class IgnoredNames {
  private static final String BATCHES = "num_batches_tracked"; // a count that evaluation ignores

  private final List<Pattern> patterns;

  IgnoredNames(List<String> patterns) {
    this.patterns =
        Stream.concat(patterns.stream(), Stream.of(BATCHES, "*." + BATCHES))
            .map(IgnoredNames::regex)
            .toList();
  }

  private static Pattern regex(String pattern) {
    String regex =
        Stream.of(pattern.split("\\*+", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    return Pattern.compile(regex, Pattern.DOTALL);
  }

  boolean matches(String name, String prefix) {
    String below = name.substring(prefix.length());
    return patterns.stream()
        .anyMatch(pattern -> pattern.matcher(below).matches() || pattern.matcher(name).matches());
  }
}
