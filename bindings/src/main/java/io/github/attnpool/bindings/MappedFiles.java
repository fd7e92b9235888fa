package io.github.attnpool.bindings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files that are mapped into this process, as Linux lists them. */
final class MappedFiles {
  private static final Path LIST = Path.of("/proc/self/maps");

  /** First address and end; then, after access, offset, device and inode, the file. */
  private static final Pattern LINE =
      Pattern.compile("(\\p{XDigit}+)-(\\p{XDigit}+) \\S+ \\S+ \\S+ \\S+ +(/.*)");

  private MappedFiles() {}

  /** The one that an address is in. */
  static Optional<Path> at(MemorySegment address) {
    try (Stream<String> lines = Files.lines(LIST)) {
      return lines
          .map(LINE::matcher)
          .filter(Matcher::matches)
          .filter(line -> holds(line, address.address()))
          .map(line -> Path.of(line.group(3)))
          .findFirst();
    } catch (IOException | UncheckedIOException | InvalidPathException _) {
      return Optional.empty();
    }
  }

  private static boolean holds(Matcher line, long address) {
    return Long.compareUnsigned(Long.parseUnsignedLong(line.group(1), 16), address) <= 0
        && Long.compareUnsigned(address, Long.parseUnsignedLong(line.group(2), 16)) < 0;
  }
}
