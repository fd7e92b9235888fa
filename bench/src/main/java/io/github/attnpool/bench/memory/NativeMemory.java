package io.github.attnpool.bench.memory;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** The native memory of this process, in bytes. */
final class NativeMemory {
  private static final Pattern OTHER =
      Pattern.compile("-\\s+Other \\(reserved=\\d+, committed=(\\d+)");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  private NativeMemory() {}

  /**
   * Returns the memory of arenas, as the JVM counts it.
   *
   * @throws IllegalStateException if the JVM runs without -XX:NativeMemoryTracking=summary
   */
  static long ofArenas() {
    try {
      Object summary =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "vmNativeMemory",
                  new Object[] {new String[] {"summary", "scale=b"}},
                  new String[] {String[].class.getName()});
      return find(OTHER, summary.toString());
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the resident memory of the process, the Java heap included. */
  static long resident() throws IOException {
    return find(RESIDENT, Files.readString(Path.of("/proc/self/status"))) << 10;
  }

  private static long find(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("there is no " + pattern + " in: " + text);
    }
    return Long.parseLong(matcher.group(1));
  }
}
