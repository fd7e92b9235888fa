package io.github.attnpool.cli.bench;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.cli.options.Choice;
import io.github.attnpool.cli.options.LayerOptions.Settings;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.cli.spi.Subcommand;
import io.github.attnpool.internal.io.TargetFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Times forward calls on random data. */
@Command(
    name = "bench",
    sortOptions = false,
    description =
        "Times forward calls on random data, after a warm-up: every shape with every combination"
            + " of the other options' values.",
    footer = {
      "",
      "A time is that of one forward call that writes context and weights. Calls shorter than 10 µs"
          + " are timed in groups of about 10 µs; the percentile is then that of the groups. Each"
          + " case first runs untimed for at least half of --seconds; a case that is still getting"
          + " faster is timed again.",
      "GFLOP/s counts 2·B·T·H·D at the median. The peak is the most that as many threads could do"
          + " with multiply-adds in registers, measured in this process before and after each"
          + " case.",
      "Results name what really ran. A combination that is not available is listed with the"
          + " reason.",
      "Exit status: 0 good, 1 failed or no case could run, 2 wrong usage."
    })
public final class BenchCommand implements Subcommand {
  @Spec private CommandSpec spec;

  @Option(
      names = "--shape",
      paramLabel = "B,T,H[,D]",
      arity = "1..*",
      required = true,
      description =
          "B sequences of T rows of H numbers, and D hidden units; by default D is H. Takes several"
              + " shapes, and may be repeated.")
  private List<String> shapes;

  @Mixin private LayerLists layers;

  @Option(
      names = "--input-type",
      paramLabel = "TYPE",
      defaultValue = "f32",
      description = "Element type of x: f32 or bf16. Default: f32.")
  private String inputType;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "2",
      description = "Seconds for which each case is timed, at least three times. Default: 2.")
  private double seconds;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the results to this file, as a JSON array.")
  private @Nullable Path json;

  @Override
  public Integer call() {
    List<Shape> sizes = shapes.stream().map(this::shape).toList();
    List<Settings> combinations = layers.combinations();
    ElementType input =
        ElementType.valueOf(
            new Choice(spec.commandLine(), "--input-type")
                .oneOf(List.of("f32", "bf16"), inputType)
                .toUpperCase(Locale.ROOT));
    if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
      throw usage("--seconds", Double.toString(seconds), "must be a number above 0");
    }
    TargetFile file = json == null ? null : TargetFile.probed(json);
    combinations.stream()
        .filter(settings -> settings.backend().equals("auto"))
        .findFirst()
        .ifPresent(settings -> settings.tellFallback(spec.commandLine().getErr()));
    Peak peak = new Peak();
    CaseRunner runner = new CaseRunner(input, seconds, peak);
    List<Outcome> outcomes = new ArrayList<>();
    int cases = sizes.size() * combinations.size();
    try (Progress progress = new Progress(spec.commandLine().getErr(), cases)) {
      for (Shape shape : sizes) {
        for (Settings settings : combinations) {
          progress.next();
          outcomes.add(runner.run(shape, settings));
        }
      }
    }
    checkSomeRan(outcomes);
    BenchReport report = new BenchReport(outcomes, input, peak);
    if (file != null) {
      file.write(report.json());
    }
    report.print(spec.commandLine().getOut());
    return ExitStatus.GOOD;
  }

  private Shape shape(String text) {
    try {
      return Shape.parse(text);
    } catch (IllegalArgumentException e) {
      throw usage("--shape", text, String.valueOf(e.getMessage()));
    }
  }

  private static void checkSomeRan(List<Outcome> outcomes) {
    List<Outcome.NotRun> failures =
        outcomes.stream()
            .filter(Outcome.NotRun.class::isInstance)
            .map(Outcome.NotRun.class::cast)
            .toList();
    if (failures.size() == outcomes.size()) {
      String reasons =
          failures.stream()
              .map(Outcome.NotRun::reason)
              .distinct()
              .collect(Collectors.joining("; "));
      throw new AttnPoolException(
          "bench", "no case could run: " + reasons, failures.getFirst().cause());
    }
  }

  private ParameterException usage(String option, String value, String problem) {
    return new ParameterException(
        spec.commandLine(),
        "Invalid value for option '%s': '%s', %s".formatted(option, value, problem));
  }
}
