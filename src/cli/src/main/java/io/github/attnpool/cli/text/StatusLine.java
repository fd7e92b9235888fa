package io.github.attnpool.cli.text;

import java.io.PrintWriter;

/** A line at a terminal that is overwritten again and again. Prints nothing elsewhere. */
public final class StatusLine implements AutoCloseable {
  private static final String BACK = "\r";

  private final PrintWriter err;
  private final boolean shown = isTerminal();
  private int written;

  /**
   * Makes a line at the terminal of this process, if there is one.
   *
   * @param err standard error
   */
  public StatusLine(PrintWriter err) {
    this.err = err;
  }

  @SuppressWarnings("SystemConsoleNull") // it is null in a runtime image without JLine's module
  private static boolean isTerminal() {
    return System.console() != null && System.console().isTerminal();
  }

  /** {@return whether the line is shown} */
  public boolean isShown() {
    return shown;
  }

  /**
   * Replaces the text of the line.
   *
   * @param text without line breaks
   */
  public void show(String text) {
    if (shown) {
      err.print(BACK + text + " ".repeat(Math.max(0, written - text.length())));
      err.flush();
      written = text.length();
    }
  }

  /** Leaves an empty line, with the cursor at its beginning. */
  @Override
  public void close() {
    show("");
    show("");
  }
}
