/* Elementwise products and sums of rows. */
#ifndef ATTNPOOL_ROWS_H
#define ATTNPOOL_ROWS_H

#include "activate.h"

static void multiply_f32(float *x, int64_t rows, int64_t width, int64_t x_stride,
                         const float *gate, int64_t gate_stride, uint16_t *rounded,
                         int64_t rounded_stride) {
  const struct lanes all = {true, VL}, part = {false, (int)(width % VL)};
  for (int64_t t = 0; t < rows; t++) {
    float *row = x + t * x_stride;
    const float *by = gate + t * gate_stride;
    uint16_t *narrow = rounded != NULL ? rounded + t * rounded_stride : NULL;
    int64_t d = 0;
    for (; d + VL <= width; d += VL) {
      vf v = vf_mul(vf_load(row + d), vf_load(by + d));
      store_units(v, row + d, narrow != NULL ? narrow + d : NULL, all);
    }
    if (d < width) {
      vf v = vf_mul(load_lanes(row + d, part), load_lanes(by + d, part));
      store_units(v, row + d, narrow != NULL ? narrow + d : NULL, part);
    }
  }
}

/* Each sum is rounded by itself, so that plain loops give the same bits on every tier. */
static void add_f32(float *x, int64_t rows, int64_t width, int64_t x_stride, const float *bias,
                    int64_t bias_stride, int64_t bias_step) {
  for (int64_t t = 0; t < rows; t++) {
    float *row = x + t * x_stride;
    const float *from = bias + t * bias_stride;
    if (bias_step == 1) {
      for (int64_t d = 0; d < width; d++) {
        row[d] += from[d];
      }
    } else {
      const float value = width > 0 ? from[0] : 0.0f;
      for (int64_t d = 0; d < width; d++) {
        row[d] += value;
      }
    }
  }
}

#endif
