package io.github.attnpool.checkpoint;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.io.Shown;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Says why a file's tensors are not those of one layer. */
final class Misfit {
  private final String file;
  private final TensorIndex index;
  private final String prefix;

  Misfit(String file, TensorIndex index, String prefix) {
    this.file = file;
    this.index = index;
    this.prefix = prefix;
  }

  private AttnPoolException because(String problem) {
    return new AttnPoolException("read " + file, problem);
  }

  /**
   * For a search that found no layer.
   *
   * @param layouts in words, for example {@code layout clam}
   * @param others layers of other layouts that are there
   */
  AttnPoolException none(LayoutSearch search, String layouts, List<Fit> others) {
    if (search.hasTooMany()) {
      return because("it may hold layers at more than 500 places; give the prefix of one");
    }
    return because(
        search
            .inexact()
            .map(this::unexplained)
            .or(() -> search.nearest().map(fit -> near(fit, layouts)))
            .orElseGet(() -> far(layouts, others)));
  }

  private String unexplained(Fit fit) {
    return String.format(
        Locale.ROOT,
        "layout %s%s explains all but %d of its tensors: %s; describe them in a layout file, or"
            + " pass --ignore PATTERN if they are not on the path",
        fit.layout().name(),
        below(fit.prefix()),
        fit.unexplained().size(),
        Shown.names(fit.unexplained()));
  }

  private String near(Fit fit, String layouts) {
    String others =
        fit.unexplained().isEmpty()
            ? ""
            : "; not in that layout: " + Shown.names(fit.unexplained());
    return "it does not fit %s; the nearest is %s%s, but %s%s"
        .formatted(
            layouts, fit.layout().name(), below(fit.prefix()), fit.describeProblems(), others);
  }

  private String far(String layouts, List<Fit> others) {
    if (!others.isEmpty()) {
      return "it does not fit %s, of which it has no tensor; it fits layout %s%s"
          .formatted(layouts, others.getFirst().layout().name(), below(others.getFirst().prefix()));
    }
    List<TensorInfo> there = List.copyOf(index.below(prefix));
    return there.isEmpty()
        ? "it does not fit %s, because there is no tensor%s".formatted(layouts, below(prefix))
        : ("it does not fit %s, and none is near; found %s; describe them in a layout file, of"
                + " which inspect --suggest makes a draft")
            .formatted(layouts, MapSize.list(there));
  }

  private static String below(String prefix) {
    return prefix.isEmpty() ? "" : " below '" + Shown.text(prefix) + "'";
  }

  /** For a file that holds several layers, where the caller has not chosen one. */
  AttnPoolException several(List<Fit> layers) {
    boolean byLayout =
        layers.stream().map(fit -> fit.layout().name()).distinct().count() == layers.size();
    return because(
        String.format(
            Locale.ROOT,
            "it holds %d attention layers, choose one by %s: %s",
            layers.size(),
            byLayout ? "its layout" : "its prefix",
            layers.stream()
                .map(fit -> fit.layout().name() + below(fit.prefix()))
                .collect(Collectors.joining(", "))));
  }
}
