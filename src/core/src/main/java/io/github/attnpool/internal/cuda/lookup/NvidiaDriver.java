package io.github.attnpool.internal.cuda.lookup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Signs of a driver in the file system, found without loading anything. */
final class NvidiaDriver {
  private static final String VERSION = "proc/driver/nvidia/version";

  /** Every driver has one of these: for Linux, for WSL, for boards with a GPU inside. */
  private static final List<String> TRACES =
      List.of(VERSION, "dev/nvidiactl", "dev/dxg", "dev/nvgpu", "dev/nvhost-gpu");

  private NvidiaDriver() {}

  /** Returns whether there may be one. */
  static boolean isThere(Path root) {
    return TRACES.stream().anyMatch(trace -> Files.exists(root.resolve(trace)));
  }

  /** Returns the reason to give where there is none. */
  static String missing() {
    return "there is no NVIDIA driver (none of /" + String.join(", /", TRACES) + ")";
  }

  /** Returns the first part of its version, such as 580; a great number if it is not known. */
  static int version(Path root) {
    Path file = root.resolve(VERSION);
    try {
      if (Files.isReadable(file)) {
        for (String word : Files.readString(file).split("\\s+", -1)) {
          if (word.matches("\\d{3,4}\\.\\d+(\\.\\d+)*")) {
            return Integer.parseInt(word.substring(0, word.indexOf('.')));
          }
        }
      }
    } catch (IOException _) {
      // As if it were not there.
    }
    return Integer.MAX_VALUE;
  }
}
