package io.github.attnpool;

import io.github.attnpool.internal.arguments.Arguments;
import java.util.List;

/**
 * The backend, instructions and settings that a layer runs with.
 *
 * @param backend name of the backend in use, for example {@code onednn}
 * @param isa instruction-set tier of the kernels in use, for example {@code avx512}
 * @param plan order of the work
 * @param precision how the hidden layer multiplies
 * @param threads threads that one forward call may use
 * @param notices why {@code auto} did not take backends that come before this one and that should
 *     work here, one line per backend: {@code backend onednn cannot be used: …; taking jvm}; empty
 *     if all is well
 */
public record LayerInfo(
    String backend, String isa, Plan plan, Precision precision, int threads, List<String> notices) {
  /** Copies the notices. */
  public LayerInfo {
    Arguments arguments = new Arguments("layer info");
    arguments.given("backend", backend);
    arguments.given("isa", isa);
    arguments.given("plan", plan);
    arguments.given("precision", precision);
    notices = List.copyOf(arguments.allGiven("notices", notices));
  }
}
