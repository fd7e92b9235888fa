package io.github.attnpool.cli.text;

import java.util.Locale;

/** A number of bytes per second, in the unit that suits it. */
public final class Rate {
  private static final double GIGA = 1e9;
  private static final double MEGA = 1e6;
  private static final double KILO = 1e3;

  private Rate() {}

  /**
   * Returns a rate in words.
   *
   * @param bytesPerSecond the rate
   * @return for example {@code 1.25 GB/s} or {@code 12.5 kB/s}
   */
  public static String text(double bytesPerSecond) {
    if (bytesPerSecond >= GIGA) {
      return String.format(Locale.ROOT, "%.2f GB/s", bytesPerSecond / GIGA);
    }
    boolean mega = bytesPerSecond >= MEGA;
    return String.format(
        Locale.ROOT, "%.1f %s/s", bytesPerSecond / (mega ? MEGA : KILO), mega ? "MB" : "kB");
  }
}
