package io.github.attnpool.checkpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds patterns at the ends of a file's names without trying every name for each. Names are listed
 * by their last parts, with {@code #} in place of each number; each pattern is looked for once.
 */
final class NameSuffixes {
  private static final Pattern NUMBERS = Pattern.compile("[0-9]+");
  private static final Pattern OPEN = Pattern.compile("(?:[0-9]|\\{n}|\\{i})+");

  private final Collection<String> names;
  private final Map<Integer, Map<String, List<String>>> byParts = new HashMap<>();
  private final Map<String, List<NamePattern.Found>> found = new HashMap<>();

  NameSuffixes(Collection<String> names) {
    this.names = names;
  }

  /** Where names end in a pattern, in the order of the names. */
  synchronized List<NamePattern.Found> find(NamePattern pattern) {
    return found.computeIfAbsent(
        pattern.text(),
        text -> {
          NamePattern.Ending ending = pattern.ending();
          return byParts
              .computeIfAbsent(separators(text), this::list)
              .getOrDefault(OPEN.matcher(text).replaceAll("#"), List.of())
              .stream()
              .map(ending::find)
              .flatMap(Optional::stream)
              .toList();
        });
  }

  private static int separators(String text) {
    return (int) text.chars().filter(NameSuffixes::isSeparator).count();
  }

  private static boolean isSeparator(int character) {
    return character == '.' || character == '/';
  }

  /** Names by their last parts, which hold so many separators. */
  private Map<String, List<String>> list(int separators) {
    Map<String, List<String>> lists = new HashMap<>();
    for (String name : names) {
      int begin = name.length();
      for (int left = separators; begin > 0; begin--) {
        if (isSeparator(name.charAt(begin - 1)) && left-- == 0) {
          break;
        }
      }
      String key = NUMBERS.matcher(name.substring(begin)).replaceAll("#");
      lists.computeIfAbsent(key, _ -> new ArrayList<>()).add(name);
    }
    return lists;
  }
}
