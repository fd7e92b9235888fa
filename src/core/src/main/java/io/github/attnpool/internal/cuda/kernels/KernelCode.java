package io.github.attnpool.internal.cuda.kernels;

import io.github.attnpool.Activation;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.internal.cuda.nvidia.GpuType;

/** The numbers by which the kernels know activations and element types. */
final class KernelCode {
  private KernelCode() {}

  static int of(Activation activation) {
    return switch (activation) {
      case IDENTITY -> CudaKernels.ATTNPOOL_CUDA_IDENTITY();
      case TANH -> CudaKernels.ATTNPOOL_CUDA_TANH();
      case RELU -> CudaKernels.ATTNPOOL_CUDA_RELU();
      case GELU -> CudaKernels.ATTNPOOL_CUDA_GELU();
      case GELU_TANH -> CudaKernels.ATTNPOOL_CUDA_GELU_TANH();
      case SIGMOID -> CudaKernels.ATTNPOOL_CUDA_SIGMOID();
      case LEAKY_RELU -> CudaKernels.ATTNPOOL_CUDA_LEAKY_RELU();
      case SILU -> CudaKernels.ATTNPOOL_CUDA_SILU();
    };
  }

  static int of(GpuType type) {
    return switch (type) {
      case F32 -> CudaKernels.ATTNPOOL_CUDA_F32();
      case BF16 -> CudaKernels.ATTNPOOL_CUDA_BF16();
      case F16 -> CudaKernels.ATTNPOOL_CUDA_F16();
    };
  }
}
