package io.github.attnpool.bench.peer;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines that run a class of this JVM in another. */
public final class JavaCommand {
  private JavaCommand() {}

  /** Returns the command line of a main class, with the class path of this JVM. */
  public static List<String> of(List<String> options, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath()));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Includes the module path, because tests run from it. */
  private static String classPath() {
    String modules = System.getProperty("jdk.module.path");
    String classes = System.getProperty("java.class.path");
    return modules == null ? classes : modules + File.pathSeparator + classes;
  }
}
