/*
 * attnpool_cuda.h: the whole C ABI of libattnpool_cuda.
 *
 * Every function checks its arguments, starts a kernel on a stream and returns. It allocates
 * nothing, waits for nothing, starts no thread, does no I/O and keeps no state. All functions may
 * be called from any number of threads at once. The library contains its own CUDA runtime. It
 * accepts streams and memory of the driver or of any other runtime, because all of them share the
 * device's primary context. The stream's device must be the current device of the calling thread.
 *
 * Conventions, unless a function says otherwise:
 *   - Pointers are to device memory and need only the alignment of their element type. Each must be
 *     non-NULL, even where its array has no element. Outputs must not overlap any other argument.
 *     Access is fastest where pointers and strides are multiples of 16 bytes; the bits are the same
 *     where they are not.
 *   - Sizes and strides are counts of ELEMENTS. Row t of a matrix starts at base + t * stride;
 *     its stride must be at least its row length. Elements between rows are never touched.
 *   - The contents of arrays in device memory are trusted, because the host cannot read them.
 *   - stream is a cudaStream_t; NULL is the default stream.
 *   - The result is an attnpool_cuda_status, or minus the cudaError_t of a launch that failed. On
 *     anything but ATTNPOOL_CUDA_OK no kernel has been started. The one exception is
 *     attnpool_cuda_merge, which starts two kernels to resume wide states: if the second launch
 *     fails, the states are undefined. An error of a running kernel is reported where the caller
 *     waits for the stream.
 *   - Arithmetic is float32 with IEEE division, whatever the element type. Activations of bfloat16
 *     and float16 elements use the GPU's tanh instruction, which is good to 11 bits.
 *   - Sums have a fixed order. Results depend on the values passed only: not on addresses, strides
 *     or threads. What is computed for a row does not depend on the other rows of the call.
 *   - NaN in, NaN out: a NaN reaches every output whose formula it enters.
 *
 * Tiles. The rows of a ragged batch lie one after another, and tiles divide them: each sequence is
 * cut from its first row on into tiles of ATTNPOOL_CUDA_TILE_ROWS rows, and the last tile may be
 * shorter. A sequence without rows has no tile. Three arrays describe the tiles:
 *   tile_rows[i]       first row of tile i; tile_rows[tiles] is the end of the last tile
 *   tile_sequences[i]  sequence of tile i
 *   sequence_tiles[b]  first tile of sequence b; sequence_tiles[b + 1] is the end of its last tile
 * A function may be given any consecutive tiles, by pointers to the entries of the first; its rows
 * then start at row tile_rows[0] of the batch.
 *
 * A "state" is a partial softmax of one head over some rows: m, the largest score;
 * s = sum_t exp(e_t - m); context[d] = sum_t exp(e_t - m) * x[t][d], not yet divided by s. The
 * state of no rows, or of rows whose scores are all -infinity, is empty: m = -infinity, s = 0,
 * context = 0. States of tiles ("partial") are float32, and their contexts are multiplied by the
 * largest power of two whose product with s is at most 1, so that those of finite rows are finite.
 * States of sequences are float64, so that merging any number of tiles adds no error of note. A
 * row whose weight is below 2^-126 adds nothing, even if it is infinite.
 */
#ifndef ATTNPOOL_CUDA_H
#define ATTNPOOL_CUDA_H

#include <stdint.h>

#if defined(_WIN32)
#define ATTNPOOL_CUDA_API __declspec(dllexport)
#else
#define ATTNPOOL_CUDA_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ATTNPOOL_CUDA_ABI_VERSION grows with every incompatible change of this file. */
enum attnpool_cuda_abi { ATTNPOOL_CUDA_ABI_VERSION = 3, ATTNPOOL_CUDA_TILE_ROWS = 256 };

enum attnpool_cuda_status {
  ATTNPOOL_CUDA_OK = 0,
  ATTNPOOL_CUDA_NULL_POINTER = 1,   /* a required pointer is NULL */
  ATTNPOOL_CUDA_BAD_SIZE = 2,       /* a size is negative, or its array or grid is too large */
  ATTNPOOL_CUDA_BAD_STRIDE = 3,     /* a stride is smaller than a row */
  ATTNPOOL_CUDA_BAD_ACTIVATION = 4, /* not an attnpool_cuda_activation */
  ATTNPOOL_CUDA_BAD_TYPE = 5,       /* not an attnpool_cuda_type */
  ATTNPOOL_CUDA_BAD_FLAGS = 6       /* not attnpool_cuda_flags, or not for this function */
};

enum attnpool_cuda_type { ATTNPOOL_CUDA_F32 = 0, ATTNPOOL_CUDA_BF16 = 1, ATTNPOOL_CUDA_F16 = 2 };

/* The same numbers as in attnpool.h, which has the formulas. */
enum attnpool_cuda_activation {
  ATTNPOOL_CUDA_IDENTITY = 0,
  ATTNPOOL_CUDA_TANH = 1,
  ATTNPOOL_CUDA_RELU = 2,
  ATTNPOOL_CUDA_GELU = 3,
  ATTNPOOL_CUDA_GELU_TANH = 4,
  ATTNPOOL_CUDA_SIGMOID = 5,
  ATTNPOOL_CUDA_LEAKY_RELU = 6,
  ATTNPOOL_CUDA_SILU = 7
};

enum attnpool_cuda_flags {
  ATTNPOOL_CUDA_WEIGHTS = 1, /* values are weights, not scores: no exp, no division */
  ATTNPOOL_CUDA_RESUME = 2   /* add to the states in memory; otherwise they start empty */
};

/* ATTNPOOL_CUDA_ABI_VERSION of the library that is loaded. */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_abi_version(void);

/* Architectures and CUDA version of the build, as text to show: "sm_80 ... compute_100, CUDA 13.0".
 */
ATTNPOOL_CUDA_API const char *attnpool_cuda_build(void);

/*
 * Version of the CUDA runtime that the library contains: 1000 times the major number plus 10 times
 * the minor number. The driver must support CUDA of that major number.
 */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_runtime_version(void);

/*
 * dst[i][d] = src[positions[i]][d]  for i < rows, d < width, converted to dst_type: the nearest
 * value, ties to even. positions[i] is i where positions is NULL.
 * Reads src (width elements of each row that is copied) and positions (rows); writes dst (rows x
 * width).
 */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_copy_rows(const void *src, int32_t src_type,
                                                  int64_t src_stride, const int64_t *positions,
                                                  int64_t rows, int64_t width, void *dst,
                                                  int32_t dst_type, int64_t dst_stride,
                                                  void *stream);

/*
 * x[t][d] = f(x[t][d] + bias[d])  for t < rows, d < width, in place; f is the
 * attnpool_cuda_activation. rounded, unless NULL, gets the same values rounded to rounded_type.
 * Reads x (rows x width) and bias (width, float32; NULL for zeros); writes x and rounded (rows x
 * width).
 */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_activate(void *x, int32_t x_type, int64_t rows,
                                                 int64_t width, int64_t x_stride,
                                                 const float *bias, int32_t activation,
                                                 void *rounded, int32_t rounded_type,
                                                 int64_t rounded_stride, void *stream);

/*
 * scores[r * head_stride + t * row_stride] = c[r] + sum_d a[r * units + d] * u[t][d]
 * for r < heads, t < rows, d < units, with u[t][d] = f(hidden[t][d] + bias[d]) and, unless
 * gate_bias is NULL, times sigmoid(hidden[t][units + d] + gate_bias[d]). f is the
 * attnpool_cuda_activation.
 * If tile_rows is NULL, all rows have the same bias (units; NULL for zeros), and tiles,
 * tile_sequences and bias_stride are ignored. Otherwise the rows are those of the tiles, and the
 * bias of sequence b is at bias + b * bias_stride.
 * row_stride is 1 for scores. With other strides the function computes any small linear layer: for
 * logits, each logit is a head, head_stride is 1 and row_stride is the number of logits.
 * Reads hidden (rows x units; with a gate rows x 2 units), bias, gate_bias (units), a (heads x
 * units), c (heads), tile_rows (tiles + 1) and tile_sequences (tiles); writes scores.
 */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_score(const void *hidden, int32_t hidden_type,
                                              int64_t rows, int64_t units, int64_t hidden_stride,
                                              const float *bias, int64_t bias_stride,
                                              const float *gate_bias, const float *a,
                                              const float *c, int64_t heads, int32_t activation,
                                              const int64_t *tile_rows,
                                              const int32_t *tile_sequences, int64_t tiles,
                                              float *scores, int64_t head_stride,
                                              int64_t row_stride, void *stream);

/*
 * The states of tiles, one for each head. Each row is read once for every four heads.
 * values[r * values_stride + t] is the score of row t for head r. With ATTNPOOL_CUDA_WEIGHTS it is
 * the weight, and the state is m = 0, s = 1, context = sum_t weight * x. For width = 0 only
 * partial_max_sum is written, and x may be NULL.
 * Reads x (rows x width), values (heads x rows), tile_rows (tiles + 1); writes partial_max_sum
 * (tiles x heads x 2) and partial_context (tiles x heads x width).
 */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_pool(const void *x, int32_t x_type, int64_t rows,
                                             int64_t width, int64_t x_stride,
                                             const float *values, int64_t values_stride,
                                             int64_t heads, int32_t flags,
                                             const int64_t *tile_rows, int64_t tiles,
                                             float *partial_max_sum, float *partial_context,
                                             void *stream);

/*
 * Merges the states of tiles into those of their sequences, one after another in the order of the
 * rows: the bits do not depend on how tiles are divided among calls with ATTNPOOL_CUDA_RESUME. The
 * partial arrays hold tiles first_tile ... first_tile + tiles - 1 of the batch; all other tiles in
 * sequence_tiles are ignored.
 * context, unless NULL, gets state_context / (s + epsilon exp(-m)), zeros for an empty state; with
 * ATTNPOOL_CUDA_WEIGHTS it gets state_context unchanged. state_context may be NULL if it is neither
 * needed nor resumed.
 * Reads sequence_tiles (sequences + 1) and, to resume, max_sum and state_context; writes max_sum
 * (sequences x heads x 2), state_context and context (sequences x heads x width).
 */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_merge(const float *partial_max_sum,
                                              const float *partial_context, int64_t first_tile,
                                              int64_t tiles, int64_t width, int64_t heads,
                                              int32_t flags, const int64_t *sequence_tiles,
                                              int64_t sequences, float epsilon, double *max_sum,
                                              double *state_context, float *context,
                                              void *stream);

/*
 * weights[r * weights_stride + t] = exp(scores[r * scores_stride + t] - m) / (s + epsilon exp(-m))
 * for r < heads, t < rows, with the state of head r of the row's sequence; zeros for an empty
 * state. The weight of a sequence's single row is exactly 1 when epsilon = 0. weights may be scores
 * itself.
 * Reads scores (heads x rows), tile_rows (tiles + 1), tile_sequences (tiles) and max_sum (sequences
 * x heads x 2, from sequence 0 of the batch); writes weights (heads x rows).
 */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_weights(const float *scores, int64_t scores_stride,
                                                int64_t rows, int64_t heads,
                                                const int64_t *tile_rows,
                                                const int32_t *tile_sequences, int64_t tiles,
                                                const double *max_sum, int64_t sequences,
                                                float epsilon, float *weights,
                                                int64_t weights_stride, void *stream);

/*
 * padded[(b * heads + r) * steps + p] = values[r * values_stride + t]  for the rows t of sequence
 * b, which are offsets[b] - offsets[0] ... offsets[b + 1] - offsets[0] - 1; all other elements of
 * padded are fill. If positions is NULL, p is the row's index in its sequence; otherwise it is
 * positions[t] - b * steps, which must ascend in t. Rows with p >= steps are left out.
 * Reads values (heads x rows), offsets (sequences + 1), positions (rows); writes padded (sequences
 * x heads x steps).
 */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_pad(const float *values, int64_t values_stride,
                                            int64_t rows, int64_t heads, const int64_t *offsets,
                                            const int64_t *positions, int64_t sequences,
                                            int64_t steps, float fill, float *padded,
                                            void *stream);

/*
 * Gathers softmax weights that were computed from padded scores without epsilon, and applies it:
 * weights[r * weights_stride + t] = padded[(b * heads + r) * steps + p] * s / (s + epsilon exp(-m))
 * where p is the row's index in its sequence, always below steps; 0 where the score is -infinity.
 * m is the sequence's largest score, and 1 / s its largest weight.
 * Reads padded (sequences x heads x steps), scores (heads x rows), offsets (sequences + 1); writes
 * weights (heads x rows).
 */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_unpad(const float *padded, int64_t steps,
                                              const float *scores, int64_t scores_stride,
                                              int64_t rows, int64_t heads, const int64_t *offsets,
                                              int64_t sequences, float epsilon, float *weights,
                                              int64_t weights_stride, void *stream);

#ifdef __cplusplus
}
#endif

#endif
