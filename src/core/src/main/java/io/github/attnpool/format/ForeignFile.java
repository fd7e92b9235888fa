package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.attnpool.internal.io.MappedFile;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Knows by their first bytes the files that people have instead of safetensors. */
final class ForeignFile {
  private static final int START = 1024; // bytes that are looked at
  private static final int JSON = 8; // where the header's brace is in safetensors
  private static final int ZIP_NAME_LENGTH = 26; // of the first file in a zip archive
  private static final int ZIP_NAME = 30;

  private static final String CONVERSION =
      "python -c \"import torch, safetensors.torch as s;"
          + " d = torch.load('model.pt', map_location='cpu', weights_only=True);"
          + " s.save_file({k: v.clone() for k, v in d.get('state_dict', d).items()},"
          + " 'model.safetensors')\"";

  private ForeignFile() {}

  /** What the file is, and what to do with it; null if it is not known. */
  static @Nullable String describe(MemorySegment bytes) {
    int size = (int) Math.min(START, bytes.byteSize());
    String start = new String(MappedFile.copy(bytes, 0, size), ISO_8859_1);
    if (size > JSON && start.charAt(JSON) == '{') {
      return null; // whatever else it begins with is a length
    }
    if (start.startsWith("PK\3\4")) {
      return zip(firstName(start));
    }
    if (start.matches("(?s)\u0080[\2-\5].*")) {
      return "a Python pickle, as old versions of torch.save write it, not safetensors;"
          + " convert it: "
          + CONVERSION;
    }
    if (start.startsWith("\u0093NUMPY")) {
      return "a NumPy .npy file, not safetensors";
    }
    if (start.startsWith("\u0089HDF\r\n\32\n")) {
      return "an HDF5 file, as Keras writes it, not safetensors;"
          + " save its arrays by safetensors.numpy.save_file";
    }
    return null;
  }

  private static String zip(String name) {
    if (name.endsWith(".pkl")) {
      return "a PyTorch file (zip), not safetensors; convert it: " + CONVERSION;
    }
    if (name.endsWith(".npy")) {
      return "a NumPy .npz archive (zip), not safetensors;"
          + " save its arrays by safetensors.numpy.save_file";
    }
    return "a zip archive, not safetensors";
  }

  private static String firstName(String start) {
    if (start.length() < ZIP_NAME) {
      return "";
    }
    int length = start.charAt(ZIP_NAME_LENGTH) | start.charAt(ZIP_NAME_LENGTH + 1) << 8;
    return start.substring(ZIP_NAME, Math.min(start.length(), ZIP_NAME + length));
  }
}
