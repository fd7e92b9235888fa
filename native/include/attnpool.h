/*
 * attnpool.h: the whole C ABI of libattnpool.
 *
 * Every function is a pure leaf kernel. It allocates nothing, starts no thread, does no I/O and
 * keeps no state; the one global is the instruction-set tier, chosen when the library is loaded.
 * All functions may be called from any number of threads at once.
 *
 * Conventions, unless a function says otherwise:
 *   - Sizes and strides are counts of ELEMENTS. Row t of a matrix starts at base + t * stride;
 *     its stride must be at least its row length. Elements between rows are never touched.
 *   - Pointers need only the alignment of their element type. Each must be non-NULL, even where
 *     its array has no element. Outputs and scratch must not overlap any other argument.
 *   - The result is an attnpool_status. On anything but ATTNPOOL_OK nothing has been read or
 *     written: NULL_POINTER (a required pointer is NULL), BAD_SIZE (a size is negative or its
 *     array exceeds the address space), BAD_STRIDE (a stride is smaller than a row),
 *     BAD_ACTIVATION (not an attnpool_activation).
 *   - Results depend on the values passed and the tier only: not on addresses, strides, threads.
 *   - NaN in, NaN out: a NaN reaches every output whose formula it enters.
 *
 * A "state" is a partial softmax over some rows, all heads apart: max_sum[0] = m, the largest
 * score; max_sum[1] = s = sum_t exp(e_t - m); context[d] = sum_t exp(e_t - m) * x[t][d], not yet
 * divided by s. It is in float64, so that merging any number of states adds no error of note; m
 * always has the value of a float. The state of no rows, or of rows whose scores are all -infinity,
 * is empty: m = -infinity, s = 0, context = 0. exp of a row is good to 2 ulp of float32, exp(0) is
 * exactly 1, and values below the smallest normal float are 0.
 */
#ifndef ATTNPOOL_H
#define ATTNPOOL_H

#include <stdint.h>

#if defined(_WIN32)
#define ATTNPOOL_API __declspec(dllexport)
#else
#define ATTNPOOL_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Grows with every incompatible change of this file. */
enum attnpool_abi { ATTNPOOL_ABI_VERSION = 7 };

enum attnpool_status {
  ATTNPOOL_OK = 0,
  ATTNPOOL_NULL_POINTER = 1,
  ATTNPOOL_BAD_SIZE = 2,
  ATTNPOOL_BAD_STRIDE = 3,
  ATTNPOOL_BAD_ACTIVATION = 4
};

/* For infinities, the limits. Errors hold above 2^-126; results below may be 0. */
enum attnpool_activation {
  ATTNPOOL_IDENTITY = 0,
  ATTNPOOL_TANH = 1,       /* at most 5 ulp; odd, within [-1, 1] */
  ATTNPOOL_RELU = 2,       /* max(x, 0) */
  ATTNPOOL_GELU = 3,       /* x (1 + erf(x / sqrt 2)) / 2, within 6 * 2^-24 |x| */
  ATTNPOOL_GELU_TANH = 4,  /* x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2, 3 * 2^-24 |x| */
  ATTNPOOL_SIGMOID = 5,    /* 1 / (1 + exp -x), at most 3 ulp, however small */
  ATTNPOOL_LEAKY_RELU = 6, /* max(x, x / 100), at most 1 ulp */
  ATTNPOOL_SILU = 7        /* x / (1 + exp -x), within 3 * 2^-24 |x| */
};

/* ATTNPOOL_ABI_VERSION of the library that is loaded. */
ATTNPOOL_API int32_t attnpool_abi_version(void);

/*
 * Name of the tier in use: "baseline", "avx2", "avx512", "avx512_bf16" or "neon". It is the
 * detected tier, unless the environment variable ATTNPOOL_MAX_TIER held the name of a lower one
 * when the library was loaded; any other value of the variable changes nothing.
 */
ATTNPOOL_API const char *attnpool_tier(void);

/* Name of the best tier that the processor and the operating system allow. */
ATTNPOOL_API const char *attnpool_detected_tier(void);

/*
 * scores[r * scores_stride + t] = c[r] + sum_d a[r * units + d] * u[t][d]
 * for r < heads, t < rows, d < units, with u[t][d] = f(hidden[t][d] + bias[d]) and, unless
 * gate_bias is NULL, times sigmoid(hidden[t][units + d] + gate_bias[d]). f is the
 * attnpool_activation; the gate adds at most 3 ulp, or makes 0 of less than 2^-117.
 * Reads hidden (rows x units; with a gate rows x 2 units), bias and gate_bias (units; bias is NULL
 * for zeros), a (heads x units) and c (heads); writes scores (heads x rows). work (4 units) is
 * scratch and may be NULL for a single head. A score is bitwise the same whatever the other rows
 * and heads are and however many there are. units = 0 gives c.
 *
 * Meanwhile it prefetches ahead_bytes from ahead on into the L2 cache, a few lines with each group
 * of rows: data that the caller will read next, while the arithmetic here leaves the memory idle.
 * This is only a hint. That memory is not read and need not even exist. NULL for none.
 */
ATTNPOOL_API int32_t attnpool_score_f32(const float *hidden, int64_t rows, int64_t units,
                                        int64_t hidden_stride, const float *bias,
                                        const float *gate_bias, const float *a, const float *c,
                                        int64_t heads, int32_t activation, float *work,
                                        float *scores, int64_t scores_stride, const void *ahead,
                                        int64_t ahead_bytes);

/*
 * x[t][d] = f(x[t][d] scale[d] + bias[d])  for t < rows, d < width, in place; f is the
 * attnpool_activation. rounded, unless NULL, gets x as attnpool_bf16_from_f32 rounds it.
 * Reads x (rows x width), scale (width; NULL for ones) and bias (width; NULL for zeros), writes x
 * and rounded (rows x width).
 */
ATTNPOOL_API int32_t attnpool_activate_f32(float *x, int64_t rows, int64_t width, int64_t x_stride,
                                           const float *scale, const float *bias,
                                           int32_t activation, uint16_t *rounded,
                                           int64_t rounded_stride);

/*
 * Layer normalisation, in place: a row is `groups` groups of `columns` columns, and in each group
 *   x[d] = f((x[d] - mean) / sqrt(variance + epsilon) weight[d] + bias[d]),
 * where mean and (biased) variance are those of the group in this row, and f is the
 * attnpool_activation. rounded as in attnpool_activate_f32. Before f, the error is about 1e-6 of
 * the two summands, however large the mean. A row's bits do not depend on the other rows.
 * Reads x (rows x groups columns), weight (groups columns; NULL for ones) and bias (groups columns;
 * NULL for zeros), writes x and rounded (rows x groups columns).
 */
ATTNPOOL_API int32_t attnpool_layer_norm_f32(float *x, int64_t rows, int64_t groups,
                                             int64_t columns, int64_t x_stride,
                                             const float *weight, const float *bias,
                                             double epsilon, int32_t activation,
                                             uint16_t *rounded, int64_t rounded_stride);

/*
 * x[t][d] = x[t][d] gate[t][d]  for t < rows, d < width, in place; rounded as in
 * attnpool_activate_f32. Reads x and gate (rows x width; the rows of one may lie between those of
 * the other), writes x and rounded (rows x width).
 */
ATTNPOOL_API int32_t attnpool_multiply_f32(float *x, int64_t rows, int64_t width, int64_t x_stride,
                                           const float *gate, int64_t gate_stride,
                                           uint16_t *rounded, int64_t rounded_stride);

/*
 * x[t][d] = x[t][d] + bias[t * bias_stride + d * bias_step]  for t < rows, d < width, in place.
 * bias_step is 1, or 0 for one value for a whole row; bias_stride may be 0 for the same values in
 * every row. So scores of heads (heads x rows) or of channels (rows x channels) get a bias for
 * each of them, or one for each row that they share; -infinity keeps a row from taking part.
 * Reads x (rows x width) and bias (rows x width, as far as step and stride say), writes x.
 */
ATTNPOOL_API int32_t attnpool_add_f32(float *x, int64_t rows, int64_t width, int64_t x_stride,
                                      const float *bias, int64_t bias_stride, int64_t bias_step);

/*
 * context[d] = sum_t weights[t] * x[t][d]  for d < width; zeros when rows = 0. A row of weight 0
 * adds nothing, be its x infinite or NaN.
 * Reads x (rows x width) and weights (rows); overwrites context (width).
 */
ATTNPOOL_API int32_t attnpool_weighted_sum_f32(const float *x, int64_t rows, int64_t width,
                                               int64_t x_stride, const float *weights,
                                               float *context);

/*
 * The states of one block of rows, one for each head r: its scores are
 * scores[r * scores_stride + t], its state is max_sum[r * state_stride] (2 values) and
 * context[r * state_stride] (width). Rows are summed in float32 by chunks of 256, chunks in
 * float64; a sum that overflows float32 is made in float64, so that finite rows have a finite
 * context. A row whose exp(e - m) is 0 adds nothing, be its x infinite or NaN. A column's bits do
 * not depend on the others, a head's bits not on the other heads. Reads x (rows x width; not at all when all
 * states are empty) and scores (heads x rows); overwrites the states. The two strides are ignored
 * for a single head; for several, state_stride is at least 2 and at least width. max_sum and
 * context may lie in one array, the context of a head after its maximum and sum.
 */
ATTNPOOL_API int32_t attnpool_pool_block_f32(const float *x, int64_t rows, int64_t width,
                                             int64_t x_stride, const float *scores,
                                             int64_t scores_stride, int64_t heads,
                                             double *max_sum, double *context,
                                             int64_t state_stride);

/* As attnpool_pool_block_f32, for bfloat16 x, with the same sums. */
ATTNPOOL_API int32_t attnpool_pool_block_bf16(const uint16_t *x, int64_t rows, int64_t width,
                                              int64_t x_stride, const float *scores,
                                              int64_t scores_stride, int64_t heads,
                                              double *max_sum, double *context,
                                              int64_t state_stride);

/*
 * Merges the other state into the first: with M = max(m, m') the state becomes
 *   m = M,  s = s exp(m - M) + s' exp(m' - M),
 *   context = context exp(m - M) + context' exp(m' - M).
 * Reads max_sum (2), context (width), other_max_sum (2) and other_context (width); writes
 * max_sum and context. An empty other state changes nothing; an empty first state becomes the
 * other, bit for bit. The bits do not depend on which of two states is merged into the other. exp
 * is in float64 here, and 0 below 2^-1022; below 2^-126 an infinite context counts as 0.
 */
ATTNPOOL_API int32_t attnpool_merge_f64(double *max_sum, double *context,
                                        const double *other_max_sum, const double *other_context,
                                        int64_t width);

/*
 * context[d] = state_context[d] / s  for d < width, rounded to float32; zeros for an empty state.
 * Reads max_sum (2) and state_context (width), writes context (width). The context of a single row
 * is that row, exactly.
 */
ATTNPOOL_API int32_t attnpool_finish_f64(const double *max_sum, const double *state_context,
                                         int64_t width, float *context);

/*
 * weights[t] = exp(scores[t] - m) / s  for t < rows, with exp in float32 and the quotient rounded
 * to it; zeros for an empty state. Reads scores (rows) and max_sum (2), writes weights (rows),
 * which may be scores itself. The weight of a single row is exactly 1.
 */
ATTNPOOL_API int32_t attnpool_weights_f32(const float *scores, int64_t rows,
                                          const double *max_sum, float *weights);

/*
 * "Channels" have a softmax over the rows each: as many scores in a row as x has columns. Their
 * states are arrays of float64, one number for each channel, each array states_stride after the one
 * before it:
 *   m = the largest score,  s = sum_t exp(e_t - m),  first = sum_t exp(e_t - m) x_t,
 *   and for two moments  second = sum_t exp(e_t - m) (x_t - first / s)^2.
 * Squares are summed about the mean, in each block and in each merge, so that the variance,
 * second / s, is good however large the mean: the standard deviation to 1e-5 of itself even where
 * the mean is 1e4 times as large. A channel without rows, or whose scores are all -infinity, is
 * empty: m = -infinity, 0, 0, 0. A row adds nothing to channels where exp(e - m) is 0, be its x
 * infinite or NaN. moments is 1 or 2, anything else a BAD_SIZE.
 *
 * This computes the states of one block of rows. Rows are summed in float32 by chunks of 64, chunks
 * in float64; a channel's bits do not depend on the others. With two moments an infinite x makes
 * NaN. Reads x and scores (rows x channels), overwrites states (2 + moments arrays of `channels`).
 */
ATTNPOOL_API int32_t attnpool_channel_block_f32(const float *x, int64_t rows, int64_t channels,
                                                int64_t x_stride, const float *scores,
                                                int64_t scores_stride, int32_t moments,
                                                double *states, int64_t states_stride);

/* As attnpool_channel_block_f32, for bfloat16 x, with the same sums. */
ATTNPOOL_API int32_t attnpool_channel_block_bf16(const uint16_t *x, int64_t rows, int64_t channels,
                                                 int64_t x_stride, const float *scores,
                                                 int64_t scores_stride, int32_t moments,
                                                 double *states, int64_t states_stride);

/*
 * The states of one block of rows for heads with two moments, as channels: head r has the channels
 * r * width to (r + 1) * width - 1, with the same m and s. As attnpool_channel_block_f32 otherwise.
 * Reads x (rows x width) and scores (heads x rows), overwrites states (4 arrays of heads width).
 */
ATTNPOOL_API int32_t attnpool_head_moments_f32(const float *x, int64_t rows, int64_t width,
                                               int64_t x_stride, const float *scores,
                                               int64_t scores_stride, int64_t heads,
                                               double *states, int64_t states_stride);

/* As attnpool_head_moments_f32, for bfloat16 x, with the same sums. */
ATTNPOOL_API int32_t attnpool_head_moments_bf16(const uint16_t *x, int64_t rows, int64_t width,
                                                int64_t x_stride, const float *scores,
                                                int64_t scores_stride, int64_t heads,
                                                double *states, int64_t states_stride);

/*
 * Merges the other states of channels into the first: with M = max(m, m'), a = exp(m - M) and
 * b = exp(m' - M) each becomes
 *   m = M,  s = a s + b s',  first = a first + b first',
 *   second = a second + b second' + (a s) (b s') / (a s + b s') (first / s - first' / s')^2.
 * An empty state changes nothing. The bits do not depend on which of two states is merged into the
 * other. Reads states and other (2 + moments arrays of `channels`), writes states.
 */
ATTNPOOL_API int32_t attnpool_channel_merge_f64(double *states, const double *other,
                                                int64_t channels, int64_t states_stride,
                                                int32_t moments);

/*
 * With the weights a_t = exp(e_t) / (sum_t exp(e_t) + epsilon) of each channel:
 *   mean = sum_t a_t x_t,  std = sqrt(max(sum_t a_t x_t^2 - mean^2, min_variance)),
 * rounded to float32; zeros for an empty state. epsilon and min_variance are at least 0. The mean
 * of a single row is that row, exactly, if epsilon is 0. Reads states (3 arrays of `channels`, or 4
 * unless std is NULL), writes mean and std (channels).
 */
ATTNPOOL_API int32_t attnpool_channel_finish_f64(const double *states, int64_t channels,
                                                 int64_t states_stride, double epsilon,
                                                 double min_variance, float *mean, float *std);

/*
 * weights[t][d] = exp(scores[t][d]) / (sum + epsilon)  for t < rows, d < channels, in terms of the
 * channel's state exp(e - m) / (s + epsilon exp(-m)), with exp in float32 and the rest in float64;
 * zeros for an empty state. Reads scores (rows x channels), m and s of states (2 arrays of
 * `channels`), writes weights (rows x channels), which may be scores itself.
 */
ATTNPOOL_API int32_t attnpool_channel_weights_f32(const float *scores, int64_t rows,
                                                  int64_t channels, int64_t scores_stride,
                                                  const double *states, int64_t states_stride,
                                                  double epsilon, float *weights,
                                                  int64_t weights_stride);

/*
 * dst[t][d] = bfloat16 nearest to src[t][d], ties to even; NaN stays NaN, as a quiet one.
 * Reads src (rows x width), writes dst (rows x width). On the tier avx512_bf16 subnormal values
 * become zeros of their sign, as they do in that tier's dot products.
 */
ATTNPOOL_API int32_t attnpool_bf16_from_f32(const float *src, int64_t rows, int64_t width,
                                            int64_t src_stride, uint16_t *dst, int64_t dst_stride);

/*
 * dst[t][d] = src[t][d], exactly; a signalling NaN may become a quiet one.
 * Reads src (rows x width, bfloat16), writes dst (rows x width, float32).
 */
ATTNPOOL_API int32_t attnpool_f32_from_bf16(const uint16_t *src, int64_t rows, int64_t width,
                                            int64_t src_stride, float *dst, int64_t dst_stride);

/* As attnpool_f32_from_bf16, for IEEE half precision (float16); subnormal values are exact, too. */
ATTNPOOL_API int32_t attnpool_f32_from_f16(const uint16_t *src, int64_t rows, int64_t width,
                                           int64_t src_stride, float *dst, int64_t dst_stride);

/*
 * Copies rows of bytes. Here row_bytes and the strides count BYTES, and strides may not be
 * smaller than row_bytes. Reads src (rows x row_bytes), writes dst (rows x row_bytes).
 */
ATTNPOOL_API int32_t attnpool_copy_rows(const void *src, int64_t rows, int64_t row_bytes,
                                        int64_t src_stride, void *dst, int64_t dst_stride);

/*
 * dst[d][t] = src[t][d]. Reads src (rows x width), writes dst (width x rows), which may not overlap
 * src. dst_stride counts values from one row of dst to the next, at least `rows`.
 */
ATTNPOOL_API int32_t attnpool_transpose_f32(const float *src, int64_t rows, int64_t width,
                                            int64_t src_stride, float *dst, int64_t dst_stride);

/*
 * Runs a loop of float32 multiply-adds in registers, for the caller to time: the peak of this
 * tier. Writes one meaningless number to *sink and the floating-point operations done (two for
 * each multiply-add of each lane) to *flops, in proportion to iterations.
 */
ATTNPOOL_API int32_t attnpool_probe_f32(int64_t iterations, float *sink, double *flops);

/* As attnpool_probe_f32, with bfloat16 dot products; *flops = 0 on a tier without them. */
ATTNPOOL_API int32_t attnpool_probe_bf16(int64_t iterations, float *sink, double *flops);

#ifdef __cplusplus
}
#endif

#endif
