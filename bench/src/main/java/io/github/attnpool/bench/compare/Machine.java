package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.CacheSize;
import io.github.attnpool.internal.backends.Backends;
import io.github.attnpool.spi.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The machine of the measurement. */
final class Machine {
  private final Map<String, String> processor = new LinkedHashMap<>();

  Machine() {
    for (String line : lines(Path.of("/proc/cpuinfo"))) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        processor.putIfAbsent(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
  }

  /** Returns name, family and model: the name alone may be generic. */
  String processor() {
    String name = processor.getOrDefault("model name", System.getProperty("os.arch"));
    return processor.containsKey("cpu family")
        ? name
            + " (family "
            + processor.get("cpu family")
            + ", model "
            + processor.get("model")
            + ")"
        : name;
  }

  /** Returns the processor's name as part of a path. */
  String slug() {
    return processor()
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9]+", "-")
        .replaceAll("^-|-$", "");
  }

  /** Returns the facts that a reader needs, in order. */
  Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Processor", processor());
    facts.put("Processors of the JVM", "" + Runtime.getRuntime().availableProcessors());
    facts.put("Last-level cache", (CacheSize.lastLevel() >> 20) + " MiB");
    facts.put(
        "System",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version").replaceAll("[^0-9.].*", ""));
    facts.put("JDK", System.getProperty("java.vm.vendor") + " " + Runtime.version());
    for (Backend backend : Backends.all()) {
      Map<String, String> known = Backends.availability(backend).facts();
      if (known.containsKey("version")) {
        facts.put(
            "Backend " + backend.name(),
            known.get("library")
                + " "
                + known.get("version")
                + ", kernels "
                + known.get("isa")
                + " of a processor with "
                + known.get("isaDetected"));
      }
    }
    return facts;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of(); // on another system, less is known
    }
  }
}
