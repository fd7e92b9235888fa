/* Weighted sums of rows, and the partial softmax state of a block of rows. */
#ifndef ATTNPOOL_POOL_H
#define ATTNPOOL_POOL_H

#include "accumulate.h"
#include "elementary.h"

#include <math.h>
#include <string.h>

static void weighted_sum_f32(const float *x, int64_t rows, int64_t width, int64_t x_stride,
                             const float *weights, float *context) {
  if (rows == 0) {
    memset(context, 0, (size_t)width * sizeof *context);
    return;
  }
  for (int64_t t = 0; t < rows; t += CHUNK_ROWS) {
    int64_t n = rows - t < CHUNK_ROWS ? rows - t : CHUNK_ROWS;
    struct row_chunk chunk = {x + t * x_stride, false, n, x_stride, weights + t};
    accumulate_f32(chunk, t == 0, width, context);
  }
}

/* The largest score; -infinity if there is none, NaN if one is NaN. */
INLINE float largest(const float *scores, int64_t rows) {
  vf most = vf_set1(-INFINITY);
  int64_t t = 0;
  for (; t + VL <= rows; t += VL) {
    most = vf_max_nan(most, vf_load(scores + t));
  }
  float lanes[VL];
  vf_store(lanes, most);
  float m = lanes[0];
  for (int i = 1; i < VL; i++) {
    m = lanes[i] > m || lanes[i] != lanes[i] ? lanes[i] : m;
  }
  for (; t < rows; t++) {
    m = scores[t] > m || scores[t] != scores[t] ? scores[t] : m;
  }
  return m;
}

/* Sets weights[t] = exp(scores[t] - m) and returns their sum. */
INLINE float exp_and_sum(const float *scores, int64_t rows, float m, float *weights) {
  vf shift = vf_set1(m);
  vf sum[4] = {vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f)};
  int64_t t = 0;
  for (; t + VL <= rows; t += VL) {
    vf w = vf_exp(vf_sub(vf_load(scores + t), shift));
    vf_store(weights + t, w);
    sum[0] = vf_add(sum[0], w);
  }
  if (t < rows) {
    int n = (int)(rows - t);
    vf_store_part(weights + t, vf_exp(vf_sub(vf_load_part(scores + t, n), shift)), n);
    sum[0] = vf_add(sum[0], vf_load_part(weights + t, n));
  }
  float sums[4];
  vf_sum4(sum, sums);
  return sums[0];
}

INLINE const void *row_at(const void *x, bool bf16, int64_t offset) {
  return bf16 ? (const void *)((const uint16_t *)x + offset)
              : (const void *)((const float *)x + offset);
}

/* The state of one head, whose largest score is m. */
INLINE void pool_block(const void *x, bool bf16, int64_t rows, int64_t width, int64_t x_stride,
                       const float *scores, float m, double *max_sum, double *context) {
  double s = 0.0;
  if (m == -INFINITY) {
    memset(context, 0, (size_t)width * sizeof *context);
  } else {
    float weights[CHUNK_ROWS];
    for (int64_t t = 0; t < rows; t += CHUNK_ROWS) {
      int64_t n = rows - t < CHUNK_ROWS ? rows - t : CHUNK_ROWS;
      s += exp_and_sum(scores + t, n, m, weights);
      if (s != s) { /* NaN among the scores, or +infinity: all is NaN */
        for (int64_t d = 0; d < width; d++) {
          context[d] = s;
        }
        break;
      }
      struct row_chunk chunk = {row_at(x, bf16, t * x_stride), bf16, n, x_stride, weights};
      accumulate_f64(chunk, t == 0, width, context);
    }
  }
  max_sum[0] = m;
  max_sum[1] = s;
}

#endif
