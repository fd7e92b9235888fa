package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.FileProblem;
import io.github.attnpool.internal.io.MappedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** Finds the format of a file. */
final class TensorFormats {
  private static final int HEAD = 4096; // bytes
  private static final SafetensorsFormat SAFETENSORS = new SafetensorsFormat();
  private static final List<TensorFormat> BUILT_IN =
      List.of(new NpyFormat(), SAFETENSORS, new ZipFormat(), new PickleFormat());

  private TensorFormats() {}

  static TensorFile open(Path path) {
    byte[] head = head(path);
    return Stream.concat(BUILT_IN.stream(), others())
        .filter(format -> format.recognises(path, head))
        .findFirst()
        .orElseGet(() -> unrecognised(path, head))
        .open(path);
  }

  /** What is named so, but not known as anything else, is damaged: its format says how. */
  private static TensorFormat unrecognised(Path path, byte[] head) {
    if (head.length > 0
        && path.toString().toLowerCase(Locale.ROOT).endsWith(".safetensors")
        && ForeignFile.describe(path, head).isEmpty()) {
      return SAFETENSORS;
    }
    throw ForeignFile.refusal(path, head);
  }

  private static Stream<TensorFormat> others() {
    return ServiceLoader.load(TensorFormat.class, TensorFormat.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get);
  }

  private static byte[] head(Path path) {
    MappedFile.checkRegular(path);
    try (InputStream in = Files.newInputStream(path)) {
      return in.readNBytes(HEAD);
    } catch (IOException e) {
      throw new AttnPoolException("read " + path, FileProblem.of(e), e);
    }
  }
}
