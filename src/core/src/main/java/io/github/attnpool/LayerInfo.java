package io.github.attnpool;

import java.util.List;

/**
 * What a layer runs on.
 *
 * @param backend name of the backend taken, for example {@code onednn}
 * @param isa instruction-set tier of the kernels in use, for example {@code avx512}
 * @param plan how the work is ordered
 * @param precision element type of the hidden layer's multiplication
 * @param threads threads that one forward call may use
 * @param notices why backend {@code auto} passed over better ones that should work here, a line for
 *     each: {@code backend onednn cannot be used: …; taking jvm}; empty if all is well
 */
public record LayerInfo(
    String backend, String isa, Plan plan, Precision precision, int threads, List<String> notices) {
  /** Copies the notices. */
  public LayerInfo {
    notices = List.copyOf(notices);
  }
}
