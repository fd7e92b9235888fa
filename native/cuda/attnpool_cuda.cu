/* What the library reports about itself. */
#include "attnpool_cuda.h"

#define TEXT_OF(macro) TEXT(macro)
#define TEXT(words) #words

/* The build defines the architectures that it compiles for. */
#ifndef ATTNPOOL_CUDA_TARGETS
#define ATTNPOOL_CUDA_TARGETS "unknown architectures"
#endif

int32_t attnpool_cuda_abi_version(void) { return ATTNPOOL_CUDA_ABI_VERSION; }

#if defined(__CUDACC__)
const char *attnpool_cuda_build(void) {
  return ATTNPOOL_CUDA_TARGETS ", CUDA " TEXT_OF(__CUDACC_VER_MAJOR__) "." TEXT_OF(
      __CUDACC_VER_MINOR__);
}

int32_t attnpool_cuda_runtime_version(void) { return CUDART_VERSION; }
#else
/* In the fake CUDA attnpool_cuda_runtime_version is a setting. */
const char *attnpool_cuda_build(void) { return "the host, for tests"; }
#endif
