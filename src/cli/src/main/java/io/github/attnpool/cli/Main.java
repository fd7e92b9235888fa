package io.github.attnpool.cli;

import io.github.attnpool.cli.bench.BenchCommand;
import io.github.attnpool.cli.doctor.DoctorCommand;
import io.github.attnpool.cli.explain.ExplainCommand;
import io.github.attnpool.cli.inspect.InspectCommand;
import io.github.attnpool.cli.run.RunCommand;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.cli.spi.Subcommand;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import picocli.CommandLine;

/** Entry point of the attnpool command. */
public final class Main {
  private Main() {}

  /**
   * Runs the command and ends the JVM with its exit status.
   *
   * @param args sub-command and options
   */
  public static void main(String[] args) {
    System.exit(run(writer(System.out), writer(System.err), args));
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, stream.charset());
  }

  /**
   * Runs the command in this process.
   *
   * @param out gets results and nothing else
   * @param err gets everything else
   * @param args sub-command and options
   * @return one of {@link ExitStatus}
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    AttnPoolCommand root = new AttnPoolCommand();
    FailureReport report = new FailureReport(root);
    int status;
    try {
      status =
          withSubcommands(new CommandLine(root))
              // after the sub-commands, or they would not have these settings
              .setOut(out)
              .setErr(err)
              .setExpandAtFiles(false) // a file name may begin with @
              .setParameterExceptionHandler(report)
              .setExecutionExceptionHandler(report)
              .execute(args);
    } catch (Error e) { // also of a module that adds sub-commands
      status = report.failed(err, e);
    }
    err.flush();
    out.flush();
    if (out.checkError() && status == ExitStatus.GOOD) {
      status = report.failed(err, "standard output could not be written");
    }
    return status;
  }

  /** Adds the sub-commands in the order in which {@code --help} lists them. */
  private static CommandLine withSubcommands(CommandLine command) {
    List<Subcommand> all = new ArrayList<>();
    all.add(new RunCommand());
    all.add(new ExplainCommand());
    all.add(new BenchCommand());
    ServiceLoader.load(Subcommand.class, Subcommand.class.getClassLoader()).forEach(all::add);
    all.add(new InspectCommand());
    all.add(new DoctorCommand());
    all.forEach(command::addSubcommand);
    return command;
  }
}
