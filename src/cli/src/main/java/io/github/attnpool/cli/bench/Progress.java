package io.github.attnpool.cli.bench;

import java.io.PrintWriter;

/** Tells whoever waits at a terminal how far it is; elsewhere nothing. */
final class Progress implements AutoCloseable {
  private static final String BACK = "\r";

  private final PrintWriter err;
  private final int total;
  private final boolean shown = isTerminal();
  private int done;
  private int written;

  Progress(PrintWriter err, int total) {
    this.err = err;
    this.total = total;
  }

  @SuppressWarnings("SystemConsoleNull") // it is null in a runtime image without JLine's module
  private static boolean isTerminal() {
    return System.console() != null && System.console().isTerminal();
  }

  /** The next case begins. */
  void next() {
    done++;
    show("attnpool: case %d of %d …".formatted(done, total));
  }

  private void show(String text) {
    if (shown) {
      err.print(BACK + text);
      err.flush();
      written = text.length();
    }
  }

  /** Leaves an empty line, with the cursor at its beginning. */
  @Override
  public void close() {
    show(" ".repeat(written));
    show("");
  }
}
