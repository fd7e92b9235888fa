package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.CacheSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs a comparison and writes it up: what {@code scripts/bench} calls. */
public final class Comparison {
  private static final int STARTS = 9;

  private Comparison() {}

  /** Exit status 0; 1 if a peer's result was wrong; 2 for wrong usage. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (Arrays.asList(args).contains("--help")) {
      System.out.print(Options.usage());
      return;
    }
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.err.print(Options.usage());
      System.exit(2);
      return;
    }
    System.exit(run(options) ? 0 : 1);
  }

  private static boolean run(Options options) throws IOException, InterruptedException {
    Machine machine = new Machine();
    Path folder = options.out() == null ? defaultFolder(machine, options) : options.out();
    Files.createDirectories(folder);
    List<CaseResult> results = new ArrayList<>();
    double startMillis = FirstResult.medianMillis(options.quick() ? 3 : STARTS);
    CaseRunner runner = new CaseRunner(options.rounds(), CacheSize.lastLevel());
    List<Case> agenda = Agenda.of(options);
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
    new Report(machine, options, startMillis, results).write(folder);
    System.out.println(folder);
    return results.stream()
        .flatMap(result -> result.results().stream())
        .noneMatch(PeerResult::wrong);
  }

  private static Path defaultFolder(Machine machine, Options options) {
    String suffix = options.python() == null ? "" : "-python";
    return Path.of(
        System.getProperty("attnpool.bench.results", "results"),
        LocalDate.now(ZoneId.systemDefault()) + "-" + machine.slug() + suffix);
  }
}
