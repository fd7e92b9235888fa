package io.github.attnpool.cli.explain;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.Sequences;
import io.github.attnpool.batch.SequencesFile;
import io.github.attnpool.cli.options.IgnoredTensors;
import io.github.attnpool.cli.options.InputCheck;
import io.github.attnpool.cli.options.LayerOptions;
import io.github.attnpool.cli.options.LoadedLayer;
import io.github.attnpool.cli.options.SequencesOptions;
import io.github.attnpool.cli.options.WeightsOptions;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.cli.spi.Subcommand;
import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows which rows of each sequence get the most attention. */
@Command(
    name = "explain",
    sortOptions = false,
    description = "Shows the rows with the highest weights in each sequence.",
    footer = {
      "",
      "The input is a file as for run. Rows, sequences and heads are numbered from 0. Rows of equal"
          + " weight are listed in their order; masked rows are not listed.",
      "Exit status: 0 good, 1 failed, 2 wrong usage. An option that does not fit the file, such as"
          + " a head that the layer does not have, is a failure, not wrong usage."
    })
public final class ExplainCommand implements Subcommand {
  private static final int DEFAULT_TOP = 10;

  @Spec private CommandSpec spec;
  @Mixin private WeightsOptions weights;

  @Mixin private SequencesOptions sequences;

  @Mixin private LayerOptions layerOptions;

  @Option(
      names = "--top",
      paramLabel = "K",
      description = "Number of rows to show per sequence and head. Default: 10.")
  private int top = DEFAULT_TOP;

  @Option(
      names = "--head",
      paramLabel = "R",
      description = "Show only this head. Default: all heads.")
  private @Nullable Integer head;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  @Override
  public Integer call() {
    LayerOptions.Settings settings = layerOptions.settings();
    weights.check();
    SequencesOptions.Input input = sequences.input();
    checkAtLeast("--top", top, 1);
    checkAtLeast("--head", head == null ? 0 : head, 0);
    LoadedLayer loaded = weights.read();
    AttentionParameters parameters = loaded.parameters();
    if (head != null && head >= parameters.heads()) {
      throw new AttnPoolException(
          "explain",
          String.format(
              Locale.ROOT,
              "--head is %d, must be %s: what the layer in %s has",
              head,
              parameters.heads() == 1 ? "0" : "0 to " + (parameters.heads() - 1),
              weights.file()));
    }
    settings.tellFallback(spec.commandLine().getErr(), parameters);
    try (SequencesFile file = SequencesFile.open(input.file(), input.options(parameters));
        Arena arena = Arena.ofShared();
        AttentionPooling layer = settings.build(parameters)) {
      Sequences in = file.sequences();
      new InputCheck("explain", input.file(), parameters).check(in);
      Outputs out = layer.allocate(in, arena, EnumSet.of(Output.WEIGHTS, Output.SCORES));
      layer.forward(in, out);
      Explanation explanation = new Explanation(loaded, layer.info(), in, out, top, head);
      new IgnoredTensors(input.file(), file.ignoredTensors()).tell(spec.commandLine().getErr());
      if (json) {
        explanation.printJson(spec.commandLine().getOut());
      } else {
        explanation.print(spec.commandLine().getOut());
      }
    }
    return ExitStatus.GOOD;
  }

  private void checkAtLeast(String option, int value, int least) {
    if (value < least) {
      throw new ParameterException(
          spec.commandLine(),
          String.format(
              Locale.ROOT,
              "Invalid value for option '%s': '%d', must be at least %d",
              option,
              value,
              least));
    }
  }
}
