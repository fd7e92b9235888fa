package io.github.attnpool.cli;

import io.github.attnpool.cli.text.ProjectVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command; its options are understood by every command below it. */
@Command(
    name = "attnpool",
    description = "Attention pooling: turns sequences of vectors into one vector each.",
    versionProvider = ProjectVersion.class,
    footer = {
      "",
      "Exit status: 0 good; 1 failed, also where a file or this machine refutes an option's value;"
          + " 2 wrong usage, found before anything is read; 3 results differ from what is"
          + " expected.",
      "Environment, read by scripts/attnpool:",
      "  ATTNPOOL_JAVA_HOME     the JDK 25 to use; otherwise one is looked for",
      "  ATTNPOOL_JAVA_OPTIONS  options for the JVM, parted by blanks; with",
      "                         '--add-modules jdk.incubator.vector' backend jvm",
      "                         uses the Vector API and is several times faster",
      "                         (the JVM then warns of an incubator module)"
    })
@SuppressWarnings("UnusedVariable") // picocli reads the fields of help and version
final class AttnPoolCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of a failure.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  private boolean version;

  boolean verbose() {
    return verbose;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
