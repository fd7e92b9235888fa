package io.github.attnpool.internal.onednn;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.openmp.OpenMp;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.invoke.MethodHandle;

/**
 * Keeps OpenMP to the calling thread: the JVM owns the threads here. OpenMP's thread count belongs
 * to each thread, so the caller's own setting is put back afterwards. Between the two the thread
 * must not block: a virtual thread could go on in another carrier.
 */
final class OpenMpThreads {
  private static final MethodHandle GET =
      AddressCall.ofShort(
          OpenMp.omp_get_max_threads$address(), OpenMp.omp_get_max_threads$descriptor());
  private static final MethodHandle SET =
      AddressCall.ofShort(
          OpenMp.omp_set_num_threads$address(), OpenMp.omp_set_num_threads$descriptor());

  private OpenMpThreads() {}

  /** Limits this thread to itself and returns what to restore. */
  static int pin() {
    try {
      int before = (int) GET.invokeExact();
      if (before != 1) {
        SET.invokeExact(1);
      }
      return before;
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  static void restore(int before) {
    if (before == 1) {
      return;
    }
    try {
      SET.invokeExact(before);
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }
}
