package io.github.attnpool.checkpoint;

import io.github.attnpool.AttentionParameters;
import java.nio.file.Path;
import java.util.List;

/** Reads layers from files as users do. */
final class ReadLayer {
  private ReadLayer() {}

  static AttentionParameters from(Path file) {
    return from(file, Checkpoint.AUTO, "");
  }

  static AttentionParameters from(Path file, String layout, String prefix) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      return checkpoint.layer().layout(layout).prefix(prefix).parameters();
    }
  }

  static AttentionParameters from(Path file, Layout layout) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      return checkpoint.layer().layout(layout).parameters();
    }
  }

  static List<LayerMatch> matches(Path file) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      return checkpoint.layers();
    }
  }
}
