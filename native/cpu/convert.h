/* Conversion between float32 and the 16-bit types. */
#ifndef ATTNPOOL_CONVERT_H
#define ATTNPOOL_CONVERT_H

#include "vec/vec.h"

#include <stdbool.h>

static void bf16_from_f32(const float *src, int64_t rows, int64_t width, int64_t src_stride,
                          uint16_t *dst, int64_t dst_stride) {
  for (int64_t t = 0; t < rows; t++) {
    const float *from = src + t * src_stride;
    uint16_t *to = dst + t * dst_stride;
    int64_t d = 0;
    for (; d + VL <= width; d += VL) {
      vf_store_bf16(to + d, vf_load(from + d));
    }
    if (d < width) {
      int n = (int)(width - d);
      vf_store_bf16_part(to + d, vf_load_part(from + d, n), n);
    }
  }
}

INLINE void f32_from_16(const uint16_t *src, bool f16, int64_t rows, int64_t width,
                        int64_t src_stride, float *dst, int64_t dst_stride) {
  for (int64_t t = 0; t < rows; t++) {
    const uint16_t *from = src + t * src_stride;
    float *to = dst + t * dst_stride;
    int64_t d = 0;
    for (; d + VL <= width; d += VL) {
      vf_store(to + d, f16 ? vf_load_f16(from + d) : vf_load_bf16(from + d));
    }
    if (d < width) {
      int n = (int)(width - d);
      vf wide = f16 ? vf_load_f16_part(from + d, n) : vf_load_bf16_part(from + d, n);
      vf_store_part(to + d, wide, n);
    }
  }
}

static void f32_from_bf16(const uint16_t *src, int64_t rows, int64_t width, int64_t src_stride,
                          float *dst, int64_t dst_stride) {
  f32_from_16(src, false, rows, width, src_stride, dst, dst_stride);
}

static void f32_from_f16(const uint16_t *src, int64_t rows, int64_t width, int64_t src_stride,
                         float *dst, int64_t dst_stride) {
  f32_from_16(src, true, rows, width, src_stride, dst, dst_stride);
}

#endif
