package io.github.attnpool.internal.natives;

import java.util.Locale;

/** This machine's platform, spelled as in the jars that carry native libraries. */
final class Platform {
  private Platform() {}

  /** For example {@code linux-x86_64}. */
  static String name() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String family = os.contains("mac") ? "macosx" : os.contains("win") ? "windows" : "linux";
    String arch = System.getProperty("os.arch", "");
    return family
        + "-"
        + switch (arch) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64" -> "arm64";
          default -> arch;
        };
  }
}
