package io.github.attnpool.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The size of the processor's last-level cache. */
public final class CacheSize {
  private static final long ASSUMED = 32L << 20;
  private static final int LEVELS = 5;

  private CacheSize() {}

  /** Returns the size in bytes; assumes 32 MiB if the system does not say. */
  public static long lastLevel() {
    long largest = 0;
    for (int index = 0; index < LEVELS; index++) {
      Path file = Path.of("/sys/devices/system/cpu/cpu0/cache/index" + index + "/size");
      try {
        long kibibytes = Long.parseLong(Files.readString(file).replaceAll("[^0-9]", ""));
        largest = Math.max(largest, kibibytes << 10);
      } catch (IOException | NumberFormatException e) {
        break; // no such level, or a system that writes it in another way
      }
    }
    return largest == 0 ? ASSUMED : largest;
  }
}
