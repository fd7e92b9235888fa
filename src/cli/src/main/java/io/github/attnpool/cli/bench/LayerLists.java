package io.github.attnpool.cli.bench;

import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.cli.options.LayerNames;
import io.github.attnpool.cli.options.LayerOptions.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that say how layers run, each with one value or several. */
final class LayerLists {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "auto",
      description =
          "Any of auto, onednn, cuda, cuda:DEVICE, jvm. Default: auto, the best available one.")
  private List<String> backends;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      split = ",",
      description =
          "How the hidden layer is multiplied: any of f32, bf16, and with backend cuda"
              + " tf32, f16.")
  private @Nullable List<String> precisions;

  @Option(
      names = "--plan",
      paramLabel = "PLAN",
      split = ",",
      description = "Any of fused (tile by tile, in cache), staged (step by step over all rows).")
  private @Nullable List<String> plans;

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description =
          "Numbers of threads. Default: the number of processors that this process may use.")
  private @Nullable List<Integer> threads;

  /**
   * Returns every combination, whether it is available here or not. Options that are not given have
   * the layer's defaults.
   *
   * @throws picocli.CommandLine.ParameterException if one is wrong usage
   */
  List<Settings> combinations() {
    LayerNames names = new LayerNames(spec.commandLine());
    List<Optional<Plan>> eachPlan = each(plans, names::plan);
    List<Optional<Precision>> eachPrecision = each(precisions, names::precision);
    List<Optional<Integer>> eachThreads = each(threads, names::threads);
    List<Settings> combinations = new ArrayList<>();
    for (String backend : backends.stream().map(names::knownBackend).toList()) {
      for (Optional<Plan> plan : eachPlan) {
        for (Optional<Precision> precision : eachPrecision) {
          for (Optional<Integer> count : eachThreads) {
            combinations.add(
                new Settings(backend, precision, plan, count, EmptySequencePolicy.ZERO));
          }
        }
      }
    }
    return combinations;
  }

  /** Returns the values that were read; one that is empty if there are none. */
  private static <T, R> List<Optional<R>> each(@Nullable List<T> values, Function<T, R> read) {
    return values == null
        ? List.of(Optional.empty())
        : values.stream().map(read).map(Optional::of).toList();
  }
}
