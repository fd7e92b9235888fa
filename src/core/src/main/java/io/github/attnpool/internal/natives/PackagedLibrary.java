package io.github.attnpool.internal.natives;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * A library packed as a resource in a jar.
 *
 * @param fileName name of the library's file
 * @param resource where it is
 * @param size bytes
 * @param crc32 checksum of the bytes
 */
record PackagedLibrary(String fileName, URL resource, long size, long crc32) {

  /** Finds size and checksum, without unpacking where the jar's directory already has them. */
  static PackagedLibrary of(String fileName, URL resource) throws IOException {
    URLConnection connection = resource.openConnection();
    if (connection instanceof JarURLConnection jar) {
      jar.setUseCaches(false);
      try (var _ = jar.getJarFile()) {
        JarEntry entry = jar.getJarEntry();
        if (entry.getCrc() >= 0 && entry.getSize() >= 0) {
          return new PackagedLibrary(fileName, resource, entry.getSize(), entry.getCrc());
        }
      }
    }
    try (CheckedInputStream in = new CheckedInputStream(resource.openStream(), new CRC32())) {
      long size = in.transferTo(java.io.OutputStream.nullOutputStream());
      return new PackagedLibrary(fileName, resource, size, in.getChecksum().getValue());
    }
  }

  /** A name for these very contents. */
  String key() {
    return "%08x-%d".formatted(crc32, size);
  }

  InputStream open() throws IOException {
    URLConnection connection = resource.openConnection();
    connection.setUseCaches(false);
    return connection.getInputStream();
  }
}
