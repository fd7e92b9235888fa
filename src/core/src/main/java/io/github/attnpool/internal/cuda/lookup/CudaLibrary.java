package io.github.attnpool.internal.cuda.lookup;

import java.util.List;
import java.util.Locale;

/** The libraries of CUDA that this backend calls. */
public enum CudaLibrary {
  CUDART("the CUDA runtime", "libcudart.so."),
  CUBLASLT("cuBLASLt", "libcublasLt.so."),
  /** Only plan STAGED needs it. */
  CUDNN("cuDNN", "libcudnn.so.");

  private static final int CUDNN_MAJOR = 9;

  private final String title;
  private final String stem;

  CudaLibrary(String title, String stem) {
    this.title = title;
    this.stem = stem;
  }

  /** Returns its name in messages. */
  String title() {
    return title;
  }

  /** Returns its key in reports. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the system property that names its file. */
  public String property() {
    return "attnpool.cuda." + key() + ".library";
  }

  /**
   * Returns the name of its file.
   *
   * @param cuda major version of CUDA
   */
  String fileName(int cuda) {
    return stem + (this == CUDNN ? CUDNN_MAJOR : cuda);
  }

  /**
   * Returns the files beside it that it loads when it is first used. cuDNN's library is a shim: if
   * one of these is missing or cannot be loaded, the first call ends the process.
   */
  List<String> parts(String fileName) {
    return this == CUDNN && fileName.startsWith(stem)
        ? List.of("libcudnn_graph.so." + CUDNN_MAJOR, "libcudnn_ops.so." + CUDNN_MAJOR)
        : List.of();
  }
}
