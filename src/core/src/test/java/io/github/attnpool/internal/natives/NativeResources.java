package io.github.attnpool.internal.natives;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The packed libraries, as the tests need them. */
final class NativeResources {
  static final String KERNELS = "io/github/attnpool/native/" + Platform.name() + "/libattnpool.so";
  static final String OPENMP = "org/bytedeco/dnnl/" + Platform.name() + "/libgomp.so.1";
  static final String ONEDNN = "org/bytedeco/dnnl/" + Platform.name() + "/libdnnl.so.3";

  private NativeResources() {}

  /** Its bytes in a file, as a user who sets an override property has it. */
  static Path copy(String resource, Path folder) throws IOException {
    Path file = folder.resolve(fileName(resource));
    try (InputStream in = open(resource)) {
      Files.copy(in, file);
    }
    return file;
  }

  static InputStream open(String resource) {
    return NativeResources.class.getClassLoader().getResourceAsStream(resource);
  }

  static PackagedLibrary packaged(String resource) throws IOException {
    return PackagedLibrary.of(
        fileName(resource), NativeResources.class.getClassLoader().getResource(resource));
  }

  private static String fileName(String resource) {
    return resource.substring(resource.lastIndexOf('/') + 1);
  }
}
