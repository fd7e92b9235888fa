/* The checks of arguments that all launchers share. They run on the host. */
#ifndef ATTNPOOL_CUDA_CHECK_H
#define ATTNPOOL_CUDA_CHECK_H

#include "simt.h"

/*
 * The fake CUDA knows where each allocation ends. This tells it that a kernel will read or write
 * these bytes from a pointer on.
 */
#if defined(__CUDACC__)
#define CHECK_EXTENT(at, bytes, writes) ATTNPOOL_CUDA_OK
#else
int32_t fake_check_extent(const void *at, int64_t bytes, bool writes);
#define CHECK_EXTENT(at, bytes, writes) fake_check_extent(at, bytes, writes)
#endif

/* A matrix in device memory, as the caller of a launcher describes it. */
struct operand {
  const void *at;
  int64_t rows;
  int64_t width;
  int64_t stride;
  int64_t element_bytes;
  bool written;
};

static inline bool is_type(int32_t type) {
  return type == ATTNPOOL_CUDA_F32 || type == ATTNPOOL_CUDA_BF16 || type == ATTNPOOL_CUDA_F16;
}

static inline bool is_activation(int32_t activation) {
  return activation >= ATTNPOOL_CUDA_IDENTITY && activation <= ATTNPOOL_CUDA_SILU;
}

static inline int64_t bytes_of(int32_t type) { return type == ATTNPOOL_CUDA_F32 ? 4 : 2; }

/*
 * Whether four elements at any column that is a multiple of four can be read at once, in any row.
 */
static inline bool aligned_quads(const void *at, int64_t stride, int64_t element_bytes) {
  return (uintptr_t)at % (uintptr_t)(4 * element_bytes) == 0 && stride % 4 == 0;
}

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* The fewest lanes that cover a row, with four columns each: at least 8, at most a warp. */
static inline int32_t lane_bits_of(int64_t width) { return width <= 32 ? 3 : width <= 64 ? 4 : 5; }

/* How many parts of that size cover n. */
static inline int64_t parts_of(int64_t n, int64_t size) { return n / size + (n % size != 0); }

static inline int32_t check_operand(const struct operand o) {
  /* In an address space of 2^47 bytes no size is near the limits of int64_t. */
  const int64_t most = (int64_t)1 << 47;
  if (o.at == NULL) {
    return ATTNPOOL_CUDA_NULL_POINTER;
  }
  if (o.rows < 0 || o.width < 0 || o.width > MAX_BLOCKS) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  if (o.stride < o.width) {
    return ATTNPOOL_CUDA_BAD_STRIDE;
  }
  int64_t row_bytes = (o.stride > 0 ? o.stride : 1) > most / o.element_bytes
                          ? most
                          : (o.stride > 0 ? o.stride : 1) * o.element_bytes;
  if (o.rows > most / row_bytes) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  if (o.rows == 0 || o.width == 0) {
    return ATTNPOOL_CUDA_OK;
  }
  return CHECK_EXTENT(o.at, ((o.rows - 1) * o.stride + o.width) * o.element_bytes, o.written);
}

/* The status of the first operand that is not good, or ATTNPOOL_CUDA_OK. */
static inline int32_t check_operands(const struct operand *operands, int count) {
  int32_t status = ATTNPOOL_CUDA_OK;
  for (int i = 0; i < count && status == ATTNPOOL_CUDA_OK; i++) {
    status = check_operand(operands[i]);
  }
  return status;
}

/* A vector of that many elements. */
static inline struct operand vector_of(const void *at, int64_t length, int64_t element_bytes) {
  const struct operand o = {at, 1, length, length, element_bytes, false};
  return o;
}

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof *(array)))

#endif
