/*
 * Merges partial softmax states and finishes one. All in float64, without sums over lanes, so that
 * plain loops give the same bits on every tier.
 */
#ifndef ATTNPOOL_STATE_H
#define ATTNPOOL_STATE_H

#include "elementary.h"
#include "exp_f64.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define WEIGHT_ROWS 256

INLINE bool is_empty(const double *max_sum) { return max_sum[0] == -INFINITY; }

/*
 * value exp(m - M). Where that factor is below the least weight, rows have weight 0, and then even
 * infinite ones add nothing.
 */
INLINE double scaled(double value, double factor) {
  return factor < FLT_MIN && value - value != 0.0 ? 0.0 : value * factor;
}

static void merge_f64(double *max_sum, double *context, const double *other_max_sum,
                      const double *other_context, int64_t width) {
  if (is_empty(other_max_sum)) {
    return; /* nothing to add; exp(-inf - -inf) would be NaN if both are empty */
  }
  if (is_empty(max_sum)) {
    memcpy(max_sum, other_max_sum, 2 * sizeof *max_sum); /* nothing here yet: become the other */
    memcpy(context, other_context, (size_t)width * sizeof *context);
    return;
  }
  double m = max_sum[0], other_m = other_max_sum[0];
  if (other_m > m) {
    double scale = exp_f64(m - other_m);
    max_sum[0] = other_m;
    max_sum[1] = other_max_sum[1] + max_sum[1] * scale;
    for (int64_t d = 0; d < width; d++) {
      context[d] = other_context[d] + scaled(context[d], scale);
    }
  } else {
    double scale = exp_f64(other_m - m); /* NaN if either is */
    max_sum[0] = other_m != other_m ? other_m : m;
    max_sum[1] = max_sum[1] + other_max_sum[1] * scale;
    for (int64_t d = 0; d < width; d++) {
      context[d] = context[d] + scaled(other_context[d], scale);
    }
  }
}

static void finish_f64(const double *max_sum, const double *state_context, int64_t width,
                       float *context) {
  if (is_empty(max_sum)) {
    memset(context, 0, (size_t)width * sizeof *context);
    return;
  }
  double sum = max_sum[1];
  for (int64_t d = 0; d < width; d++) {
    context[d] = (float)(state_context[d] / sum);
  }
}

/* exp(scores[t] - m) of some rows. */
INLINE void exp_of_rows(const float *scores, int64_t rows, float m, float *exps) {
  vf shift = vf_set1(m);
  int64_t t = 0;
  for (; t + VL <= rows; t += VL) {
    vf_store(exps + t, vf_exp(vf_sub(vf_load(scores + t), shift)));
  }
  if (t < rows) {
    int n = (int)(rows - t);
    vf_store_part(exps + t, vf_exp(vf_sub(vf_load_part(scores + t, n), shift)), n);
  }
}

static void weights_f32(const float *scores, int64_t rows, const double *max_sum, float *weights) {
  if (is_empty(max_sum)) {
    memset(weights, 0, (size_t)rows * sizeof *weights);
    return;
  }
  float m = (float)max_sum[0];
  double sum = max_sum[1];
  for (int64_t t = 0; t < rows; t += WEIGHT_ROWS) {
    int64_t n = rows - t < WEIGHT_ROWS ? rows - t : WEIGHT_ROWS;
    exp_of_rows(scores + t, n, m, weights + t);
    for (int64_t i = t; i < t + n; i++) {
      weights[i] = (float)(weights[i] / sum);
    }
  }
}

#endif
