package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.zip.ZipEntries;
import java.io.IOException;
import java.util.Arrays;

/** Zip archives: those of PyTorch, and NumPy's {@code .npz}. */
final class ZipFormat implements TensorFormat {
  private static final byte[] MARK = "PK\3\4".getBytes(US_ASCII);

  @Override
  public String name() {
    return "zip";
  }

  /** Of an archive whose directory is damaged, nobody else knows more. */
  @Override
  public boolean recognises(TensorSource source, byte[] head) {
    if (head.length < MARK.length || !Arrays.equals(head, 0, MARK.length, MARK, 0, MARK.length)) {
      return false;
    }
    try (ZipEntries entries = ZipEntries.read("read " + source.name(), source.bytes())) {
      return TorchArchive.isOne(entries) || NpzArchive.isOne(entries);
    } catch (IOException | AttnPoolException _) {
      return true;
    }
  }

  @Override
  public TensorFile open(TensorSource source) {
    return StoredTensorFile.open(
        source,
        (operation, file, owned) -> {
          ZipEntries entries = ZipEntries.read(operation, file);
          owned.own(entries::close);
          return TorchArchive.isOne(entries)
              ? new TorchArchive(operation, entries).parse()
              : new NpzArchive(operation, entries).parse();
        });
  }
}
