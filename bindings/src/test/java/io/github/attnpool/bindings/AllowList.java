package io.github.attnpool.bindings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The names that one {@code .includes} file lets jextract bind. */
record AllowList(List<String> functions, List<String> constants, List<String> structs) {

  static AllowList read(Path file) throws IOException {
    List<String> lines =
        Files.readAllLines(file).stream()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .toList();
    // oneDNN declares its structs as typedefs of anonymous ones, which jextract lists as typedefs.
    AllowList list =
        new AllowList(
            names(lines, "--include-function "),
            names(lines, "--include-constant "),
            names(lines, "--include-typedef "));
    if (list.functions.size() + list.constants.size() + list.structs.size() != lines.size()) {
      throw new IOException(file + " has lines that this check does not understand");
    }
    return list;
  }

  private static List<String> names(List<String> lines, String option) {
    return lines.stream()
        .filter(line -> line.startsWith(option))
        .map(line -> line.substring(option.length()).strip())
        .toList();
  }
}
