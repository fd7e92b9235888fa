package io.github.attnpool.internal.onednn;

import io.github.attnpool.bindings.openmp.OpenMp;

/**
 * Keeps OpenMP to the calling thread: the JVM owns the threads here. OpenMP's thread count belongs
 * to each thread, so the caller's own setting is put back afterwards.
 */
final class OpenMpThreads {
  private OpenMpThreads() {}

  /** Limits this thread to itself and returns what to restore. */
  static int pin() {
    int before = OpenMp.omp_get_max_threads();
    if (before != 1) {
      OpenMp.omp_set_num_threads(1);
    }
    return before;
  }

  static void restore(int before) {
    if (before != 1) {
      OpenMp.omp_set_num_threads(before);
    }
  }
}
