/*
 * The kernels of one tier. They take the arguments of the functions of the same name in attnpool.h,
 * already checked.
 */
#ifndef ATTNPOOL_KERNELS_H
#define ATTNPOOL_KERNELS_H

#include <stdint.h>

struct attnpool_kernels {
  const char *tier;
  void (*score_f32)(const float *hidden, int64_t rows, int64_t units, int64_t hidden_stride,
                    const float *bias, const float *gate_bias, const float *a, const float *c,
                    int64_t heads, int32_t activation, float *work, float *scores,
                    int64_t scores_stride, const void *ahead, int64_t ahead_bytes);
  void (*activate_f32)(float *x, int64_t rows, int64_t width, int64_t x_stride,
                       const float *scale, const float *bias, int32_t activation,
                       uint16_t *rounded, int64_t rounded_stride);
  void (*layer_norm_f32)(float *x, int64_t rows, int64_t groups, int64_t columns,
                         int64_t x_stride, const float *weight, const float *bias, double epsilon,
                         int32_t activation, uint16_t *rounded, int64_t rounded_stride);
  void (*multiply_f32)(float *x, int64_t rows, int64_t width, int64_t x_stride, const float *gate,
                       int64_t gate_stride, uint16_t *rounded, int64_t rounded_stride);
  void (*add_f32)(float *x, int64_t rows, int64_t width, int64_t x_stride, const float *bias,
                  int64_t bias_stride, int64_t bias_step);
  void (*weighted_sum_f32)(const float *x, int64_t rows, int64_t width, int64_t x_stride,
                           const float *weights, float *context);
  void (*pool_block_f32)(const float *x, int64_t rows, int64_t width, int64_t x_stride,
                         const float *scores, int64_t scores_stride, int64_t heads,
                         double *max_sum, double *context, int64_t state_stride);
  void (*pool_block_bf16)(const uint16_t *x, int64_t rows, int64_t width, int64_t x_stride,
                          const float *scores, int64_t scores_stride, int64_t heads,
                          double *max_sum, double *context, int64_t state_stride);
  void (*merge_f64)(double *max_sum, double *context, const double *other_max_sum,
                    const double *other_context, int64_t width);
  void (*finish_f64)(const double *max_sum, const double *state_context, int64_t width,
                     float *context);
  void (*weights_f32)(const float *scores, int64_t rows, const double *max_sum, float *weights);
  void (*channel_block_f32)(const float *x, int64_t rows, int64_t channels, int64_t x_stride,
                            const float *scores, int64_t scores_stride, int32_t moments,
                            double *states, int64_t states_stride);
  void (*channel_block_bf16)(const uint16_t *x, int64_t rows, int64_t channels, int64_t x_stride,
                             const float *scores, int64_t scores_stride, int32_t moments,
                             double *states, int64_t states_stride);
  void (*head_moments_f32)(const float *x, int64_t rows, int64_t width, int64_t x_stride,
                           const float *scores, int64_t scores_stride, int64_t heads,
                           double *states, int64_t states_stride);
  void (*head_moments_bf16)(const uint16_t *x, int64_t rows, int64_t width, int64_t x_stride,
                            const float *scores, int64_t scores_stride, int64_t heads,
                            double *states, int64_t states_stride);
  void (*channel_merge_f64)(double *states, const double *other, int64_t channels,
                            int64_t states_stride, int32_t moments);
  void (*channel_finish_f64)(const double *states, int64_t channels, int64_t states_stride,
                             double epsilon, double min_variance, float *mean, float *std);
  void (*channel_weights_f32)(const float *scores, int64_t rows, int64_t channels,
                              int64_t scores_stride, const double *states, int64_t states_stride,
                              double epsilon, float *weights, int64_t weights_stride);
  void (*bf16_from_f32)(const float *src, int64_t rows, int64_t width, int64_t src_stride,
                        uint16_t *dst, int64_t dst_stride);
  void (*f32_from_bf16)(const uint16_t *src, int64_t rows, int64_t width, int64_t src_stride,
                        float *dst, int64_t dst_stride);
  void (*f32_from_f16)(const uint16_t *src, int64_t rows, int64_t width, int64_t src_stride,
                       float *dst, int64_t dst_stride);
  void (*transpose_f32)(const float *src, int64_t rows, int64_t width, int64_t src_stride,
                        float *dst, int64_t dst_stride);
  void (*probe_f32)(int64_t iterations, float *sink, double *flops);
  void (*probe_bf16)(int64_t iterations, float *sink, double *flops);
};

extern const struct attnpool_kernels attnpool_kernels_baseline;
extern const struct attnpool_kernels attnpool_kernels_avx2;
extern const struct attnpool_kernels attnpool_kernels_avx512;
extern const struct attnpool_kernels attnpool_kernels_avx512_bf16;
extern const struct attnpool_kernels attnpool_kernels_neon;

#endif
