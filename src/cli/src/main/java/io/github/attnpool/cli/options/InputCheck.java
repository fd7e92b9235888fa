package io.github.attnpool.cli.options;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Sequences;
import io.github.attnpool.batch.SequencesStream;
import java.nio.file.Path;
import java.util.Locale;

/** Checks that sequences fit a layer before it is built, so that the message can name the file. */
public final class InputCheck {
  private final String command;
  private final Path file;
  private final AttentionParameters parameters;

  /**
   * Makes a check for one file.
   *
   * @param command name of the command that runs
   * @param file of the sequences
   * @param parameters of the layer
   */
  public InputCheck(String command, Path file, AttentionParameters parameters) {
    this.command = command;
    this.file = file;
    this.parameters = parameters;
  }

  /**
   * Checks a batch.
   *
   * @param in the batch
   * @throws AttnPoolException if its rows, queries or bias are not those that the layer takes
   */
  public void check(Sequences in) {
    check(in.width(), in.queries().isPresent() ? in.queryWidth() : 0, in.biasHeads());
  }

  /**
   * Checks a batch that is read in chunks.
   *
   * @param in the batch
   * @throws AttnPoolException if its rows, queries or bias are not those that the layer takes
   */
  public void check(SequencesStream in) {
    check(in.width(), in.queryWidth(), in.biasHeads());
  }

  private void check(int width, int queryWidth, int biasHeads) {
    if (width != parameters.inputWidth()) {
      throw bad(
          String.format(
              Locale.ROOT,
              "rows of x in %s have %d values, must have the %d that the layer takes",
              file,
              width,
              parameters.inputWidth()));
    }
    if (biasHeads > 1 && biasHeads != parameters.heads()) {
      throw bad(
          String.format(
              Locale.ROOT,
              "the bias in %s has values for %d heads, the layer has %d",
              file,
              biasHeads,
              parameters.heads()));
    }
    int taken = parameters.queryWidth();
    if (queryWidth == 0 && !parameters.query().isEmpty()) {
      throw bad(
          String.format(
              Locale.ROOT,
              "there are no queries in %s, must be one of %d values for each sequence",
              file,
              taken));
    }
    if (queryWidth > 0 && taken == 0) {
      throw bad("there are queries in %s, but the layer takes none".formatted(file));
    }
    if (queryWidth > 0 && queryWidth != taken) {
      throw bad(
          String.format(
              Locale.ROOT,
              "queries in %s have %d values, must have the %d that the layer takes",
              file,
              queryWidth,
              taken));
    }
  }

  private AttnPoolException bad(String problem) {
    return new AttnPoolException(command, problem);
  }
}
