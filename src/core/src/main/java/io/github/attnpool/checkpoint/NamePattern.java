package io.github.attnpool.checkpoint;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tensor's name in a layout, of which numbers may be open: <code>{n}</code> for any number, the
 * same everywhere in the layout, <code>{i}</code> for 0, 1, 2 …, one per head.
 */
record NamePattern(String text) {
  private static final String NUMBER = "{n}";
  private static final String INDEX = "{i}";
  private static final String DIGITS = "(0|[1-9][0-9]{0,8})"; // so that a number is an int

  /** Returns whether a number of the file is open in it. */
  boolean hasNumber() {
    return text.contains(NUMBER);
  }

  /** Returns whether it names one tensor per head. */
  boolean hasIndex() {
    return text.contains(INDEX);
  }

  /** Returns the name with its numbers. */
  String with(String number, int index) {
    return text.replace(NUMBER, number).replace(INDEX, Integer.toString(index));
  }

  /** Returns the pattern with a suffix. */
  NamePattern plus(String suffix) {
    return new NamePattern(text + suffix);
  }

  /**
   * Finds this as the end of a name.
   *
   * @param prefix what stands before it: nothing, or what ends in a dot or a slash
   * @param number what stands for <code>{n}</code>; empty where it is not open
   */
  record Found(String prefix, String number) {}

  /** Returns a matcher of names that end so. */
  Ending ending() {
    StringBuilder regex = new StringBuilder("(?<prefix>|.*[./])");
    int from = 0;
    boolean numbered = false;
    for (int at = 0; at < text.length(); at++) {
      if (text.startsWith(NUMBER, at) || text.startsWith(INDEX, at)) {
        regex.append(Pattern.quote(text.substring(from, at)));
        boolean first = text.startsWith(NUMBER, at) && !numbered;
        regex.append(first ? "(?<number>0|[1-9][0-9]{0,8})" : DIGITS);
        numbered |= first;
        from = at + NUMBER.length();
        at = from - 1;
      }
    }
    regex.append(Pattern.quote(text.substring(from)));
    Pattern pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
    return new Ending(pattern, numbered, text.substring(from));
  }

  /** Finds a pattern at the end of names. */
  record Ending(Pattern regex, boolean numbered, String tail) {
    Optional<Found> find(String name) {
      if (!name.endsWith(tail)) { // most names, at little cost
        return Optional.empty();
      }
      Matcher matcher = regex.matcher(name);
      return matcher.matches()
          ? Optional.of(new Found(matcher.group("prefix"), numbered ? matcher.group("number") : ""))
          : Optional.empty();
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
