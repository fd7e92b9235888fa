/*
 * attnpool_cuda.h: the whole C ABI of libattnpool_cuda, the fused kernels for NVIDIA GPUs.
 *
 * Every function checks its arguments, starts a kernel on a stream and returns; attnpool_cuda_merge
 * starts two to resume wide states. It allocates nothing, waits for nothing and keeps no state, and
 * may be called from any number of threads at once. The library has a CUDA runtime of its own
 * inside. Streams and memory of any other runtime or of the driver serve as well, because all of
 * them share the device's primary context; the stream's device must be the current one of the
 * calling thread.
 *
 * Conventions, unless a function says otherwise:
 *   - Pointers are to device memory and need only the alignment of their element type. What is
 *     read or written by 16 bytes when pointers and strides are multiples of 16 bytes is slower,
 *     but the same bit for bit, when they are not.
 *   - Sizes and strides are counts of ELEMENTS. Row t of a matrix starts at base + t * stride;
 *     its stride must be at least its row length. Elements between rows are never touched.
 *   - Each pointer must be non-NULL, even where its array has no element. Outputs must not overlap
 *     any other argument. Arrays in device memory are trusted: they cannot be looked at here.
 *   - stream is a cudaStream_t; NULL is the default stream.
 *   - The result is an attnpool_cuda_status, or minus the cudaError_t of a launch that failed. On
 *     anything but ATTNPOOL_CUDA_OK no kernel has been started, except by attnpool_cuda_merge, which
 *     may start two: when the second fails the states are undefined. Errors of a kernel that runs
 *     are found later, where the caller waits for its stream.
 *   - Arithmetic is float32 with IEEE division, whatever the type of the elements, except that
 *     activations of bfloat16 and float16 elements use the processor's tanh of 11 bits. Sums have
 *     a fixed order: results depend on the values passed only, and a row's on no other row.
 *   - NaN in, NaN out.
 *
 * Tiles. The rows of a ragged batch lie one behind the other. They are cut into tiles: each
 * sequence from its first row on into tiles of ATTNPOOL_CUDA_TILE_ROWS rows and one shorter rest; a
 * sequence without rows has no tile. tile_rows[i] is the first row of tile i, tile_rows[tiles] the
 * end of the last; tile_sequences[i] its sequence; sequence_tiles[b] the first tile of sequence b,
 * sequence_tiles[b + 1] the end of its last. A function may be given any run of tiles, by pointers
 * to the first one's entries; its rows then start at row tile_rows[0] of the batch.
 *
 * A "state" is a partial softmax over some rows, of one head: m, the largest score;
 * s = sum_t exp(e_t - m); context[d] = sum_t exp(e_t - m) * x[t][d]. The state of no rows, or of
 * rows whose scores are all -infinity, is empty: m = -infinity, s = 0, context = 0. States of tiles
 * ("partial") are float32; states of sequences are float64, so that merging adds no error of note.
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

/* The first grows with every incompatible change of this file. */
enum attnpool_cuda_abi { ATTNPOOL_CUDA_ABI_VERSION = 2, ATTNPOOL_CUDA_TILE_ROWS = 256 };

enum attnpool_cuda_status {
  ATTNPOOL_CUDA_OK = 0,
  ATTNPOOL_CUDA_NULL_POINTER = 1,  /* a required pointer is NULL */
  ATTNPOOL_CUDA_BAD_SIZE = 2,      /* a size is negative, or its array or grid is too large */
  ATTNPOOL_CUDA_BAD_STRIDE = 3,    /* a stride is smaller than a row */
  ATTNPOOL_CUDA_BAD_ACTIVATION = 4,
  ATTNPOOL_CUDA_BAD_TYPE = 5,
  ATTNPOOL_CUDA_BAD_FLAGS = 6
};

enum attnpool_cuda_type { ATTNPOOL_CUDA_F32 = 0, ATTNPOOL_CUDA_BF16 = 1, ATTNPOOL_CUDA_F16 = 2 };

/* The numbers of attnpool.h. */
enum attnpool_cuda_activation {
  ATTNPOOL_CUDA_IDENTITY = 0,
  ATTNPOOL_CUDA_TANH = 1,
  ATTNPOOL_CUDA_RELU = 2,
  ATTNPOOL_CUDA_GELU = 3,
  ATTNPOOL_CUDA_GELU_TANH = 4,
  ATTNPOOL_CUDA_SIGMOID = 5
};

enum attnpool_cuda_flags {
  ATTNPOOL_CUDA_WEIGHTS = 1, /* values are weights, not scores: no exp, no division by s */
  ATTNPOOL_CUDA_RESUME = 2   /* add to the states that memory holds; else they start empty */
};

/* ATTNPOOL_CUDA_ABI_VERSION of the library that is loaded. */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_abi_version(void);

/* What the kernels were built for and with, for people: "sm_80 ... compute_100, CUDA 13.0". */
ATTNPOOL_CUDA_API const char *attnpool_cuda_build(void);

/*
 * Version of the CUDA runtime inside: 1000 times the major number plus 10 times the minor one. The
 * kernels run only where the driver runs CUDA of that major number.
 */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_runtime_version(void);

/*
 * dst[i] = src[positions[i]] for i < rows, or src[i] where positions is NULL, row by row and
 * converted: to bfloat16 and float16 the nearest value, ties to even.
 * Reads src (rows x width) and positions (rows); writes dst (rows x width).
 */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_copy_rows(const void *src, int32_t src_type,
                                                  int64_t src_stride, const int64_t *positions,
                                                  int64_t rows, int64_t width, void *dst,
                                                  int32_t dst_type, int64_t dst_stride,
                                                  void *stream);

/*
 * x[t][d] = f(x[t][d] + bias[d])  for t < rows, d < width, in place; f is the
 * attnpool_cuda_activation. rounded, unless NULL, gets the same in the type rounded_type.
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
 * gate_bias is NULL, times sigmoid(hidden[t][units + d] + gate_bias[d]).
 * Where tile_rows is NULL, bias (units; NULL for zeros) is that of all rows, and tiles and
 * bias_stride mean nothing. Otherwise the rows are those of the tiles, and sequence b has the bias
 * at bias + b * bias_stride. row_stride is 1 for scores. With another one this is any small linear
 * layer: logits have head_stride 1 and as row_stride the number of outputs, which are the heads.
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
 * The states of tiles, all heads of a row from one reading of it (of four heads at a time).
 * values[r * values_stride + t] is row t's score for head r; with ATTNPOOL_CUDA_WEIGHTS its weight,
 * and the state is m = 0, s = 1, context = sum_t weight * x. Only max_sum is written for width = 0,
 * and x may be NULL.
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
 * Adds the states of tiles to those of their sequences, in the order of rows, one after another:
 * the bits are the same however the tiles are spread over calls with ATTNPOOL_CUDA_RESUME. The
 * partial arrays hold tiles first_tile ... first_tile + tiles - 1 of the batch; what
 * sequence_tiles says beyond them is left out.
 * context, unless NULL, gets state_context / (s + epsilon exp(-m)), zeros for an empty state; with
 * ATTNPOOL_CUDA_WEIGHTS it gets state_context as it is. state_context may be NULL: it is not kept
 * then, and there is nothing to resume.
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
 * with the state of head r of the row's sequence; zeros for an empty one. The weight of a
 * sequence's single row is exactly 1 when epsilon = 0. weights may be scores itself.
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
 * padded[(b * heads + r) * steps + p] = values[r * values_stride + t] for the rows t of sequence b,
 * from offsets[b] - offsets[0] on, and fill elsewhere. p counts the sequence's rows; or, unless
 * positions is NULL, it is positions[t] - b * steps: ascending in t. A row beyond steps is left
 * out.
 * Reads values (heads x rows), offsets (sequences + 1), positions (rows); writes padded (sequences
 * x heads x steps).
 */
ATTNPOOL_CUDA_API int32_t attnpool_cuda_pad(const float *values, int64_t values_stride,
                                            int64_t rows, int64_t heads, const int64_t *offsets,
                                            const int64_t *positions, int64_t sequences,
                                            int64_t steps, float fill, float *padded,
                                            void *stream);

/*
 * The way back for softmax weights that were computed from padded scores without an epsilon:
 * weights[r * weights_stride + t] = padded[(b * heads + r) * steps + p] * s / (s + epsilon exp(-m)),
 * p counting the sequence's rows, all of them below steps; 0 where the score is -infinity. Here
 * exp(-m) and s come from the sequence's largest score and weight.
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
