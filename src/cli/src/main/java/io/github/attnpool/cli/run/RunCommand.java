package io.github.attnpool.cli.run;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Output;
import io.github.attnpool.Plan;
import io.github.attnpool.cli.options.Choice;
import io.github.attnpool.cli.options.LayerOptions;
import io.github.attnpool.cli.options.LoadedLayer;
import io.github.attnpool.cli.options.SequencesOptions;
import io.github.attnpool.cli.options.WeightsOptions;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.cli.spi.Subcommand;
import io.github.attnpool.internal.io.TargetFile;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Pools the sequences of a file. */
@Command(
    name = "run",
    sortOptions = false,
    description = "Pools each sequence of a file into one context vector.",
    footer = {
      "",
      "The input is a safetensors, .npy, .npz, PyTorch or HDF5 file. Its rows are x, features or"
          + " feats: [B,T,H], with optional lengths [B] and keep [B,T] (1 = attend); or [N,H], with"
          + " optional offsets [B+1] or bags [N], a bag number for each row. Optional too: bias,"
          + " added to the scores, [B,T], [B,R,T] or [N]; and queries [B,Q] if the layer takes"
          + " them. Rows are F32, BF16, F16 or F64; F64 is rounded to F32.",
      "Exit status: 0 good, 1 failed, 2 wrong usage, 3 results differ from --expect. An option that"
          + " does not fit the file is a failure, not wrong usage."
    })
public final class RunCommand implements Subcommand {
  private static final double DEFAULT_TOLERANCE = 1e-5;

  @Spec private CommandSpec spec;
  @Mixin private WeightsOptions weights;

  @Mixin private SequencesOptions sequences;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Safetensors file to write the outputs to. Optional with --expect or --json.")
  private @Nullable Path output;

  @Mixin private LayerOptions layerOptions;

  @Option(
      names = "--outputs",
      paramLabel = "NAME",
      split = ",",
      description =
          "Outputs to write: any of context, weights, scores, logits. Default: context, weights,"
              + " and logits if there is an output layer.")
  private @Nullable List<String> outputs;

  @Option(
      names = "--stream",
      description =
          "Read the input in chunks. Memory does not grow with the file; results are the same.")
  private boolean stream;

  @Option(
      names = "--expect",
      paramLabel = "FILE",
      description = "Compare each tensor of this file with the output of that name.")
  private @Nullable Path expect;

  @Option(
      names = "--tolerance",
      paramLabel = "X",
      description = "Largest absolute difference that --expect accepts. Default: 1e-5.")
  private @Nullable Double tolerance;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  @Override
  public Integer call() {
    LayerOptions.Settings settings = layerOptions.settings();
    weights.check();
    SequencesOptions.Input input = sequences.input();
    Optional<EnumSet<Output>> asked = askedOutputs();
    checkUsage(settings);
    TargetFile target = output == null ? null : TargetFile.probed(output);
    if (target != null) {
      checkNotOverwritten(target, input.file());
    }
    RunReport report;
    try (Expectation expectation = expect == null ? null : Expectation.open(expect)) {
      LoadedLayer layer = weights.read();
      AttentionParameters parameters = layer.parameters();
      Set<Output> written = asked.orElseGet(() -> defaults(parameters));
      checkLogits(written, expectation, parameters);
      PoolingRun run =
          new PoolingRun(
              layer,
              settings,
              input,
              written,
              target,
              expectation,
              tolerance == null ? DEFAULT_TOLERANCE : tolerance);
      settings.tellFallback(spec.commandLine().getErr(), parameters);
      report = stream ? run.streamed(spec.commandLine().getErr()) : run.whole();
    }
    report.ignored().tell(spec.commandLine().getErr());
    if (json) {
      report.printJson(spec.commandLine().getOut());
    } else {
      report.print(spec.commandLine().getOut());
    }
    return report.passed() ? ExitStatus.GOOD : ExitStatus.DIFFERENT;
  }

  private void checkUsage(LayerOptions.Settings settings) {
    if (stream && settings.plan().equals(Optional.of(Plan.STAGED))) {
      throw usage("--stream needs --plan fused: the staged plan needs all rows at once");
    }
    if (output == null && expect == null && !json) {
      throw usage("Missing required option: '--output=FILE'");
    }
    if (tolerance != null && !(tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY)) {
      throw usage("Invalid value for option '--tolerance': '" + tolerance + "', must be 0 or more");
    }
    if (tolerance != null && expect == null) {
      throw usage("--tolerance goes with --expect, which is not given");
    }
  }

  private void checkNotOverwritten(TargetFile target, Path input) {
    Map<String, Path> read = new LinkedHashMap<>();
    read.put("--weights", weights.file());
    read.put("--input", input);
    if (expect != null) {
      read.put("--expect", expect);
    }
    read.forEach(
        (option, file) -> {
          if (target.isSameAs(file)) {
            throw usage("--output and " + option + " are the same file " + file);
          }
        });
  }

  /** Returns the outputs that were asked for; empty for the default. */
  private Optional<EnumSet<Output>> askedOutputs() {
    if (outputs == null) {
      return Optional.empty();
    }
    Choice choice = new Choice(spec.commandLine(), "--outputs");
    EnumSet<Output> asked = EnumSet.noneOf(Output.class);
    outputs.forEach(name -> asked.add(choice.constant(Output.class, name)));
    return Optional.of(asked);
  }

  private EnumSet<Output> defaults(AttentionParameters parameters) {
    EnumSet<Output> defaults = EnumSet.of(Output.CONTEXT, Output.WEIGHTS);
    if (parameters.logitCount() > 0) {
      defaults.add(Output.LOGITS);
    }
    return defaults;
  }

  private void checkLogits(
      Set<Output> written, @Nullable Expectation expectation, AttentionParameters parameters) {
    boolean wanted =
        written.contains(Output.LOGITS)
            || (expectation != null && expectation.outputs().contains(Output.LOGITS));
    if (wanted && parameters.logitCount() == 0) {
      throw new AttnPoolException(
          "run", "logits are asked for, but " + weights.file() + " has no output layer");
    }
  }

  private ParameterException usage(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }
}
