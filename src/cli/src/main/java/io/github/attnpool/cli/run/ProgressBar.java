package io.github.attnpool.cli.run;

import io.github.attnpool.cli.text.Rate;
import io.github.attnpool.cli.text.StatusLine;
import java.io.PrintWriter;
import java.util.Locale;

/** Shows at a terminal how much of a file is pooled, how fast, and how long it will take. */
final class ProgressBar implements AutoCloseable {
  private static final int CELLS = 24;
  private static final long PERIOD_NANOS = 200_000_000;
  private static final double NANOS = 1e9;

  private final StatusLine line;
  private final long total;
  private final long rowBytes;
  private final long start = System.nanoTime();
  private long shown = start - PERIOD_NANOS;

  /**
   * @param total rows in all
   * @param rowBytes bytes of each
   */
  ProgressBar(PrintWriter err, long total, long rowBytes) {
    this.line = new StatusLine(err);
    this.total = total;
    this.rowBytes = rowBytes;
  }

  /** Shows that a number of rows are done. */
  void show(long done) {
    long now = System.nanoTime();
    if (line.isShown() && now - shown >= PERIOD_NANOS) {
      shown = now;
      line.show(text(done, total, rowBytes, (now - start) / NANOS));
    }
  }

  static String text(long done, long total, long rowBytes, double seconds) {
    double part = total == 0 ? 1 : (double) done / total;
    int full = (int) (part * CELLS);
    double left = done == 0 ? 0 : seconds * (total - done) / done;
    return String.format(
        Locale.ROOT,
        "[%s%s] %3d %%  %,d of %,d rows  %s  %s left",
        "#".repeat(full),
        "-".repeat(CELLS - full),
        (int) (100 * part),
        done,
        total,
        Rate.text(seconds == 0 ? 0 : done * (double) rowBytes / seconds),
        clock((long) Math.ceil(left)));
  }

  private static String clock(long seconds) {
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  /** Clears the bar. */
  @Override
  public void close() {
    line.close();
  }
}
