package io.github.attnpool.cli.options;

import io.github.attnpool.checkpoint.LayerMatch;
import io.github.attnpool.internal.io.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What was taken for granted when a layer was read, as one line.
 *
 * @param match the layer
 */
public record AssumedLine(LayerMatch match) {

  /** {@return the line; empty if nothing was taken for granted} */
  public Optional<String> text() {
    List<String> parts = new ArrayList<>(match.outline().assumed());
    if (!match.prefix().isEmpty()) {
      parts.add("prefix '" + Shown.text(match.prefix()) + "'");
    }
    if (!match.unused().isEmpty()) {
      parts.add(
          String.format(
              Locale.ROOT,
              "%d tensors outside it are not used (%s)",
              match.unused().size(),
              Shown.names(match.unused())));
    }
    match.note().ifPresent(note -> parts.add("note: " + Shown.text(note)));
    return parts.isEmpty() ? Optional.empty() : Optional.of("assumed: " + String.join("; ", parts));
  }
}
