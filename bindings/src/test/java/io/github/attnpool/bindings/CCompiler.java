package io.github.attnpool.bindings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

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
    List<String> compile =
        new ArrayList<>(List.of(command, "-std=c17", "-Wall", "-Wextra", "-Werror"));
    compile.addAll(includes(library));
    compile.addAll(List.of("-o", program.toString(), file.toString()));
    run(compile);
    return run(List.of(program.toString()));
  }

  /** The library's entry header with all it includes, without comments and macros. */
  String preprocess(BoundLibrary library) throws Exception {
    List<String> preprocess = new ArrayList<>(List.of(command, "-E", "-P"));
    preprocess.addAll(includes(library));
    preprocess.add(library.entryHeader().toString());
    return String.join("\n", run(preprocess));
  }

  private static List<String> includes(BoundLibrary library) {
    return library.includeDirectories().stream()
        .flatMap(directory -> Stream.of("-isystem", directory.toString()))
        .toList();
  }

  private List<String> run(List<String> arguments) throws Exception {
    Path output = workDirectory.resolve("output.txt");
    Process process;
    try {
      process =
          new ProcessBuilder(arguments)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      throw new AssertionError(
          "cannot start '%s': install a C compiler (Debian: apt-get install gcc) or name one in CC"
              .formatted(arguments.get(0)),
          e);
    }
    int status = process.waitFor();
    String printed = Files.readString(output, StandardCharsets.UTF_8);
    if (status != 0) {
      throw new AssertionError(
          "the headers no longer declare what is bound; %s exited with status %d:%n%s"
              .formatted(arguments.get(0), status, printed));
    }
    return printed.lines().toList();
  }
}
