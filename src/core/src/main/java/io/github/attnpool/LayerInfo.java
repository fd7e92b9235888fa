package io.github.attnpool;

/**
 * What a layer runs on.
 *
 * @param backend name of the backend taken, for example {@code onednn}
 * @param isa instruction-set tier of the kernels in use, for example {@code avx512}
 * @param plan how the work is ordered
 * @param precision element type of the hidden layer's multiplication
 * @param threads threads that one forward call may use
 */
public record LayerInfo(String backend, String isa, Plan plan, Precision precision, int threads) {}
