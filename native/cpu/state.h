/* Merging partial softmax states, and finishing one. */
#ifndef ATTNPOOL_STATE_H
#define ATTNPOOL_STATE_H

#include "elementary.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

INLINE bool is_empty(const float *max_sum) { return max_sum[0] == -INFINITY; }

static void merge_f32(float *max_sum, float *context, const float *other_max_sum,
                      const float *other_context, int64_t width) {
  if (is_empty(other_max_sum)) {
    return; /* nothing to add; exp(-inf - -inf) would be NaN if both are empty */
  }
  if (is_empty(max_sum)) {
    memcpy(max_sum, other_max_sum, 2 * sizeof *max_sum); /* nothing here yet: become the other */
    memcpy(context, other_context, (size_t)width * sizeof *context);
    return;
  }
  float m = max_sum[0], other_m = other_max_sum[0];
  float most = m > other_m || m != m ? m : other_m;
  vf scale = vf_exp(vf_set1(m - most));
  vf other_scale = vf_exp(vf_set1(other_m - most));
  max_sum[0] = most;
  max_sum[1] = vf_first(vf_fma(vf_set1(other_max_sum[1]), other_scale,
                               vf_mul(vf_set1(max_sum[1]), scale)));
  int64_t d = 0;
  for (; d + VL <= width; d += VL) {
    vf scaled = vf_mul(vf_load(context + d), scale);
    vf_store(context + d, vf_fma(vf_load(other_context + d), other_scale, scaled));
  }
  if (d < width) {
    int n = (int)(width - d);
    vf scaled = vf_mul(vf_load_part(context + d, n), scale);
    vf_store_part(context + d, vf_fma(vf_load_part(other_context + d, n), other_scale, scaled), n);
  }
}

static void finish_f32(const float *max_sum, const float *state_context, int64_t width,
                       float *context) {
  if (is_empty(max_sum)) {
    memset(context, 0, (size_t)width * sizeof *context);
    return;
  }
  vf sum = vf_set1(max_sum[1]);
  int64_t d = 0;
  for (; d + VL <= width; d += VL) {
    vf_store(context + d, vf_div(vf_load(state_context + d), sum));
  }
  if (d < width) {
    int n = (int)(width - d);
    vf_store_part(context + d, vf_div(vf_load_part(state_context + d, n), sum), n);
  }
}

static void weights_f32(const float *scores, int64_t rows, const float *max_sum, float *weights) {
  if (is_empty(max_sum)) {
    memset(weights, 0, (size_t)rows * sizeof *weights);
    return;
  }
  vf shift = vf_set1(max_sum[0]);
  vf sum = vf_set1(max_sum[1]);
  int64_t t = 0;
  for (; t + VL <= rows; t += VL) {
    vf_store(weights + t, vf_div(vf_exp(vf_sub(vf_load(scores + t), shift)), sum));
  }
  if (t < rows) {
    int n = (int)(rows - t);
    vf e = vf_exp(vf_sub(vf_load_part(scores + t, n), shift));
    vf_store_part(weights + t, vf_div(e, sum), n);
  }
}

#endif
