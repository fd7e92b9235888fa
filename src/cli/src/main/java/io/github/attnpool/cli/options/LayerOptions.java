package io.github.attnpool.cli.options;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.backends.BackendChoice;
import io.github.attnpool.internal.backends.Backends;
import io.github.attnpool.internal.io.Shown;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say how a layer runs. Those that are not given have the layer's defaults. */
public final class LayerOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "auto, onednn, cuda, cuda:DEVICE or jvm. Default: auto, the best available one. The"
              + " command doctor shows which are available.")
  private String backend;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description =
          "How the hidden layer is multiplied: f32 or bf16; with backend cuda, tf32 or f16 too.")
  private @Nullable String precision;

  @Option(
      names = "--plan",
      paramLabel = "PLAN",
      description = "fused: tile by tile, in cache; or staged: step by step over all rows.")
  private @Nullable String plan;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Number of threads. Default: the number of processors that this process may use.")
  private @Nullable Integer threads;

  @Option(
      names = "--empty",
      paramLabel = "POLICY",
      description = "Result for an empty sequence: zero, nan, uniform or error. Default: zero.")
  private @Nullable String empty;

  /** A mixin: picocli sets its options. */
  public LayerOptions() {}

  /**
   * Returns the options, checked.
   *
   * @return how the layer is to run
   * @throws ParameterException if one is wrong usage
   * @throws io.github.attnpool.AttnPoolException if one is not offered in this version
   */
  public Settings settings() {
    LayerNames names = new LayerNames(spec.commandLine());
    return new Settings(
        names.backend(backend),
        Optional.ofNullable(precision).map(names::precision),
        Optional.ofNullable(plan).map(names::plan),
        Optional.ofNullable(threads).map(names::threads),
        empty == null
            ? EmptySequencePolicy.ZERO
            : new Choice(spec.commandLine(), "--empty").constant(EmptySequencePolicy.class, empty));
  }

  /**
   * How a layer runs.
   *
   * @param backend name of the backend, or {@code auto}; a device may follow, as in {@code cuda:1}
   * @param precision how the hidden layer is multiplied; empty for the layer's default
   * @param plan how the rows are worked on; empty for the layer's default
   * @param threads number of threads; empty for the layer's default
   * @param empty result for an empty sequence
   */
  public record Settings(
      String backend,
      Optional<Precision> precision,
      Optional<Plan> plan,
      Optional<Integer> threads,
      EmptySequencePolicy empty) {

    /**
     * {@return the defaults of layers on a backend}
     *
     * @param backend name of the backend, or {@code auto}
     */
    public static Settings defaults(String backend) {
      return new Settings(
          backend, Optional.empty(), Optional.empty(), Optional.empty(), EmptySequencePolicy.ZERO);
    }

    /**
     * Prints a line that says why backend auto takes a slower one than this machine should have.
     *
     * @param err gets the line
     */
    public void tellFallback(PrintWriter err) {
      tellNotices(err, () -> Backends.choice(backend));
    }

    /**
     * Prints a line that says why backend auto takes a slower one than this machine should have, or
     * than layers of the plain form would get.
     *
     * @param err gets the line
     * @param layer that is to run
     */
    public void tellFallback(PrintWriter err, AttentionParameters layer) {
      tellNotices(err, () -> Backends.choice(backend, layer, plan.orElse(Plan.FUSED)));
    }

    private static void tellNotices(PrintWriter err, Supplier<BackendChoice> choice) {
      List<String> notices;
      try {
        notices = choice.get().notices();
      } catch (AttnPoolException _) {
        return; // nothing is taken, as the making of the layer will say
      }
      notices.forEach(notice -> err.println(Shown.line("attnpool: " + notice)));
      err.flush();
    }

    /**
     * Builds a layer that runs in this way.
     *
     * @param parameters of the layer
     * @return the layer, which the caller closes
     * @throws AttnPoolException if the backend is not available or does not offer one of the
     *     settings
     */
    public AttentionPooling build(AttentionParameters parameters) {
      AttentionPooling.Builder builder =
          AttentionPooling.builder(parameters).backend(backend).emptySequence(empty);
      precision.ifPresent(builder::precision);
      plan.ifPresent(builder::plan);
      threads.ifPresent(builder::threads);
      return builder.build();
    }
  }
}
