package io.github.attnpool.internal.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackagedLibraryTest {
  @TempDir Path temporary;

  /** Jars that were packed elsewhere, as oneDNN's own, have no digest beside the library. */
  @ParameterizedTest
  @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
  void readsAJarsEntryForItsDigest(int method) throws IOException {
    byte[] content = content();
    PackagedLibrary library = PackagedLibrary.of("lib.so", inJar(content, method));
    assertEquals(sha256(content), library.digest().hex());
    assertArrayEquals(content, read(library));
  }

  @Test
  void readsAFileForItsDigest() throws IOException {
    byte[] content = content();
    Path file = Files.write(temporary.resolve("lib.so"), content);
    PackagedLibrary library = PackagedLibrary.of("lib.so", file.toUri().toURL());
    assertEquals(sha256(content), library.digest().hex());
    assertArrayEquals(content, read(library));
  }

  @Test
  void takesTheDigestBesideIt() throws IOException {
    String digest = "0123456789abcdef".repeat(4);
    Path file = Files.write(temporary.resolve("lib.so"), content());
    Path beside = temporary.resolve("lib.so.sha256");
    Files.writeString(beside, digest + "  lib.so\n");
    assertEquals(digest, PackagedLibrary.of("lib.so", file.toUri().toURL()).digest().hex());
    Files.writeString(beside, "no digest");
    PackagedLibrary read = PackagedLibrary.of("lib.so", file.toUri().toURL());
    assertEquals(sha256(content()), read.digest().hex());
  }

  @Test
  void keysDifferWithTheContent() throws IOException {
    PackagedLibrary one = new PackagedLibrary("lib.so", anyUrl(), digest('a'));
    assertEquals("a".repeat(32), one.key());
    assertNotEquals(one.key(), new PackagedLibrary("lib.so", anyUrl(), digest('b')).key());
  }

  private static Digest digest(char digit) {
    return new Digest(String.valueOf(digit).repeat(64));
  }

  private URL anyUrl() throws IOException {
    return temporary.toUri().toURL();
  }

  private URL inJar(byte[] content, int method) throws IOException {
    Path jar = temporary.resolve("natives.jar");
    ZipEntry entry = new ZipEntry("a/lib.so");
    entry.setMethod(method);
    entry.setSize(content.length);
    entry.setCrc(crc32(content));
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(entry);
      zip.write(content);
    }
    return URI.create("jar:" + jar.toUri() + "!/a/lib.so").toURL();
  }

  private static byte[] read(PackagedLibrary library) throws IOException {
    try (InputStream in = library.open()) {
      return in.readAllBytes();
    }
  }

  private static byte[] content() {
    byte[] content = new byte[70_000];
    new Random(2).nextBytes(content);
    return content;
  }

  private static String sha256(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return String.format(Locale.ROOT, "%064x", new BigInteger(1, digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long crc32(byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return crc.getValue();
  }
}
