package io.github.attnpool.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process takes of the system, as Linux tells it. */
enum ProcessUse {
  RESIDENT_KIB(32 << 10) {
    @Override
    long read() throws IOException {
      return status("VmRSS:");
    }
  },
  THREADS(4) {
    @Override
    long read() throws IOException {
      return status("Threads:");
    }
  },
  FILES(4) {
    @Override
    long read() throws IOException {
      try (Stream<Path> files = Files.list(PROCESS.resolve("fd"))) {
        return files.count();
      }
    }
  },
  MAPPINGS(24) {
    @Override
    long read() throws IOException {
      try (Stream<String> lines = Files.lines(PROCESS.resolve("maps"))) {
        return lines.count();
      }
    }
  };

  private static final Path PROCESS = Path.of("/proc/self");

  private final long allowance;

  ProcessUse(long allowance) {
    this.allowance = allowance;
  }

  /** How much it may grow, by noise: stacks, the JIT's code, what malloc cannot give back. */
  long allowance() {
    return allowance;
  }

  abstract long read() throws IOException;

  private static long status(String name) throws IOException {
    try (Stream<String> lines = Files.lines(PROCESS.resolve("status"))) {
      String line = lines.filter(each -> each.startsWith(name)).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
  }
}
