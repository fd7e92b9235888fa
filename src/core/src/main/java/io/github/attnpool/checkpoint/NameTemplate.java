package io.github.attnpool.checkpoint;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.Shown;
import org.jspecify.annotations.Nullable;

/**
 * A tensor's name, of which a part may be open: {@code #} stands for a number, {@code *} for all
 * the numbers from 0.
 */
record NameTemplate(String head, Wildcard wildcard, String tail) {
  private static final int MOST_DIGITS = 9; // so that a number is an int

  /** What stands between head and tail. */
  enum Wildcard {
    NONE(""),
    /** A number, the only one that is there. */
    ONE("#"),
    /** All the numbers from 0. */
    ALL("*");

    private final String sign;

    Wildcard(String sign) {
      this.sign = sign;
    }
  }

  /**
   * Reads {@code #} and {@code *} as what they stand for.
   *
   * @throws AttnPoolException if there are several, or the text is empty
   */
  static NameTemplate of(String text) {
    if (text.isBlank()) {
      throw new AttnPoolException("tensor names", "a name is empty");
    }
    String[] parts = text.split("[#*]", -1);
    return switch (parts.length) {
      case 1 -> new NameTemplate(text, Wildcard.NONE, "");
      case 2 ->
          new NameTemplate(
              parts[0], text.indexOf('#') >= 0 ? Wildcard.ONE : Wildcard.ALL, parts[1]);
      default ->
          throw new AttnPoolException(
              "tensor names",
              "'" + Shown.text(text) + "' has several # or *, must have at most one");
    };
  }

  /** The name that has that number in it, or, where nothing is open, the name. */
  String with(String number) {
    return wildcard == Wildcard.NONE ? head : head + number + tail;
  }

  /**
   * The number in a name.
   *
   * @return null if the name is none of these
   */
  @Nullable String numberIn(String name, String prefix) {
    int from = prefix.length() + head.length();
    int to = name.length() - tail.length();
    if (!name.endsWith(tail) || !name.startsWith(head, prefix.length())) {
      return null;
    }
    return from < to && numberStart(name, to) == from ? name.substring(from, to) : null;
  }

  /**
   * What stands before this in a name: nothing, or what ends in a dot or a slash.
   *
   * @return null if the name does not end so
   */
  @Nullable String prefixIn(String name) {
    int to = name.length() - tail.length();
    if (!name.endsWith(tail)) {
      return null;
    }
    int from = (wildcard == Wildcard.NONE ? to : numberStart(name, to)) - head.length();
    boolean open = wildcard != Wildcard.NONE && numberStart(name, to) == to;
    if (open || from < 0 || !name.startsWith(head, from)) {
      return null;
    }
    return from == 0 || name.charAt(from - 1) == '.' || name.charAt(from - 1) == '/'
        ? name.substring(0, from)
        : null;
  }

  /** Where the digits before a place begin; that place if there are none, or too many. */
  private static int numberStart(String name, int end) {
    int start = end;
    while (start > 0 && name.charAt(start - 1) >= '0' && name.charAt(start - 1) <= '9') {
      start--;
    }
    boolean sound = end - start <= MOST_DIGITS && (end - start < 2 || name.charAt(start) != '0');
    return sound ? start : end;
  }

  @Override
  public String toString() {
    return head + wildcard.sign + tail;
  }
}
