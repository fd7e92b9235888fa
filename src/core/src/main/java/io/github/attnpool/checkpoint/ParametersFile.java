package io.github.attnpool.checkpoint;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.SafetensorsFile;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.internal.io.Shown;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads a layer's parameters from a safetensors file, whichever known {@link Layout} it is in. */
public final class ParametersFile {
  /** Stands for the layout that the tensors' names and shapes tell. */
  public static final String AUTO = "auto";

  private static final int SHOWN_MATCHES = 3;

  private ParametersFile() {}

  /**
   * Reads parameters from a file.
   *
   * @param layout a layout's name, or {@link #AUTO}
   * @param prefix what stands before each tensor's name, its last dot included or not; may be empty
   * @throws AttnPoolException if the file cannot be read, there is no layout of that name, or it
   *     does not fit; with {@code AUTO}, if none does, naming the tensors found and the nearest
   *     layout, or if there are several layers below the prefix, naming the layout of each
   */
  public static AttentionParameters read(Path file, String layout, String prefix) {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      return read(tensors, layout, prefix);
    }
  }

  /** As {@link #read(Path, String, String)}, from a file that is open. */
  public static AttentionParameters read(SafetensorsFile file, String layout, String prefix) {
    if (!layout.equals(AUTO)) {
      return Layout.named(layout).read(file, prefix);
    }
    TensorIndex index = new TensorIndex(file);
    String below = index.prefix(prefix);
    return LayoutFit.only(file, LayoutFit.of(index, below))
        .orElseThrow(() -> new AttnPoolException("read " + file.path(), noneFits(index, below)))
        .tensors()
        .read(file);
  }

  /**
   * Every layer of a known layout in a file, each with the layout and the prefix by which it is
   * read.
   */
  public static List<LayoutMatch> recognise(SafetensorsFile file) {
    return LayoutSearch.fitting(new TensorIndex(file), "");
  }

  /**
   * The layout that a file's tensors come nearest to, and what is wrong with them, in words.
   *
   * @return empty if no layout is near
   */
  public static Optional<String> nearest(SafetensorsFile file) {
    return LayoutSearch.nearest(new TensorIndex(file), "").map(nearest -> nearest.describe(""));
  }

  private static String noneFits(TensorIndex index, String prefix) {
    List<Tensor> there = index.below(prefix);
    if (there.isEmpty()) {
      return "no known layout fits because there is no tensor"
          + (prefix.isEmpty() ? "" : " below '" + Shown.text(prefix) + "'");
    }
    String problem = "no known layout fits the tensors " + MapShape.list(there);
    List<LayoutMatch> elsewhere = LayoutSearch.fitting(index, prefix);
    if (!elsewhere.isEmpty()) {
      return problem + "; with a prefix there is " + shown(elsewhere);
    }
    return problem
        + LayoutSearch.nearest(index, prefix)
            .map(nearest -> "; the nearest is " + nearest.describe(prefix))
            .orElse("; none is near");
  }

  private static String shown(List<LayoutMatch> matches) {
    StringBuilder shown = new StringBuilder();
    for (LayoutMatch match : matches.subList(0, Math.min(SHOWN_MATCHES, matches.size()))) {
      shown
          .append(shown.isEmpty() ? "" : ", ")
          .append(match.layout().layoutName())
          .append(" below '")
          .append(Shown.text(match.prefix()))
          .append('\'');
    }
    return matches.size() > SHOWN_MATCHES
        ? shown + " and " + (matches.size() - SHOWN_MATCHES) + " more"
        : shown.toString();
  }
}
