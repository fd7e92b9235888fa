package io.github.attnpool.internal.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @ParameterizedTest
  @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
  void knowsSizeAndChecksumOfAJarsEntry(int method) throws IOException {
    byte[] content = content();
    PackagedLibrary library = PackagedLibrary.of("lib.so", inJar(content, method));
    assertEquals(content.length, library.size());
    assertEquals(crc32(content), library.crc32());
    assertArrayEquals(content, read(library));
  }

  @Test
  void knowsThemOfAFolderToo() throws IOException {
    byte[] content = content();
    Path file = Files.write(temporary.resolve("lib.so"), content);
    PackagedLibrary library = PackagedLibrary.of("lib.so", file.toUri().toURL());
    assertEquals(content.length, library.size());
    assertEquals(crc32(content), library.crc32());
    assertArrayEquals(content, read(library));
  }

  @Test
  void keysDifferWithTheContent() throws IOException {
    PackagedLibrary one = new PackagedLibrary("lib.so", anyUrl(), 10, 0xabcdL);
    assertEquals("0000abcd-10", one.key());
    assertNotEquals(one.key(), new PackagedLibrary("lib.so", anyUrl(), 11, 0xabcdL).key());
    assertNotEquals(one.key(), new PackagedLibrary("lib.so", anyUrl(), 10, 0xabceL).key());
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

  private static long crc32(byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return crc.getValue();
  }
}
