package io.github.attnpool.internal.natives;

import io.github.attnpool.bindings.dnnl.Dnnl;
import io.github.attnpool.bindings.dnnl.dnnl_version_t;
import io.github.attnpool.bindings.kernels.Kernels;
import io.github.attnpool.bindings.openmp.OpenMp;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.IntSupplier;

/** Asks a library that was just loaded whether it is the one the bindings were made for. */
final class LoadedVersion {
  private static final int ONEDNN_MAJOR = 3; // its C interface is stable within one

  private LoadedVersion() {}

  static void checkKernels(Path file) {
    check(
        "the kernels library",
        Natives.KERNELS_PROPERTY,
        file,
        "ABI version",
        Kernels.ATTNPOOL_ABI_VERSION(),
        Kernels::attnpool_abi_version);
  }

  static void checkOneDnn(Path file) {
    check(
        "oneDNN",
        Natives.ONEDNN_PROPERTY,
        file,
        "major version",
        ONEDNN_MAJOR,
        () -> dnnl_version_t.major(Dnnl.dnnl_version()));
    checkOpenMp(file);
  }

  /** Threads are kept to one through OpenMP, so a oneDNN built for another runtime cannot serve. */
  private static void checkOpenMp(Path file) {
    try {
      OpenMp.omp_set_num_threads(OpenMp.omp_get_max_threads());
    } catch (LinkageError e) {
      throw new LoadFailure(
          file + " comes without OpenMP, must be a oneDNN built with it",
          LibraryLoader.isNamed(Natives.ONEDNN_PROPERTY),
          e);
    }
  }

  private static void check(
      String library, String property, Path file, String number, int expected, IntSupplier found) {
    boolean named = LibraryLoader.isNamed(property);
    int version;
    try {
      version = found.getAsInt();
    } catch (LinkageError e) { // the bindings did not find the function
      throw new LoadFailure(file + " is not " + library, named, e);
    }
    if (version != expected) {
      throw new LoadFailure(
          String.format(
              Locale.ROOT,
              "%s %s has %s %d, must have %d",
              library,
              file,
              number,
              version,
              expected),
          named,
          null);
    }
  }
}
