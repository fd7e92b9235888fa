package io.github.attnpool.cli.bench;

import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.cli.options.LayerNames;
import io.github.attnpool.cli.options.LayerOptions.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
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
  private List<String> precisions;

  @Option(
      names = "--plan",
      paramLabel = "PLAN",
      split = ",",
      description = "Any of fused (tile by tile, in cache), staged (step by step over all rows).")
  private List<String> plans;

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description =
          "Numbers of threads. Default: the number of processors that this process may use.")
  private List<Integer> threads;

  /**
   * Returns every combination, whether it is available here or not. Options that are not given have
   * the layer's defaults.
   *
   * @throws picocli.CommandLine.ParameterException if one is wrong usage
   */
  List<Settings> combinations() {
    LayerNames names = new LayerNames(spec.commandLine());
    List<Plan> eachPlan = each(plans, names::plan);
    List<Precision> eachPrecision = each(precisions, names::precision);
    List<Integer> eachThreads = each(threads, names::threads);
    List<Settings> combinations = new ArrayList<>();
    for (String backend : each(backends, names::knownBackend)) {
      for (Plan plan : eachPlan) {
        for (Precision precision : eachPrecision) {
          for (Integer count : eachThreads) {
            combinations.add(new Settings(backend, precision, plan, count, null));
          }
        }
      }
    }
    return combinations;
  }

  /** Returns the values that were read; null alone if there are none. */
  private static <T, R> List<R> each(List<T> values, Function<T, R> read) {
    return values == null ? Collections.singletonList(null) : values.stream().map(read).toList();
  }
}
