package io.github.attnpool.internal.cuda;

import java.util.Locale;

/** The libraries of CUDA that this backend calls. */
enum CudaLibrary {
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
  String property() {
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
}
