package io.github.attnpool.bindings;

import io.github.attnpool.bindings.dnnl.Dnnl;
import io.github.attnpool.bindings.kernels.Kernels;
import io.github.attnpool.bindings.openmp.OpenMp;
import java.io.IOException;
import java.nio.file.Path;

/** A bound C library: its generated header class, entry header and allow-list. */
enum BoundLibrary {
  DNNL("dnnl", Dnnl.class, property("attnpool.onednn.include")),
  KERNELS("kernels", Kernels.class, property("attnpool.kernels.include")),
  OPENMP("openmp", OpenMp.class, headers());

  private final String name;
  private final Class<?> headerClass;
  private final Path includeDirectory;

  BoundLibrary(String name, Class<?> headerClass, Path includeDirectory) {
    this.name = name;
    this.headerClass = headerClass;
    this.includeDirectory = includeDirectory;
  }

  Class<?> headerClass() {
    return headerClass;
  }

  Path includeDirectory() {
    return includeDirectory;
  }

  Path entryHeader() {
    return headers().resolve(name + "_entry.h");
  }

  AllowList allowList() throws IOException {
    return AllowList.read(headers().resolve(name + ".includes"));
  }

  Path generatedSources() {
    return property("attnpool.bindings.dir")
        .resolve("src/main/java")
        .resolve(headerClass.getPackageName().replace('.', '/'));
  }

  static Path headers() {
    return property("attnpool.bindings.dir").resolve("headers");
  }

  private static Path property(String key) {
    return Path.of(System.getProperty(key)).normalize();
  }
}
