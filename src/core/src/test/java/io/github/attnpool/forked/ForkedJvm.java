package io.github.attnpool.forked;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A second JVM that runs a class of these tests: for what can happen once in a process, or may kill
 * it. It has this JVM's module and class path, and the native access that users are told to give.
 */
public final class ForkedJvm {
  private static final String MODULE = "io.github.attnpool";
  private static final Pattern NATIVES = Pattern.compile("attnpool-(native|onednn)-[^/]*[.]jar$");
  private static final long TIMEOUT_SECONDS = 60;

  private final Class<?> main;
  private final List<String> prefix = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private final List<String> arguments = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private boolean nativeAccess = true;
  private boolean nativeModules;
  private boolean modular = true;

  /**
   * @param main a class of the tests with a main method
   */
  public ForkedJvm(Class<?> main) {
    this.main = main;
  }

  /** Sets a system property. */
  public ForkedJvm property(String name, Object value) {
    return option("-D" + name + "=" + value);
  }

  /** Adds an option of the java command. */
  public ForkedJvm option(String option) {
    options.add(option);
    return this;
  }

  /** Sets an environment variable. */
  public ForkedJvm environment(String name, Object value) {
    environment.put(name, value.toString());
    return this;
  }

  /** Adds arguments of main. */
  public ForkedJvm arguments(Object... values) {
    for (Object value : values) {
      arguments.add(value.toString());
    }
    return this;
  }

  /** Puts a command before java, for example {@code unshare}. */
  public ForkedJvm prefix(String... command) {
    prefix.addAll(List.of(command));
    return this;
  }

  /** Leaves out the flag that allows native access. */
  public ForkedJvm withoutNativeAccess() {
    nativeAccess = false;
    return this;
  }

  /** Puts the jars of native libraries on the module path, if this JVM has them as jars. */
  public ForkedJvm nativesAsModules() {
    nativeModules = true;
    return this;
  }

  /** Has everything on the class path, also where this JVM has modules. */
  public ForkedJvm withoutModules() {
    modular = false;
    return this;
  }

  /** All that this JVM runs, with its tests, as one class path. */
  public static String everything() {
    List<String> path = new ArrayList<>(List.of(testClasses(ForkedJvm.class).toString()));
    Optional.ofNullable(System.getProperty("jdk.module.path")).ifPresent(path::add);
    path.add(System.getProperty("java.class.path"));
    return String.join(File.pathSeparator, path);
  }

  /** The jars of native libraries on this JVM's class path. */
  public static List<String> nativeJars() {
    return classPath(true);
  }

  /** The entries that are jars of native libraries, or all others. */
  private static List<String> classPath(boolean natives) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> NATIVES.matcher(entry).find() == natives)
        .toList();
  }

  /** Starts it; its output goes to files in a temporary folder until it has ended. */
  public Running start() {
    try {
      Path folder = Files.createTempDirectory("attnpool-forked");
      Path out = folder.resolve("out");
      Path err = folder.resolve("err");
      ProcessBuilder builder =
          new ProcessBuilder(command())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .directory(folder.toFile());
      builder.environment().remove("JDK_JAVA_OPTIONS");
      builder.environment().putAll(environment);
      return new Running(builder.start(), folder, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs it to its end. */
  public Outcome run() {
    return start().await();
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(prefix);
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(List.of("-XX:-CreateCoredumpOnCrash", "--illegal-native-access=deny"));
    command.addAll(options);
    Optional<String> modules = Optional.ofNullable(System.getProperty("jdk.module.path"));
    String classes = modular ? System.getProperty("java.class.path") : everything();
    if (modular && modules.isPresent() && main.getModule().isNamed()) {
      if (nativeAccess) {
        // The core itself calls nothing native, but tests in it do.
        command.add("--enable-native-access=io.github.attnpool.bindings,io.github.attnpool");
      }
      List<String> path = new ArrayList<>(List.of(modules.get()));
      if (nativeModules) {
        path.addAll(nativeJars());
        classes = String.join(File.pathSeparator, classPath(false));
      }
      command.addAll(List.of("--module-path", String.join(File.pathSeparator, path)));
      command.addAll(List.of("--class-path", classes));
      command.addAll(List.of("--patch-module", MODULE + "=" + testClasses(main)));
      command.addAll(List.of("--module", MODULE + "/" + main.getName()));
    } else {
      if (nativeAccess) {
        command.add("--enable-native-access=ALL-UNNAMED");
      }
      command.addAll(List.of("--class-path", classes, main.getName()));
    }
    command.addAll(arguments);
    return command;
  }

  /** The folder of the compiled tests: in a patched module the code source does not tell it. */
  private static Path testClasses(Class<?> main) {
    String file = main.getName().replace('.', '/') + ".class";
    try {
      URI uri = main.getResource("/" + file).toURI();
      Path path = Path.of(uri);
      for (int i = 0; i <= file.chars().filter(c -> c == '/').count(); i++) {
        path = path.getParent();
      }
      return path;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A JVM at work. */
  public record Running(Process process, Path folder, Path out, Path err) {
    /** Waits for its end. */
    public Outcome await() {
      try {
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
          throw new AssertionError("the forked JVM did not end: " + outcome());
        }
        return outcome();
      } catch (InterruptedException e) {
        process.destroyForcibly();
        throw new IllegalStateException(e);
      }
    }

    private Outcome outcome() {
      try {
        Outcome outcome =
            new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
        try (var files = Files.list(folder)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
        Files.delete(folder);
        return outcome;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * How it ended.
   *
   * @param status exit status
   */
  public record Outcome(int status, String out, String err) {
    /** Its standard output, if it ended well. */
    public String good() {
      if (status != 0) {
        throw new AssertionError(this.toString());
      }
      return out.strip();
    }
  }
}
