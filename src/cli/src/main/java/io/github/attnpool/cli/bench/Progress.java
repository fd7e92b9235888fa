package io.github.attnpool.cli.bench;

import io.github.attnpool.cli.text.StatusLine;
import java.io.PrintWriter;
import java.util.Locale;

/** Tells whoever waits at a terminal how far it is; elsewhere nothing. */
final class Progress implements AutoCloseable {
  private final StatusLine line;
  private final int total;
  private int done;

  Progress(PrintWriter err, int total) {
    this.line = new StatusLine(err);
    this.total = total;
  }

  /** The next case begins. */
  void next() {
    done++;
    line.show(String.format(Locale.ROOT, "attnpool: case %d of %d …", done, total));
  }

  /** Leaves an empty line, with the cursor at its beginning. */
  @Override
  public void close() {
    line.close();
  }
}
