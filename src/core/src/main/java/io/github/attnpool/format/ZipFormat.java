package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.FileRegion;
import io.github.attnpool.internal.zip.ZipEntries;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
  public boolean recognises(Path path, byte[] head) {
    if (head.length < MARK.length || !Arrays.equals(head, 0, MARK.length, MARK, 0, MARK.length)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      FileRegion file = new FileRegion(path, channel, 0, channel.size());
      try (ZipEntries entries = ZipEntries.read(file)) {
        return TorchArchive.isOne(entries) || NpzArchive.isOne(entries);
      }
    } catch (IOException | AttnPoolException _) {
      return true;
    }
  }

  @Override
  public TensorFile open(Path path) {
    return ChannelTensorFile.open(
        path,
        (file, owned) -> {
          ZipEntries entries = ZipEntries.read(file);
          owned.own(entries::close);
          String operation = "read " + path;
          return TorchArchive.isOne(entries)
              ? new TorchArchive(operation, entries).parse()
              : new NpzArchive(operation, entries).parse();
        });
  }
}
