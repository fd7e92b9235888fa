package io.github.attnpool.format;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** Safetensors files, which have no mark: a length, then JSON. */
final class SafetensorsFormat implements TensorFormat {
  private static final int BRACE = 8; // where the header's brace is

  @Override
  public String name() {
    return SafetensorsHeader.FORMAT;
  }

  @Override
  public boolean recognises(Path path, byte[] head) {
    return head.length > BRACE
        && head[BRACE] == '{'
        && SafetensorsHeader.length(Arrays.copyOf(head, BRACE)) >>> Integer.SIZE == 0;
  }

  @Override
  public TensorFile open(Path path) {
    return ChannelTensorFile.open(
        path,
        (file, _) -> {
          SafetensorsHeader header = SafetensorsHeader.parse(file);
          return new ChannelTensorFile.Contents(
              name(), header.metadata(), header.tensors(), Map.of());
        });
  }
}
