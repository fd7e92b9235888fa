/* Checks of sizes that all exported functions share. */
#ifndef ATTNPOOL_ARGUMENTS_H
#define ATTNPOOL_ARGUMENTS_H

#include "attnpool.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether rows * stride elements of that size stay within the address space. */
static inline bool addressable(int64_t rows, int64_t stride, int64_t element_bytes) {
  int64_t bytes;
  return !__builtin_mul_overflow(rows, stride, &bytes) &&
         !__builtin_mul_overflow(bytes, element_bytes, &bytes) && bytes <= PTRDIFF_MAX;
}

static inline int32_t check_vector(int64_t length, int64_t element_bytes) {
  return length >= 0 && addressable(1, length, element_bytes) ? ATTNPOOL_OK : ATTNPOOL_BAD_SIZE;
}

static inline int32_t check_matrix(int64_t rows, int64_t width, int64_t stride,
                                   int64_t element_bytes) {
  if (rows < 0 || width < 0) {
    return ATTNPOOL_BAD_SIZE;
  }
  if (stride < width) {
    return ATTNPOOL_BAD_STRIDE;
  }
  /* Rows without columns still have one weight or score each. */
  int64_t elements = stride > 0 ? stride : 1;
  return addressable(rows, elements, element_bytes) ? ATTNPOOL_OK : ATTNPOOL_BAD_SIZE;
}

#endif
