package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import java.util.List;

/** Says why a file's tensors are not those of a layer. */
final class Misfit {
  private static final int MOST_PROBLEMS = 6;

  private Misfit() {}

  /**
   * For tensors that were to fit.
   *
   * @param names what they were to fit, for example {@code "layout seed"}
   * @param there the tensors among which they were looked for
   */
  static AttnPoolException of(
      SafetensorsFile file, String names, LayerTensors tensors, List<Tensor> there) {
    String found = tensors.missing() == 0 ? "" : "; found " + Shown.tensors(there);
    return new AttnPoolException(
        "read " + file.path(), "it does not fit " + names + ": " + problems(tensors) + found);
  }

  /** The first problems, and how many more there are. */
  static String problems(LayerTensors tensors) {
    List<String> problems = tensors.problems();
    String first = String.join("; ", problems.subList(0, Math.min(MOST_PROBLEMS, problems.size())));
    return problems.size() <= MOST_PROBLEMS
        ? first
        : first + "; and " + (problems.size() - MOST_PROBLEMS) + " more";
  }
}
