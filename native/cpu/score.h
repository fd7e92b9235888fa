/* Bias, activation and dot product, fused. */
#ifndef ATTNPOOL_SCORE_H
#define ATTNPOOL_SCORE_H

#include "attnpool.h"
#include "elementary.h"

#include <stdbool.h>
#include <stddef.h>

#define SCORE_ROWS 4
#define CACHE_LINE 64

/* What a block of rows shares; constant for the compiler wherever it is inlined. */
struct score_layer {
  const float *bias;
  const float *a;
  bool has_bias;
  int32_t activation;
};

INLINE vf score_term(vf hidden, vf bias, vf a, vf sum, const struct score_layer layer) {
  vf u = layer.has_bias ? vf_add(hidden, bias) : hidden;
  return vf_fma(a, layer.activation == ATTNPOOL_TANH ? vf_tanh(u) : u, sum);
}

/* Adds the terms of units d ... d + VL - 1 to the sum of each row. */
INLINE void score_add(const float *hidden, int n, int64_t stride, int64_t d,
                      const struct score_layer layer, vf *sum) {
  vf bias = layer.has_bias ? vf_load(layer.bias + d) : vf_set1(0.0f);
  vf a = vf_load(layer.a + d);
#pragma GCC unroll 4
  for (int r = 0; r < n; r++) {
    sum[r] = score_term(vf_load(hidden + r * stride + d), bias, a, sum[r], layer);
  }
}

/* The last units, fewer than VL. The missing lanes add 0 * f(0) = 0. */
INLINE void score_add_part(const float *hidden, int n, int64_t stride, int64_t d, int units,
                           const struct score_layer layer, vf *sum) {
  vf bias = layer.has_bias ? vf_load_part(layer.bias + d, units) : vf_set1(0.0f);
  vf a = vf_load_part(layer.a + d, units);
#pragma GCC unroll 4
  for (int r = 0; r < n; r++) {
    vf hidden_part = vf_load_part(hidden + r * stride + d, units);
    sum[r] = score_term(hidden_part, bias, a, sum[r], layer);
  }
}

/*
 * The scores of n <= SCORE_ROWS rows. Each row goes through the same operations in the same
 * order whatever n is: even and odd vectors into two sums, these added, then the lanes.
 */
INLINE void score_rows(const float *hidden, int n, int64_t units, int64_t stride, float c,
                       const struct score_layer layer, float *scores) {
  vf even[SCORE_ROWS], odd[SCORE_ROWS];
#pragma GCC unroll 4
  for (int r = 0; r < SCORE_ROWS; r++) {
    even[r] = odd[r] = vf_set1(0.0f);
  }
  int64_t d = 0;
  for (; d + 2 * VL <= units; d += 2 * VL) {
    score_add(hidden, n, stride, d, layer, even);
    score_add(hidden, n, stride, d + VL, layer, odd);
  }
  if (d + VL <= units) {
    score_add(hidden, n, stride, d, layer, even);
    d += VL;
  }
  if (d < units) {
    score_add_part(hidden, n, stride, d, (int)(units - d), layer, odd);
  }
#pragma GCC unroll 4
  for (int r = 0; r < SCORE_ROWS; r++) {
    even[r] = vf_add(even[r], odd[r]);
  }
  float sums[SCORE_ROWS];
  vf_sum4(even, sums);
  for (int r = 0; r < n; r++) {
    scores[r] = sums[r] + c;
  }
}

/* Memory to ask for, a few cache lines with each group of rows. */
struct score_ahead {
  const char *at;
  int64_t lines; /* left */
  int64_t lines_each;
};

INLINE void ask_ahead(struct score_ahead *ahead) {
  int64_t lines = ahead->lines < ahead->lines_each ? ahead->lines : ahead->lines_each;
  for (int64_t i = 0; i < lines; i++) {
    __builtin_prefetch(ahead->at + i * CACHE_LINE, 0, 2);
  }
  ahead->at += lines * CACHE_LINE;
  ahead->lines -= lines;
}

INLINE void score_all(const float *hidden, int64_t rows, int64_t units, int64_t stride, float c,
                      const struct score_layer layer, float *scores, struct score_ahead ahead) {
  int64_t t = 0;
  for (; t + SCORE_ROWS <= rows; t += SCORE_ROWS) {
    ask_ahead(&ahead);
    score_rows(hidden + t * stride, SCORE_ROWS, units, stride, c, layer, scores + t);
  }
  for (; t < rows; t++) {
    score_rows(hidden + t * stride, 1, units, stride, c, layer, scores + t);
  }
}

static void score_f32(const float *hidden, int64_t rows, int64_t units, int64_t hidden_stride,
                      const float *bias, const float *a, float c, int32_t activation,
                      float *scores, const void *ahead_from, int64_t ahead_bytes) {
  int64_t lines = ahead_bytes / CACHE_LINE, groups = rows / SCORE_ROWS;
  struct score_ahead ahead = {ahead_from, groups > 0 ? lines : 0,
                              groups > 0 ? (lines + groups - 1) / groups : 0};
  /* Four calls, so that each inlined copy has no branch in its loop. */
  if (activation == ATTNPOOL_TANH) {
    if (bias != NULL) {
      struct score_layer layer = {bias, a, true, ATTNPOOL_TANH};
      score_all(hidden, rows, units, hidden_stride, c, layer, scores, ahead);
    } else {
      struct score_layer layer = {NULL, a, false, ATTNPOOL_TANH};
      score_all(hidden, rows, units, hidden_stride, c, layer, scores, ahead);
    }
  } else {
    if (bias != NULL) {
      struct score_layer layer = {bias, a, true, ATTNPOOL_IDENTITY};
      score_all(hidden, rows, units, hidden_stride, c, layer, scores, ahead);
    } else {
      struct score_layer layer = {NULL, a, false, ATTNPOOL_IDENTITY};
      score_all(hidden, rows, units, hidden_stride, c, layer, scores, ahead);
    }
  }
}

#endif
