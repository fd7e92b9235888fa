package io.github.attnpool.cli;

import io.github.attnpool.cli.text.ProjectVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command; its options apply to every sub-command. */
@Command(
    name = "attnpool",
    description = "Attention pooling: turns each sequence of vectors into one vector.",
    versionProvider = ProjectVersion.class,
    footer = {
      "",
      "Exit status: 0 good; 1 failed: a bad file, a missing library, or an option that does not fit"
          + " the file or this machine; 2 wrong usage, found before anything is read; 3 results"
          + " differ from those expected.",
      "Environment, read by scripts/attnpool:",
      "  ATTNPOOL_JAVA_HOME     JDK 25 to use; searched for if it is not set",
      "  ATTNPOOL_JAVA_OPTIONS  options for the JVM, separated by spaces; with",
      "                         '--add-modules jdk.incubator.vector', backend jvm",
      "                         uses the Vector API and is several times faster",
      "                         (the JVM then warns about an incubator module)"
    })
@SuppressWarnings("UnusedVariable") // picocli reads the fields of help and version
final class AttnPoolCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a failure.")
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
