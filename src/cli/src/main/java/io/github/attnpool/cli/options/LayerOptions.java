package io.github.attnpool.cli.options;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.backends.Backends;
import io.github.attnpool.internal.io.Shown;
import java.io.PrintWriter;
import java.util.List;
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
  private String precision;

  @Option(
      names = "--plan",
      paramLabel = "PLAN",
      description = "fused: tile by tile, in cache; or staged: step by step over all rows.")
  private String plan;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Number of threads. Default: the number of processors that this process may use.")
  private Integer threads;

  @Option(
      names = "--empty",
      paramLabel = "POLICY",
      description = "Result for an empty sequence: zero, nan, uniform or error. Default: zero.")
  private String empty;

  /** A mixin: picocli sets its options. */
  public LayerOptions() {}

  /**
   * Returns the options, checked.
   *
   * @throws ParameterException if one is wrong usage
   * @throws io.github.attnpool.AttnPoolException if one is not offered in this version
   */
  public Settings settings() {
    LayerNames names = new LayerNames(spec.commandLine());
    return new Settings(
        names.backend(backend),
        precision == null ? null : names.precision(precision),
        plan == null ? null : names.plan(plan),
        threads == null ? null : names.threads(threads),
        empty == null
            ? null
            : new Choice(spec.commandLine(), "--empty").constant(EmptySequencePolicy.class, empty));
  }

  /** How a layer runs; null where the layer's default is wanted. */
  public record Settings(
      String backend, Precision precision, Plan plan, Integer threads, EmptySequencePolicy empty) {

    /**
     * Prints a line that says why backend auto takes a slower one than this machine should have.
     */
    public void tellFallback(PrintWriter err) {
      List<String> notices;
      try {
        notices = Backends.choice(backend).notices();
      } catch (AttnPoolException _) {
        return; // nothing is taken, as the making of the layer will say
      }
      notices.forEach(notice -> err.println(Shown.line("attnpool: " + notice)));
      err.flush();
    }

    /** Builds a layer that runs in this way. */
    public AttentionPooling build(AttentionParameters parameters) {
      AttentionPooling.Builder builder = AttentionPooling.builder(parameters).backend(backend);
      if (precision != null) {
        builder.precision(precision);
      }
      if (plan != null) {
        builder.plan(plan);
      }
      if (threads != null) {
        builder.threads(threads);
      }
      if (empty != null) {
        builder.emptySequence(empty);
      }
      return builder.build();
    }
  }
}
