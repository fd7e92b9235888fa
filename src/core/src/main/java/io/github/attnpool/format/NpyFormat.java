package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.FileRegion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** NumPy's {@code .npy} files: one array. */
final class NpyFormat implements TensorFormat {
  @Override
  public String name() {
    return "npy";
  }

  @Override
  public boolean recognises(Path path, byte[] head) {
    return NpyHeader.isAtStart(head);
  }

  @Override
  public TensorFile open(Path path) {
    return ChannelTensorFile.open(path, (file, _) -> parse(file));
  }

  private ChannelTensorFile.Contents parse(FileRegion file) throws IOException {
    String operation = "read " + file.path();
    NpyHeader header = NpyHeader.parse(operation, file);
    StoredType stored =
        header
            .stored()
            .orElseThrow(() -> new AttnPoolException(operation, "the array " + header.refusal()));
    FileRegion data = file.part(header.size(), file.size() - header.size());
    StoredTensor x = header.tensor(TensorFile.BARE, stored, data);
    return new ChannelTensorFile.Contents(name(), Map.of(), List.of(x), Map.of());
  }
}
