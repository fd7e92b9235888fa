package io.github.attnpool.cli.options;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.batch.InputOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say where the sequences are that a command pools. */
public final class SequencesOptions {
  private static final Pattern COLUMNS = Pattern.compile("(\\d{1,9}):(\\d{1,9})");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      required = true,
      description =
          "Sequences to pool: a safetensors, .npy, .npz, PyTorch or HDF5 file; see below.")
  private Path file;

  @Option(
      names = "--x",
      paramLabel = "NAME",
      description =
          "Tensor or dataset of the input that holds the rows. Default: the first of x, features"
              + " and feats that there is.")
  private @Nullable String x;

  @Option(
      names = "--columns",
      paramLabel = "A:B",
      description = "Use columns A to B-1 of the rows, counted from 0. Default: all.")
  private @Nullable String columns;

  /** A mixin: picocli sets its options. */
  public SequencesOptions() {}

  /**
   * Returns the options, checked.
   *
   * @return where the sequences are
   * @throws ParameterException if one is wrong usage
   */
  public Input input() {
    return new Input(
        file,
        Optional.ofNullable(x),
        columns == null ? Optional.empty() : Optional.of(columns(columns)));
  }

  private InputOptions.Columns columns(String text) {
    Matcher matcher = COLUMNS.matcher(text);
    if (matcher.matches()) {
      int from = Integer.parseInt(matcher.group(1));
      int to = Integer.parseInt(matcher.group(2));
      if (from < to) {
        return new InputOptions.Columns(from, to);
      }
    }
    throw new ParameterException(
        spec.commandLine(),
        "Invalid value for option '--columns': '" + text + "', must be A:B with 0 <= A < B");
  }

  /**
   * Where the sequences are.
   *
   * @param file of the sequences
   * @param x name of the tensor that holds the rows; empty for the usual names
   * @param columns which columns make a row; empty for all
   */
  public record Input(Path file, Optional<String> x, Optional<InputOptions.Columns> columns) {

    /**
     * {@return how the file is to be read for a layer}
     *
     * @param parameters of the layer
     */
    public InputOptions options(AttentionParameters parameters) {
      return new InputOptions(x, columns, OptionalInt.of(parameters.inputWidth()));
    }
  }
}
