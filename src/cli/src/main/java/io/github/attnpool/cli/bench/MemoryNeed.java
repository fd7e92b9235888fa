package io.github.attnpool.cli.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.Plan;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The memory that a case takes, compared with what is available. Checked before it is allocated,
 * because Linux grants more than it has and kills a process that then uses it. Sizes are doubles,
 * which cannot overflow.
 */
final class MemoryNeed {
  private static final Path MEMORY_INFO = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";
  private static final long LARGEST_ARRAY = Integer.MAX_VALUE - 8;
  private static final int COPIES_OF_WEIGHTS = 4; // drawn, in Linear, handed out, packed
  private static final int BYTES_PER_SEQUENCE = 32; // of offsets and kept rows

  private MemoryNeed() {}

  /**
   * Checks the Java heap, which holds the weights.
   *
   * @throws AttnPoolException if it is too small
   */
  static void checkHeap(Shape shape) {
    long weights = (long) shape.width() * shape.units();
    if (weights > LARGEST_ARRAY) {
      throw new AttnPoolException(
          "bench", "H·D is " + weights + ", must be at most " + LARGEST_ARRAY);
    }
    double bytes =
        (double) COPIES_OF_WEIGHTS * Float.BYTES * weights
            + (double) BYTES_PER_SEQUENCE * shape.batch();
    check("Java heap (see java -Xmx)", bytes, (double) Runtime.getRuntime().maxMemory());
  }

  /**
   * Checks memory outside the heap: x, the results, and what the plan keeps whole.
   *
   * @throws AttnPoolException if there is too little
   */
  static void checkNative(Shape shape, ElementType input, Plan plan) {
    double rows = shape.rows();
    double bytes =
        rows * shape.width() * input.bytes()
            + rows * Float.BYTES
            + (double) shape.batch() * shape.width() * Float.BYTES;
    if (plan == Plan.STAGED) {
      bytes += rows * shape.units() * Float.BYTES;
      bytes += input == ElementType.F32 ? 0 : rows * shape.width() * Float.BYTES;
    }
    check("memory", bytes, available());
  }

  private static void check(String what, double bytes, double available) {
    if (bytes > available) {
      throw new AttnPoolException(
          "bench",
          String.format(
              Locale.ROOT,
              "it needs %.1f GiB of %s, %.1f GiB are available",
              bytes / (1L << 30),
              what,
              available / (1L << 30)));
    }
  }

  /** Returns the bytes available without swapping; honours a container's limit. */
  private static double available() {
    double limit =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    if (!Files.isReadable(MEMORY_INFO)) {
      return limit;
    }
    try (Stream<String> lines = Files.lines(MEMORY_INFO, UTF_8)) {
      return lines
          .filter(line -> line.startsWith(AVAILABLE))
          .mapToDouble(MemoryNeed::bytes)
          .reduce(limit, Math::min);
    } catch (IOException _) {
      return limit;
    }
  }

  /** Of a line such as "MemAvailable: 1234 kB". */
  private static double bytes(String line) {
    return 1024.0 * Long.parseLong(line.replaceAll("[^0-9]", ""));
  }
}
