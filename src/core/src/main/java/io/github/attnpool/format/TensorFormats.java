package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.FileProblem;
import io.github.attnpool.internal.io.MappedFile;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;

/** Finds the format of a file. */
final class TensorFormats {
  private static final int HEAD = 4096; // bytes
  private static final SafetensorsFormat SAFETENSORS = new SafetensorsFormat();
  private static final List<TensorFormat> BUILT_IN =
      List.of(new NpyFormat(), SAFETENSORS, new ZipFormat(), new PickleFormat());

  private TensorFormats() {}

  /** Opens a source, which is closed if that fails. */
  static TensorFile open(TensorSource source) {
    boolean good = false;
    try {
      byte[] head = head(source);
      TensorFile opened =
          recognising(BUILT_IN, source, head)
              .or(() -> recognising(Others.FORMATS, source, head))
              .orElseGet(() -> unrecognised(source.name(), head))
              .open(source);
      good = true;
      return opened;
    } catch (AttnPoolException e) {
      throw TensorFile.named("read " + source.name(), e);
    } catch (InternalError e) {
      throw MappedFile.cut("read " + source.name(), e);
    } finally {
      if (!good) {
        source.close();
      }
    }
  }

  private static Optional<TensorFormat> recognising(
      List<TensorFormat> formats, TensorSource source, byte[] head) {
    return formats.stream().filter(format -> format.recognises(source, head)).findFirst();
  }

  /** What is named so, but not known as anything else, is damaged: its format says how. */
  private static TensorFormat unrecognised(String file, byte[] head) {
    if (head.length > 0
        && file.toLowerCase(Locale.ROOT).endsWith(".safetensors")
        && ForeignFile.describe(file, head).isEmpty()) {
      return SAFETENSORS;
    }
    throw ForeignFile.refusal(file, head);
  }

  /** Looked for once, and only if a file is of no format of this module. */
  private static final class Others {
    static final List<TensorFormat> FORMATS =
        ServiceLoader.load(TensorFormat.class, TensorFormat.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
  }

  private static byte[] head(TensorSource source) {
    try {
      return source.bytes().bytes(0, (int) Math.min(HEAD, source.size()));
    } catch (IOException e) {
      throw new AttnPoolException("read " + source.name(), FileProblem.of(e), e);
    }
  }
}
