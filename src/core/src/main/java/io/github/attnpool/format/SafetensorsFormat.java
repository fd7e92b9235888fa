package io.github.attnpool.format;

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
  public boolean recognises(TensorSource source, byte[] head) {
    return head.length > BRACE
        && head[BRACE] == '{'
        && SafetensorsHeader.length(Arrays.copyOf(head, BRACE)) >>> Integer.SIZE == 0;
  }

  @Override
  public TensorFile open(TensorSource source) {
    return StoredTensorFile.open(
        source,
        (operation, file, _) -> {
          SafetensorsHeader header = SafetensorsHeader.parse(operation, file);
          return new StoredTensorFile.Contents(
              name(), header.metadata(), header.tensors(), Map.of());
        });
  }
}
