/* The exported functions on states of channels: see attnpool.c. */
#include "arguments.h"
#include "attnpool.h"
#include "dispatch.h"

/* Checks states of channels as if all their arrays were used. */
static int32_t check_states(const double *states, int64_t channels, int64_t states_stride) {
  return states == NULL ? ATTNPOOL_NULL_POINTER
                        : check_matrix(4, channels, states_stride, sizeof *states);
}

static int32_t check_moments(int32_t moments) {
  return moments == 1 || moments == 2 ? ATTNPOOL_OK : ATTNPOOL_BAD_SIZE;
}

static int32_t check_channels(const void *x, int64_t rows, int64_t channels, int64_t x_stride,
                              int64_t element_bytes, const float *scores, int64_t scores_stride,
                              int32_t moments, const double *states, int64_t states_stride) {
  if (x == NULL || scores == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_states(states, channels, states_stride);
  if (status == ATTNPOOL_OK) {
    status = check_matrix(rows, channels, x_stride, element_bytes);
  }
  if (status == ATTNPOOL_OK) {
    status = check_matrix(rows, channels, scores_stride, sizeof *scores);
  }
  return status == ATTNPOOL_OK ? check_moments(moments) : status;
}

int32_t attnpool_channel_block_f32(const float *x, int64_t rows, int64_t channels,
                                   int64_t x_stride, const float *scores, int64_t scores_stride,
                                   int32_t moments, double *states, int64_t states_stride) {
  int32_t status = check_channels(x, rows, channels, x_stride, sizeof *x, scores, scores_stride,
                                  moments, states, states_stride);
  if (status == ATTNPOOL_OK) {
    attnpool_active->channel_block_f32(x, rows, channels, x_stride, scores, scores_stride, moments,
                                       states, states_stride);
  }
  return status;
}

int32_t attnpool_channel_block_bf16(const uint16_t *x, int64_t rows, int64_t channels,
                                    int64_t x_stride, const float *scores, int64_t scores_stride,
                                    int32_t moments, double *states, int64_t states_stride) {
  int32_t status = check_channels(x, rows, channels, x_stride, sizeof *x, scores, scores_stride,
                                  moments, states, states_stride);
  if (status == ATTNPOOL_OK) {
    attnpool_active->channel_block_bf16(x, rows, channels, x_stride, scores, scores_stride,
                                        moments, states, states_stride);
  }
  return status;
}

static int32_t check_head_moments(const void *x, int64_t rows, int64_t width, int64_t x_stride,
                                  int64_t element_bytes, const float *scores,
                                  int64_t scores_stride, int64_t heads, const double *states,
                                  int64_t states_stride) {
  if (x == NULL || scores == NULL || states == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int64_t channels;
  if (heads < 0 || width < 0 || __builtin_mul_overflow(heads, width, &channels)) {
    return ATTNPOOL_BAD_SIZE;
  }
  int32_t status = check_matrix(rows, width, x_stride, element_bytes);
  if (status == ATTNPOOL_OK) {
    status = check_matrix(heads, rows, scores_stride, sizeof *scores);
  }
  return status == ATTNPOOL_OK ? check_states(states, channels, states_stride) : status;
}

int32_t attnpool_head_moments_f32(const float *x, int64_t rows, int64_t width, int64_t x_stride,
                                  const float *scores, int64_t scores_stride, int64_t heads,
                                  double *states, int64_t states_stride) {
  int32_t status = check_head_moments(x, rows, width, x_stride, sizeof *x, scores, scores_stride,
                                      heads, states, states_stride);
  if (status == ATTNPOOL_OK) {
    attnpool_active->head_moments_f32(x, rows, width, x_stride, scores, scores_stride, heads,
                                      states, states_stride);
  }
  return status;
}

int32_t attnpool_head_moments_bf16(const uint16_t *x, int64_t rows, int64_t width,
                                   int64_t x_stride, const float *scores, int64_t scores_stride,
                                   int64_t heads, double *states, int64_t states_stride) {
  int32_t status = check_head_moments(x, rows, width, x_stride, sizeof *x, scores, scores_stride,
                                      heads, states, states_stride);
  if (status == ATTNPOOL_OK) {
    attnpool_active->head_moments_bf16(x, rows, width, x_stride, scores, scores_stride, heads,
                                       states, states_stride);
  }
  return status;
}

int32_t attnpool_channel_merge_f64(double *states, const double *other, int64_t channels,
                                   int64_t states_stride, int32_t moments) {
  if (other == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_states(states, channels, states_stride);
  if (status == ATTNPOOL_OK) {
    status = check_moments(moments);
  }
  if (status == ATTNPOOL_OK) {
    attnpool_active->channel_merge_f64(states, other, channels, states_stride, moments);
  }
  return status;
}

int32_t attnpool_channel_finish_f64(const double *states, int64_t channels, int64_t states_stride,
                                    double epsilon, double min_variance, float *mean, float *std) {
  if (mean == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_states(states, channels, states_stride);
  if (status == ATTNPOOL_OK) {
    attnpool_active->channel_finish_f64(states, channels, states_stride, epsilon, min_variance,
                                        mean, std);
  }
  return status;
}

int32_t attnpool_channel_weights_f32(const float *scores, int64_t rows, int64_t channels,
                                     int64_t scores_stride, const double *states,
                                     int64_t states_stride, double epsilon, float *weights,
                                     int64_t weights_stride) {
  if (scores == NULL || weights == NULL) {
    return ATTNPOOL_NULL_POINTER;
  }
  int32_t status = check_states(states, channels, states_stride);
  if (status == ATTNPOOL_OK) {
    status = check_matrix(rows, channels, scores_stride, sizeof *scores);
  }
  if (status == ATTNPOOL_OK) {
    status = check_matrix(rows, channels, weights_stride, sizeof *weights);
  }
  if (status == ATTNPOOL_OK) {
    attnpool_active->channel_weights_f32(scores, rows, channels, scores_stride, states,
                                         states_stride, epsilon, weights, weights_stride);
  }
  return status;
}
