package io.github.attnpool.bindings;

import io.github.attnpool.bindings.cublaslt.CublasLt;
import io.github.attnpool.bindings.cudadriver.CudaDriver;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.bindings.cudart.Cudart;
import io.github.attnpool.bindings.cudnn.Cudnn;
import io.github.attnpool.bindings.dnnl.Dnnl;
import io.github.attnpool.bindings.kernels.Kernels;
import io.github.attnpool.bindings.openmp.OpenMp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A bound C library: its generated header class, entry header and allow-list. */
enum BoundLibrary {
  DNNL("dnnl", Dnnl.class, property("attnpool.onednn.include")),
  KERNELS("kernels", Kernels.class, property("attnpool.kernels.include")),
  OPENMP("openmp", OpenMp.class, headers()),
  CUDA_KERNELS("cudakernels", CudaKernels.class, property("attnpool.kernels.include")),
  CUDA_DRIVER("cudadriver", CudaDriver.class, cudaHeaders()),
  CUDART("cudart", Cudart.class, cudaHeaders()),
  CUBLASLT("cublaslt", CublasLt.class, cudaHeaders()),
  CUDNN("cudnn", Cudnn.class, cudaHeaders());

  private final String name;
  private final Class<?> headerClass;

  @SuppressWarnings("ImmutableEnumChecker") // it is List.of or List.copyOf
  private final List<Path> includeDirectories;

  BoundLibrary(String name, Class<?> headerClass, Path... includeDirectories) {
    this.name = name;
    this.headerClass = headerClass;
    this.includeDirectories = List.of(includeDirectories);
  }

  Class<?> headerClass() {
    return headerClass;
  }

  List<Path> includeDirectories() {
    return includeDirectories;
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

  /**
   * The folders of CUDA's own headers, where {@code CUDA_HEADERS} names them as it does for
   * generate-bindings; elsewhere the declarations that the fake CUDA is built from.
   */
  private static Path[] cudaHeaders() {
    String given = System.getenv("CUDA_HEADERS");
    return given == null
        ? new Path[] {property("attnpool.cuda.fake.include")}
        : Stream.of(given.split(":")).map(Path::of).toArray(Path[]::new);
  }

  static Path headers() {
    return property("attnpool.bindings.dir").resolve("headers");
  }

  private static Path property(String key) {
    return Path.of(System.getProperty(key)).normalize();
  }
}
