package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** NumPy's {@code .npy} files: one array. */
final class NpyFormat implements TensorFormat {
  @Override
  public String name() {
    return "npy";
  }

  @Override
  public boolean recognises(TensorSource source, byte[] head) {
    return NpyHeader.isAtStart(head);
  }

  @Override
  public TensorFile open(TensorSource source) {
    return StoredTensorFile.open(source, (operation, file, _) -> parse(operation, file));
  }

  private StoredTensorFile.Contents parse(String operation, ByteSource file) throws IOException {
    NpyHeader header = NpyHeader.parse(operation, file);
    StoredType stored =
        header
            .stored()
            .orElseThrow(() -> new AttnPoolException(operation, "the array " + header.refusal()));
    ByteSource data = file.part(header.size(), file.size() - header.size());
    StoredTensor x = header.tensor(TensorFile.BARE, stored, data);
    return new StoredTensorFile.Contents(name(), Map.of(), List.of(x), Map.of());
  }
}
