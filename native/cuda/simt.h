/*
 * What differs between a kernel on a GPU and the same kernel on the host. The kernels are written
 * in the common subset of C and CUDA C++. nvcc builds the library from them. A C compiler builds
 * them into the fake CUDA, where the 256 threads of one block take turns (tests/fake/simt.c). All
 * blocks have BLOCK_THREADS threads in one dimension.
 */
#ifndef ATTNPOOL_CUDA_SIMT_H
#define ATTNPOOL_CUDA_SIMT_H

#include "attnpool_cuda.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define BLOCK_BITS 8
#define BLOCK_THREADS (1 << BLOCK_BITS)
#define WARP_THREADS 32
#define BLOCK_WARPS (BLOCK_THREADS / WARP_THREADS)
#define MAX_BLOCKS 0x7fffffff

#if defined(__CUDACC__)

#include <cuda_runtime.h>

/* Arguments that are constants at the call select code, as the parameters of C++ templates do. */
#define INLINE static __device__ __forceinline__
#define SELDOM static __device__ __noinline__ /* a function that is seldom called */
#define UNROLL _Pragma("unroll")
#define SHARED __shared__
#define KERNEL(name, job_type) \
  static __global__ void __launch_bounds__(BLOCK_THREADS) name(const job_type job)

INLINE int thread_index(void) { return (int)threadIdx.x; }
INLINE uint32_t block_index(void) { return blockIdx.x; }

/* All threads of the block wait for one another. */
INLINE void wait_for_block(void) { __syncthreads(); }

/* The value that another lane passed. All lanes of the warp must call this. */
INLINE float lane_xor(float value, int mask) { return __shfl_xor_sync(0xffffffffu, value, mask); }

/* The value of the lane that many below; this lane's value if there is none. */
INLINE float lane_below(float value, int lanes) {
  return __shfl_up_sync(0xffffffffu, value, (unsigned)lanes);
}

/* A condition that a kernel relies on. Only the fake CUDA checks it. */
#define expect(holds, what) ((void)0)

/* Starts a kernel. The launcher returns the result. */
#define LAUNCH(kernel, job, blocks, stream)                                            \
  (kernel<<<(unsigned)(blocks), BLOCK_THREADS, 0, (cudaStream_t)(stream)>>>(job), \
   -(int32_t)cudaGetLastError())

#else

#define INLINE static inline __attribute__((always_inline))
#define SELDOM static __attribute__((noinline))
#define UNROLL
#define SHARED static
#define KERNEL(name, job_type)                                                   \
  static void name##_thread(const job_type job);                                 \
  static void name(const void *job) { name##_thread(*(const job_type *)job); } \
  static void name##_thread(const job_type job)

/* The thread whose turn it is. */
extern struct simt_thread {
  int index;
  uint32_t block;
} simt_current;

void simt_wait_for_block(void);
void simt_expect(bool holds, const char *what);
bool simt_is_device(const void *at, int64_t bytes);
float simt_lane_xor(float value, int mask);
float simt_lane_below(float value, int lanes);
int32_t simt_launch(void (*kernel)(const void *job), const char *name, const void *job,
                    size_t job_bytes, int64_t blocks, void *stream);

INLINE int thread_index(void) { return simt_current.index; }
INLINE uint32_t block_index(void) { return simt_current.block; }
INLINE void wait_for_block(void) { simt_wait_for_block(); }
INLINE void expect(bool holds, const char *what) { simt_expect(holds, what); }
INLINE float lane_xor(float value, int mask) { return simt_lane_xor(value, mask); }
INLINE float lane_below(float value, int lanes) { return simt_lane_below(value, lanes); }

#define LAUNCH(kernel, job, blocks, stream) \
  simt_launch(kernel, #kernel, &(job), sizeof(job), blocks, stream)

#endif

#endif
