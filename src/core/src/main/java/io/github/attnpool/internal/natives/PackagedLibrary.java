package io.github.attnpool.internal.natives;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;

/**
 * A library packed as a resource in a jar.
 *
 * @param fileName name of the library's file
 * @param resource where it is
 * @param digest of its bytes
 */
record PackagedLibrary(String fileName, URL resource, Digest digest) {
  /** Added to a resource's name: the one with its digest, as {@code sha256sum} writes it. */
  static final String DIGEST = ".sha256";

  private static final int KEY_LENGTH = 32;

  /**
   * Finds the digest: in the resource beside it, which the build makes, or by reading all of it.
   */
  static PackagedLibrary of(String fileName, URL resource) throws IOException {
    return new PackagedLibrary(fileName, resource, digest(resource));
  }

  private static Digest digest(URL resource) throws IOException {
    try (InputStream in = open(URI.create(resource + DIGEST).toURL())) {
      return Digest.parse(new String(in.readNBytes(Digest.LENGTH), StandardCharsets.ISO_8859_1));
    } catch (IOException _) { // a jar that was packed elsewhere
      try (InputStream in = open(resource)) {
        return Digest.of(in);
      }
    }
  }

  /** A name for these very contents. */
  String key() {
    return digest.hex().substring(0, KEY_LENGTH);
  }

  InputStream open() throws IOException {
    return open(resource);
  }

  /** Without the cache of connections, which would keep the jar open. */
  private static InputStream open(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    return connection.getInputStream();
  }
}
