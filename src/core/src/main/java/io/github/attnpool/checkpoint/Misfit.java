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
  private static final int MOST_MATCHES = 3;

  private Misfit() {}

  /**
   * For tensors that were to fit.
   *
   * @param names what they were to fit, for example {@code "layout attnpool"}
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

  /** For tensors that fit no layout. */
  static AttnPoolException none(SafetensorsFile file, TensorIndex index, String prefix) {
    return new AttnPoolException("read " + file.path(), noneFits(index, prefix));
  }

  private static String noneFits(TensorIndex index, String prefix) {
    List<Tensor> there = index.below(prefix);
    if (there.isEmpty()) {
      return "no known layout fits because there is no tensor"
          + (prefix.isEmpty() ? "" : " below '" + Shown.text(prefix) + "'");
    }
    String problem = "no known layout fits the tensors " + MapShape.list(there);
    List<LayerMatch> elsewhere = LayoutSearch.fitting(index, prefix);
    if (!elsewhere.isEmpty()) {
      return problem + "; with a prefix there is " + shown(elsewhere);
    }
    return problem
        + LayoutSearch.nearest(index, prefix)
            .map(nearest -> "; the nearest is " + nearest.describe(prefix))
            .orElse("; none is near");
  }

  private static String shown(List<LayerMatch> matches) {
    String first =
        matches.stream()
            .limit(MOST_MATCHES)
            .map(match -> match.layout() + " below '" + Shown.text(match.prefix()) + "'")
            .collect(Collectors.joining(", "));
    return matches.size() > MOST_MATCHES
        ? first + " and " + (matches.size() - MOST_MATCHES) + " more"
        : first;
  }

  /** For a file that holds several layers, where the caller has not chosen one. */
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
