package io.github.attnpool.internal.cuda;

import io.github.attnpool.Activation;
import io.github.attnpool.bindings.cudakernels.CudaKernels;

/** The kernels' number of an activation. */
final class ActivationCode {
  private ActivationCode() {}

  static int of(Activation activation) {
    return switch (activation) {
      case IDENTITY -> CudaKernels.ATTNPOOL_CUDA_IDENTITY();
      case TANH -> CudaKernels.ATTNPOOL_CUDA_TANH();
      case RELU -> CudaKernels.ATTNPOOL_CUDA_RELU();
      case GELU -> CudaKernels.ATTNPOOL_CUDA_GELU();
      case GELU_TANH -> CudaKernels.ATTNPOOL_CUDA_GELU_TANH();
      case SIGMOID -> CudaKernels.ATTNPOOL_CUDA_SIGMOID();
    };
  }
}
