package io.github.attnpool.internal.natives;

/** Says in plain words what the dynamic linker's usual complaints mean, and what to do. */
final class LinkerHint {
  /** Oldest glibc that oneDNN's packed libraries run on; they were built elsewhere. */
  static final String ONEDNN_GLIBC = "2.34";

  /** Oldest glibc that the project's own kernels run on. */
  static final String KERNELS_GLIBC = "2.17";

  private static final String INSTEAD = ", or use backend jvm, which needs no native library";

  private LinkerHint() {}

  /** Returns what to append to the linker's message; empty if the message is not a known one. */
  static String of(String message) {
    if (message.contains("Error loading shared library")
        || message.contains("Error relocating")
        || message.contains("ld-linux-")) {
      return "; this system has no glibc (Alpine's musl, for example): use one with glibc "
          + ONEDNN_GLIBC
          + " or newer"
          + INSTEAD;
    }
    if (message.contains("`GLIBC_") && message.contains("not found")) {
      return "; this system's glibc is too old: use one with glibc "
          + ONEDNN_GLIBC
          + " or newer"
          + INSTEAD;
    }
    if (message.contains("libstdc++.so.6")) {
      return "; install libstdc++ of GCC 11 or newer (package libstdc++6 or libstdc++)" + INSTEAD;
    }
    if (message.contains("failed to map segment") || message.contains("not permitted")) {
      return "; the folder may be mounted noexec: set -D"
          + CacheFolder.PROPERTY
          + "=DIR to one that is not";
    }
    return "";
  }
}
