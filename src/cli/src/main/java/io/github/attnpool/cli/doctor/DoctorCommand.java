package io.github.attnpool.cli.doctor;

import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.cli.spi.Subcommand;
import io.github.attnpool.cli.text.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what this machine offers, and which backend would run. */
@Command(
    name = "doctor",
    description = "Shows what this machine offers, and which backend would run.")
public final class DoctorCommand implements Subcommand {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  @Override
  public Integer call() {
    Diagnosis diagnosis = Diagnosis.ofThisMachine();
    if (json) {
      Json.print(spec.commandLine().getOut(), diagnosis::write);
    } else {
      diagnosis.print(spec.commandLine().getOut());
    }
    return ExitStatus.GOOD;
  }
}
