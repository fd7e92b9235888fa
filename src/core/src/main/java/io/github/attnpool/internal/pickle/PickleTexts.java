package io.github.attnpool.internal.pickle;

/** Texts as protocol 0 writes them. */
final class PickleTexts {
  private PickleTexts() {}

  /** In quotes, with Python's escapes. */
  static String quoted(PickleInput in, String line) {
    int last = line.length() - 1;
    if (last < 1 || line.charAt(0) != line.charAt(last) || "'\"".indexOf(line.charAt(0)) < 0) {
      throw in.bad("it has a text without quotes");
    }
    return escaped(line.substring(1, last));
  }

  /** With escapes that begin with a backslash; one that is not known stays as it is. */
  static String escaped(String line) {
    if (line.indexOf('\\') < 0) {
      return line;
    }
    StringBuilder text = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c != '\\' || i + 1 == line.length()) {
        text.append(c);
        continue;
      }
      char kind = line.charAt(++i);
      int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
      int code = digits == 0 ? -1 : code(line, i + 1, digits);
      if (Character.isValidCodePoint(code)) {
        text.appendCodePoint(code);
        i += digits;
      } else {
        append(text, kind);
      }
    }
    return text.toString();
  }

  private static int code(String line, int from, int digits) {
    try {
      return from + digits > line.length() ? -1 : Integer.parseInt(line, from, from + digits, 16);
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  private static void append(StringBuilder text, char kind) {
    switch (kind) {
      case 'n' -> text.append('\n');
      case 't' -> text.append('\t');
      case 'r' -> text.append('\r');
      case '\\', '\'', '"' -> text.append(kind);
      default -> text.append('\\').append(kind);
    }
  }
}
