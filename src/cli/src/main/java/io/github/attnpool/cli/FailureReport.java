package io.github.attnpool.cli;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.internal.io.Shown;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns a failure into one plain line on standard error and an exit status. */
final class FailureReport implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private final AttnPoolCommand root;

  FailureReport(AttnPoolCommand root) {
    this.root = root;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    print(command.getErr(), name + ": " + problem(e, command) + " (see " + name + " --help)", e);
    return ExitStatus.USAGE;
  }

  /** What is not understood goes first: it is often why something else seems to be missing. */
  private static String problem(ParameterException e, CommandLine command) {
    List<String> unmatched = command.getUnmatchedArguments();
    if (unmatched.isEmpty()) {
      return String.valueOf(e.getMessage());
    }
    String first = unmatched.get(0);
    String kind =
        first.startsWith("-")
            ? "Unknown option"
            : command.getSubcommands().isEmpty() ? "Unexpected argument" : "Unknown command";
    return kind + ": '" + first + "'";
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    return failed(command.getErr(), e);
  }

  int failed(PrintWriter err, Throwable failure) {
    // Other exceptions than the library's own say little without their type.
    String message =
        failure instanceof AttnPoolException ? failure.getMessage() : failure.toString();
    print(err, "attnpool: " + message, failure);
    return ExitStatus.FAILED;
  }

  int failed(PrintWriter err, String problem) {
    err.println("attnpool: " + problem);
    return ExitStatus.FAILED;
  }

  private void print(PrintWriter err, String message, Throwable failure) {
    err.println(Shown.line(message));
    if (root.verbose()) {
      failure.printStackTrace(err);
    }
  }
}
