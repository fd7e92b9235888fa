package io.github.attnpool.internal.cuda.lookup;

import java.util.List;
import java.util.Locale;

/** The libraries of CUDA that this backend calls. */
public enum CudaLibrary {
  CUDART("the CUDA runtime", "libcudart.so."),
  CUBLASLT("cuBLASLt", "libcublasLt.so."),
  /** Plan STAGED alone needs it. */
  CUDNN("cuDNN", "libcudnn.so.");

  private static final int CUDNN_MAJOR = 9;

  private final String title;
  private final String stem;

  CudaLibrary(String title, String stem) {
    this.title = title;
    this.stem = stem;
  }

  /** Name for people. */
  String title() {
    return title;
  }

  /** Name of its fact in reports. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** System property that names its file. */
  public String property() {
    return "attnpool.cuda." + key() + ".library";
  }

  /**
   * Name of its file.
   *
   * @param cuda major version of CUDA
   */
  String fileName(int cuda) {
    return stem + (this == CUDNN ? CUDNN_MAJOR : cuda);
  }

  /**
   * Names of the files beside a file that it loads when it is first used. cuDNN's is a shim: where
   * one of these is missing or cannot be loaded, the first call ends the process.
   */
  List<String> parts(String fileName) {
    return this == CUDNN && fileName.startsWith(stem)
        ? List.of("libcudnn_graph.so." + CUDNN_MAJOR, "libcudnn_ops.so." + CUDNN_MAJOR)
        : List.of();
  }
}
