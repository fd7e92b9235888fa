/* Rows become columns. */
#ifndef ATTNPOOL_TRANSPOSE_H
#define ATTNPOOL_TRANSPOSE_H

#include "vec/vec.h"

#include <string.h>

/* The side of a block in values: a cache line of each row, read and written once. */
#define BLOCK_SIDE 16

/* A block of full size. Its sizes are known, so the compiler makes vectors of the loops. */
INLINE void transpose_block(const float *src, int64_t src_stride, float *dst,
                            int64_t dst_stride) {
  float block[BLOCK_SIDE][BLOCK_SIDE];
  for (int64_t t = 0; t < BLOCK_SIDE; t++) {
    memcpy(block[t], src + t * src_stride, sizeof block[t]);
  }
  for (int64_t d = 0; d < BLOCK_SIDE; d++) {
    float line[BLOCK_SIDE];
    for (int64_t t = 0; t < BLOCK_SIDE; t++) {
      line[t] = block[t][d];
    }
    memcpy(dst + d * dst_stride, line, sizeof line);
  }
}

static void transpose_f32(const float *src, int64_t rows, int64_t width, int64_t src_stride,
                          float *dst, int64_t dst_stride) {
  for (int64_t at = 0; at < width; at += BLOCK_SIDE) {
    int64_t columns = width - at < BLOCK_SIDE ? width - at : BLOCK_SIDE;
    for (int64_t first = 0; first < rows; first += BLOCK_SIDE) {
      int64_t n = rows - first < BLOCK_SIDE ? rows - first : BLOCK_SIDE;
      const float *from = src + first * src_stride + at;
      float *to = dst + at * dst_stride + first;
      if (columns == BLOCK_SIDE && n == BLOCK_SIDE) {
        transpose_block(from, src_stride, to, dst_stride);
        continue;
      }
      for (int64_t d = 0; d < columns; d++) {
        for (int64_t t = 0; t < n; t++) {
          to[d * dst_stride + t] = from[t * src_stride + d];
        }
      }
    }
  }
}

#endif
