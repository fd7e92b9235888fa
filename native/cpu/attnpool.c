/* The exported functions. They check arguments once for all tiers, then call the active tier. */
#include "attnpool.h"

#include "arguments.h"
#include "dispatch.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_activation(int32_t activation) {
  return activation >= ATTNPOOL_IDENTITY && activation <= ATTNPOOL_SILU;
}

int32_t attnpool_abi_version(void) { return ATTNPOOL_ABI_VERSION; }

const char *attnpool_tier(void) { return attnpool_active->tier; }

const char *attnpool_detected_tier(void) { return attnpool_detected->tier; }

int32_t attnpool_score_f32(const float *hidden, int64_t rows, int64_t units, int64_t hidden_stride,
                           const float *bias, const float *gate_bias, const float *a,
                           const float *c, int64_t heads, int32_t activation, float *work,
                           float *scores, int64_t scores_stride, const void *ahead,
                           int64_t ahead_bytes) {
  if (hidden == NULL || a == NULL || c == NULL || scores == NULL || (heads > 1 && work == NULL)) {
    return ATTNPOOL_NULL_POINTER;
  }
  int64_t row = units;
  if ((gate_bias != NULL && __builtin_mul_overflow(units, 2, &row)) || ahead_bytes < 0) {
    return ATTNPOOL_BAD_SIZE;
  }
  int32_t status = check_matrix(rows, row, hidden_stride, sizeof *hidden);
  if (status == ATTNPOOL_OK) {
    status = check_matrix(heads, units, units, sizeof *a);
  }
  if (status == ATTNPOOL_OK) {
    status = check_matrix(heads, rows, scores_stride, sizeof *scores);
  }
  if (status != ATTNPOOL_OK) {
    return status;
  }
  if (!is_activation(activation)) {
    return ATTNPOOL_BAD_ACTIVATION;
  }
  if (heads > 0) {
    attnpool_active->score_f32(hidden, rows, units, hidden_stride, bias, gate_bias, a, c, heads,
                               activation, work, scores, scores_stride, ahead,
                               ahead == NULL ? 0 : ahead_bytes);
  }
  return ATTNPOOL_OK;
}

/* Checks rows that are changed in place, and their rounded copy, which may be NULL. */
static int32_t check_in_place(const float *x, int64_t rows, int64_t width, int64_t x_stride,
                              const uint16_t *rounded, int64_t rounded_stride) {
  if (x == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_matrix(rows, width, x_stride, sizeof *x);
  if (status == ATTNPOOL_OK && rounded != NULL) {
    status = check_matrix(rows, width, rounded_stride, sizeof *rounded);
  }
  return status;
}

int32_t attnpool_activate_f32(float *x, int64_t rows, int64_t width, int64_t x_stride,
                              const float *scale, const float *bias, int32_t activation,
                              uint16_t *rounded, int64_t rounded_stride) {
  int32_t status = check_in_place(x, rows, width, x_stride, rounded, rounded_stride);
  if (status != ATTNPOOL_OK) {
    return status;
  }
  if (!is_activation(activation)) {
    return ATTNPOOL_BAD_ACTIVATION;
  }
  attnpool_active->activate_f32(x, rows, width, x_stride, scale, bias, activation, rounded,
                                rounded_stride);
  return ATTNPOOL_OK;
}

int32_t attnpool_layer_norm_f32(float *x, int64_t rows, int64_t groups, int64_t columns,
                                int64_t x_stride, const float *weight, const float *bias,
                                double epsilon, int32_t activation, uint16_t *rounded,
                                int64_t rounded_stride) {
  if (x == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int64_t width;
  if (groups < 0 || columns < 0 || __builtin_mul_overflow(groups, columns, &width)) {
    return ATTNPOOL_BAD_SIZE;
  }
  int32_t status = check_in_place(x, rows, width, x_stride, rounded, rounded_stride);
  if (status != ATTNPOOL_OK) {
    return status;
  }
  if (!is_activation(activation)) {
    return ATTNPOOL_BAD_ACTIVATION;
  }
  attnpool_active->layer_norm_f32(x, rows, groups, columns, x_stride, weight, bias, epsilon,
                                  activation, rounded, rounded_stride);
  return ATTNPOOL_OK;
}

int32_t attnpool_multiply_f32(float *x, int64_t rows, int64_t width, int64_t x_stride,
                              const float *gate, int64_t gate_stride, uint16_t *rounded,
                              int64_t rounded_stride) {
  if (x == NULL || gate == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_in_place(x, rows, width, x_stride, rounded, rounded_stride);
  if (status == ATTNPOOL_OK) {
    status = check_matrix(rows, width, gate_stride, sizeof *gate);
  }
  if (status == ATTNPOOL_OK) {
    attnpool_active->multiply_f32(x, rows, width, x_stride, gate, gate_stride, rounded,
                                  rounded_stride);
  }
  return status;
}

int32_t attnpool_add_f32(float *x, int64_t rows, int64_t width, int64_t x_stride,
                         const float *bias, int64_t bias_stride, int64_t bias_step) {
  if (x == NULL || bias == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_matrix(rows, width, x_stride, sizeof *x);
  if (status != ATTNPOOL_OK) {
    return status;
  }
  if (bias_step != 0 && bias_step != 1) {
    return ATTNPOOL_BAD_STRIDE;
  }
  /* All rows may share one row of the bias. */
  status = check_matrix(bias_stride == 0 ? 1 : rows, bias_step * width,
                        bias_stride == 0 ? width : bias_stride, sizeof *bias);
  if (status == ATTNPOOL_OK) {
    attnpool_active->add_f32(x, rows, width, x_stride, bias, bias_stride, bias_step);
  }
  return status;
}

int32_t attnpool_weighted_sum_f32(const float *x, int64_t rows, int64_t width, int64_t x_stride,
                                  const float *weights, float *context) {
  if (x == NULL || weights == NULL || context == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_matrix(rows, width, x_stride, sizeof *x);
  if (status == ATTNPOOL_OK) {
    attnpool_active->weighted_sum_f32(x, rows, width, x_stride, weights, context);
  }
  return status;
}

static int32_t check_pool(const void *x, int64_t rows, int64_t width, int64_t x_stride,
                          int64_t element_bytes, const float *scores, int64_t scores_stride,
                          int64_t heads, const double *max_sum, const double *context,
                          int64_t state_stride) {
  if (x == NULL || scores == NULL || max_sum == NULL || context == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_matrix(rows, width, x_stride, element_bytes);
  if (status == ATTNPOOL_OK) {
    status = check_matrix(heads, rows, heads > 1 ? scores_stride : rows, sizeof *scores);
  }
  if (status == ATTNPOOL_OK && heads > 1) {
    status = check_matrix(heads, width > 2 ? width : 2, state_stride, sizeof *context);
  }
  return status;
}

int32_t attnpool_pool_block_f32(const float *x, int64_t rows, int64_t width, int64_t x_stride,
                                const float *scores, int64_t scores_stride, int64_t heads,
                                double *max_sum, double *context, int64_t state_stride) {
  int32_t status = check_pool(x, rows, width, x_stride, sizeof *x, scores, scores_stride, heads,
                              max_sum, context, state_stride);
  if (status == ATTNPOOL_OK) {
    attnpool_active->pool_block_f32(x, rows, width, x_stride, scores, scores_stride, heads,
                                    max_sum, context, state_stride);
  }
  return status;
}

int32_t attnpool_pool_block_bf16(const uint16_t *x, int64_t rows, int64_t width, int64_t x_stride,
                                 const float *scores, int64_t scores_stride, int64_t heads,
                                 double *max_sum, double *context, int64_t state_stride) {
  int32_t status = check_pool(x, rows, width, x_stride, sizeof *x, scores, scores_stride, heads,
                              max_sum, context, state_stride);
  if (status == ATTNPOOL_OK) {
    attnpool_active->pool_block_bf16(x, rows, width, x_stride, scores, scores_stride, heads,
                                     max_sum, context, state_stride);
  }
  return status;
}

int32_t attnpool_merge_f64(double *max_sum, double *context, const double *other_max_sum,
                           const double *other_context, int64_t width) {
  if (max_sum == NULL || context == NULL || other_max_sum == NULL || other_context == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_vector(width, sizeof *context);
  if (status == ATTNPOOL_OK) {
    attnpool_active->merge_f64(max_sum, context, other_max_sum, other_context, width);
  }
  return status;
}

int32_t attnpool_finish_f64(const double *max_sum, const double *state_context, int64_t width,
                            float *context) {
  if (max_sum == NULL || state_context == NULL || context == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_vector(width, sizeof *state_context);
  if (status == ATTNPOOL_OK) {
    attnpool_active->finish_f64(max_sum, state_context, width, context);
  }
  return status;
}

int32_t attnpool_weights_f32(const float *scores, int64_t rows, const double *max_sum,
                             float *weights) {
  if (scores == NULL || max_sum == NULL || weights == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_vector(rows, sizeof *scores);
  if (status == ATTNPOOL_OK) {
    attnpool_active->weights_f32(scores, rows, max_sum, weights);
  }
  return status;
}

/* Checks two matrices of the same rows and width, one read and one written. */
static int32_t check_copy(int64_t rows, int64_t width, const void *src, int64_t src_stride,
                          int64_t src_bytes, const void *dst, int64_t dst_stride,
                          int64_t dst_bytes) {
  if (src == NULL || dst == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_matrix(rows, width, src_stride, src_bytes);
  return status == ATTNPOOL_OK ? check_matrix(rows, width, dst_stride, dst_bytes) : status;
}

int32_t attnpool_bf16_from_f32(const float *src, int64_t rows, int64_t width, int64_t src_stride,
                               uint16_t *dst, int64_t dst_stride) {
  int32_t status =
      check_copy(rows, width, src, src_stride, sizeof *src, dst, dst_stride, sizeof *dst);
  if (status == ATTNPOOL_OK) {
    attnpool_active->bf16_from_f32(src, rows, width, src_stride, dst, dst_stride);
  }
  return status;
}

int32_t attnpool_f32_from_bf16(const uint16_t *src, int64_t rows, int64_t width,
                               int64_t src_stride, float *dst, int64_t dst_stride) {
  int32_t status =
      check_copy(rows, width, src, src_stride, sizeof *src, dst, dst_stride, sizeof *dst);
  if (status == ATTNPOOL_OK) {
    attnpool_active->f32_from_bf16(src, rows, width, src_stride, dst, dst_stride);
  }
  return status;
}

int32_t attnpool_f32_from_f16(const uint16_t *src, int64_t rows, int64_t width, int64_t src_stride,
                              float *dst, int64_t dst_stride) {
  int32_t status =
      check_copy(rows, width, src, src_stride, sizeof *src, dst, dst_stride, sizeof *dst);
  if (status == ATTNPOOL_OK) {
    attnpool_active->f32_from_f16(src, rows, width, src_stride, dst, dst_stride);
  }
  return status;
}

int32_t attnpool_copy_rows(const void *src, int64_t rows, int64_t row_bytes, int64_t src_stride,
                           void *dst, int64_t dst_stride) {
  int32_t status = check_copy(rows, row_bytes, src, src_stride, 1, dst, dst_stride, 1);
  if (status != ATTNPOOL_OK) {
    return status;
  }
  if (src_stride == row_bytes && dst_stride == row_bytes) {
    memcpy(dst, src, (size_t)(rows * row_bytes));
    return ATTNPOOL_OK;
  }
  for (int64_t t = 0; t < rows; t++) {
    memcpy((char *)dst + t * dst_stride, (const char *)src + t * src_stride, (size_t)row_bytes);
  }
  return ATTNPOOL_OK;
}

int32_t attnpool_transpose_f32(const float *src, int64_t rows, int64_t width, int64_t src_stride,
                               float *dst, int64_t dst_stride) {
  if (src == NULL || dst == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_matrix(rows, width, src_stride, sizeof *src);
  if (status == ATTNPOOL_OK) {
    status = check_matrix(width, rows, dst_stride, sizeof *dst);
  }
  if (status == ATTNPOOL_OK) {
    attnpool_active->transpose_f32(src, rows, width, src_stride, dst, dst_stride);
  }
  return status;
}

static int32_t check_probe(int64_t iterations, const float *sink, const double *flops) {
  if (sink == NULL || flops == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  return iterations < 0 ? ATTNPOOL_BAD_SIZE : ATTNPOOL_OK;
}

int32_t attnpool_probe_f32(int64_t iterations, float *sink, double *flops) {
  int32_t status = check_probe(iterations, sink, flops);
  if (status == ATTNPOOL_OK) {
    attnpool_active->probe_f32(iterations, sink, flops);
  }
  return status;
}

int32_t attnpool_probe_bf16(int64_t iterations, float *sink, double *flops) {
  int32_t status = check_probe(iterations, sink, flops);
  if (status == ATTNPOOL_OK) {
    attnpool_active->probe_bf16(iterations, sink, flops);
  }
  return status;
}
