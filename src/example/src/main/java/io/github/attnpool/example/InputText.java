package io.github.attnpool.example;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A document given on the command line: a file, or standard input. */
final class InputText {
  static final String STANDARD_INPUT = "-";
  private static final int MOST_BYTES = 64 << 20;

  private final String name;
  private final byte[] bytes;

  private InputText(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /**
   * Reads a text.
   *
   * @param argument a file, or {@code -} for {@code input}
   * @throws AttnPoolException if it cannot be read, is empty, is too large, or is not text
   */
  static InputText read(String argument, InputStream input) {
    boolean standard = argument.equals(STANDARD_INPUT);
    String name = standard ? "standard input" : argument;
    byte[] bytes;
    try {
      bytes = standard ? input.readNBytes(MOST_BYTES + 1) : bytes(Path.of(argument));
    } catch (IOException e) {
      throw new AttnPoolException("read " + name, FileProblem.of(e), e);
    }
    if (bytes.length > MOST_BYTES) {
      throw bad(name, "is larger than " + (MOST_BYTES >> 20) + " MiB");
    }
    checkText(name, bytes);
    return new InputText(name, bytes);
  }

  private static byte[] bytes(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("is a folder, must be a text file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MOST_BYTES + 1);
    }
  }

  private static void checkText(String name, byte[] bytes) {
    boolean blank = true;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        throw bad(name, "is not text (there is a zero byte at offset " + i + ")");
      }
      blank &= Character.isWhitespace(bytes[i]);
    }
    if (blank) {
      throw bad(name, "is empty, must hold text");
    }
  }

  private static AttnPoolException bad(String name, String problem) {
    return new AttnPoolException("read " + name, problem);
  }

  /** What to call it. */
  String name() {
    return name;
  }

  /** Its bytes; not a copy. */
  byte[] bytes() {
    return bytes;
  }
}
