/**
 * Bindings to oneDNN, to OpenMP's thread count, to CUDA's driver, runtime, cuBLASLt and cuDNN, and
 * to the project's own kernels.
 *
 * <p>The packages below {@code io.github.attnpool.bindings} are generated and never edited. This is
 * the only module that makes restricted calls, so it alone needs {@code
 * --enable-native-access=io.github.attnpool.bindings}.
 */
@SuppressWarnings("module") // the module it exports to is built later
module io.github.attnpool.bindings {
  exports io.github.attnpool.bindings to
      io.github.attnpool;
  exports io.github.attnpool.bindings.cublaslt to
      io.github.attnpool;
  exports io.github.attnpool.bindings.cudadriver to
      io.github.attnpool;
  exports io.github.attnpool.bindings.cudakernels to
      io.github.attnpool;
  exports io.github.attnpool.bindings.cudart to
      io.github.attnpool;
  exports io.github.attnpool.bindings.cudnn to
      io.github.attnpool;
  exports io.github.attnpool.bindings.dnnl to
      io.github.attnpool;
  exports io.github.attnpool.bindings.kernels to
      io.github.attnpool;
  exports io.github.attnpool.bindings.openmp to
      io.github.attnpool;
}
