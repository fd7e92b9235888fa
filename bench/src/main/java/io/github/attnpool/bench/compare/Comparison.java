package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.CacheSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a comparison and writes the report: the program that {@code scripts/bench} starts. */
@Command(name = "scripts/bench", sortOptions = false)
@SuppressWarnings("UnusedVariable") // picocli reads the field of help
public final class Comparison implements Callable<Integer> {
  private static final int STARTS = 9;
  private static final int QUICK_STARTS = 3;

  @Mixin private final Options options = new Options();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  private Comparison() {}

  /** Exits with status 0; 1 if a peer's result was wrong; 2 for wrong usage. */
  public static void main(String[] args) {
    CommandLine commandLine = Options.commandLine(new Comparison());
    commandLine.setParameterExceptionHandler(
        (wrong, arguments) -> {
          System.err.println("bench: " + wrong.getMessage() + "; see scripts/bench --help");
          return CommandLine.ExitCode.USAGE;
        });
    System.exit(commandLine.execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Machine machine = new Machine();
    Path folder = options.out().orElseGet(() -> defaultFolder(machine));
    Files.createDirectories(folder);
    double startMillis = FirstResult.medianMillis(options.quick() ? QUICK_STARTS : STARTS);
    List<CaseResult> results = run(Agenda.of(options));
    new Report(machine, options, startMillis, results).write(folder);
    System.out.println(folder);
    boolean right =
        results.stream().flatMap(result -> result.results().stream()).noneMatch(PeerResult::wrong);
    return right ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private List<CaseResult> run(List<Case> agenda) throws InterruptedException {
    CaseRunner runner = new CaseRunner(options.rounds(), CacheSize.lastLevel());
    List<CaseResult> results = new ArrayList<>();
    long start = System.nanoTime();
    try (Kinds kinds = new Kinds(options)) {
      kinds.train();
      for (Case one : agenda) {
        CaseResult result = runner.run(one, kinds.of(one));
        results.add(result);
        System.err.printf(
            "[%d/%d, %.0f s] %s: %s%n",
            results.size(),
            agenda.size(),
            (System.nanoTime() - start) / 1e9,
            one,
            Summary.line(result));
      }
    }
    return results;
  }

  private Path defaultFolder(Machine machine) {
    String run = LocalDate.now(ZoneId.systemDefault()).toString();
    return Path.of(
        System.getProperty("attnpool.bench.results", "results"),
        machine.slug(),
        options.python().isPresent() ? run + "-python" : run);
  }
}
