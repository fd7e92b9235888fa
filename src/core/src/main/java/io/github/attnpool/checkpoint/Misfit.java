package io.github.attnpool.checkpoint;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.SafetensorsFile;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.internal.io.Shown;
import java.util.List;
import java.util.stream.Collectors;

/** Says why a file's tensors are not those of one layer. */
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
    String found = tensors.missing() == 0 ? "" : "; found " + MapShape.list(there);
    return new AttnPoolException(
        "read " + file.path(), "it does not fit " + names + ": " + problems(tensors) + found);
  }

  /** For a file that has nothing of the layout that was asked for, but is of another. */
  static AttnPoolException another(SafetensorsFile file, LayoutFit asked, Layout layout) {
    return new AttnPoolException(
        "read " + file.path(),
        "it does not fit layout %s: %s, nor any other tensor of that layout; it fits layout %s"
            .formatted(
                asked.layout().layoutName(),
                asked.tensors().problems().getFirst(),
                layout.layoutName()));
  }

  /** For tensors of which nobody has said which layer is meant. */
  static AttnPoolException several(SafetensorsFile file, List<LayoutFit> layers) {
    boolean told = layers.stream().map(LayoutFit::layout).distinct().count() == layers.size();
    return new AttnPoolException(
        "read " + file.path(),
        "it holds %d attention layers, choose one by %s: %s"
            .formatted(
                layers.size(),
                told ? "its layout" : "the names of its tensors",
                layers.stream()
                    .map(
                        layer ->
                            "%s with '%s'"
                                .formatted(
                                    layer.layout().layoutName(),
                                    Shown.text(layer.tensors().scoreName())))
                    .collect(Collectors.joining(", "))));
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
