package io.github.attnpool.bindings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The system's C compiler: {@code $CC}, or {@code cc}. */
record CCompiler(String command, Path workDirectory) {

  static CCompiler system(Path workDirectory) {
    return new CCompiler(Objects.requireNonNullElse(System.getenv("CC"), "cc"), workDirectory);
  }

  /** Compiles a program and returns the lines it prints. Its own warnings are errors. */
  List<String> compileAndRun(String source, BoundLibrary library) throws Exception {
    Path file = Files.writeString(workDirectory.resolve("probe.c"), source);
    Path program = workDirectory.resolve("probe");
    // -isystem: the library's headers need not be free of warnings, the probe must be.
    run(
        command,
        "-std=c17",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-isystem",
        library.includeDirectory().toString(),
        "-o",
        program.toString(),
        file.toString());
    return run(program.toString());
  }

  /** The library's entry header with all it includes, without comments and macros. */
  String preprocess(BoundLibrary library) throws Exception {
    return String.join(
        "\n",
        run(
            command,
            "-E",
            "-P",
            "-isystem",
            library.includeDirectory().toString(),
            library.entryHeader().toString()));
  }

  private List<String> run(String... arguments) throws Exception {
    Path output = workDirectory.resolve("output.txt");
    Process process;
    try {
      process =
          new ProcessBuilder(new ArrayList<>(List.of(arguments)))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      throw new AssertionError(
          "cannot start '%s': install a C compiler (Debian: apt-get install gcc) or name one in CC"
              .formatted(arguments[0]),
          e);
    }
    int status = process.waitFor();
    String printed = Files.readString(output, StandardCharsets.UTF_8);
    if (status != 0) {
      throw new AssertionError(
          "the headers no longer declare what is bound; %s exited with status %d:%n%s"
              .formatted(arguments[0], status, printed));
    }
    return printed.lines().toList();
  }
}
