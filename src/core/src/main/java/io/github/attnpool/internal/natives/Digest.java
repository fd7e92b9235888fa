package io.github.attnpool.internal.natives;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a library.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
record Digest(String hex) {
  /** Digits. */
  static final int LENGTH = 64;

  private static final int CHUNK = 1 << 17;

  /** Reads all of a file. */
  static Digest of(Path file) throws IOException {
    // Not mapped: if the file were cut meanwhile, a mapping could kill the JVM. By a stream, which
    // unlike a channel does not close when the thread is interrupted.
    try (InputStream in = Files.newInputStream(file)) {
      return of(in);
    }
  }

  /** Reads all of a stream. */
  static Digest of(InputStream in) throws IOException {
    MessageDigest sha256 = sha256();
    byte[] chunk = new byte[CHUNK];
    for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
      sha256.update(chunk, 0, count);
    }
    return new Digest(HexFormat.of().formatHex(sha256.digest()));
  }

  static Digest parse(String hex) throws IOException {
    if (!hex.matches("[0-9a-f]{64}")) {
      throw new IOException("the packed digest is '" + hex + "', must be 64 hexadecimal digits");
    }
    return new Digest(hex);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
