package io.github.attnpool.cli.text;

/** Text from outside (file names, tensor names, other people's messages) made fit for a line. */
public final class OneLine {
  private OneLine() {}

  /** The text with line breaks and other control characters replaced by blanks or escapes. */
  public static String of(String text) {
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
    return line.toString().strip();
  }
}
