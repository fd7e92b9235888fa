/* Launcher of the score kernels. */
#include "score.h"

#include "check.h"

#define SCORE_KERNEL(name, type, heads, gated)      \
  KERNEL(name, struct score_job) { score(&job, type, heads, gated); }

/* For each type: with or without a gate, and by the heads in registers. */
#define SCORE_KERNELS(name, type)                   \
  SCORE_KERNEL(name##_1, type, 1, false)            \
  SCORE_KERNEL(name##_4, type, SCORE_HEADS, false)            \
  SCORE_KERNEL(name##_gated_1, type, 1, true)       \
  SCORE_KERNEL(name##_gated_4, type, SCORE_HEADS, true)

SCORE_KERNELS(score_f32, F32)
SCORE_KERNELS(score_bf16, BF16)
SCORE_KERNELS(score_f16, F16)


#define LAUNCH_SCORE(name)                                              \
  (gated ? heads == 1 ? LAUNCH(name##_gated_1, job, blocks, stream)     \
                      : LAUNCH(name##_gated_4, job, blocks, stream)     \
         : heads == 1 ? LAUNCH(name##_1, job, blocks, stream)           \
                      : LAUNCH(name##_4, job, blocks, stream))

int32_t attnpool_cuda_score(const void *hidden, int32_t hidden_type, int64_t rows, int64_t units,
                            int64_t hidden_stride, const float *bias, int64_t bias_stride,
                            const float *gate_bias, const float *a, const float *c,
                            int64_t all_heads, int32_t activation, const int64_t *tile_rows,
                            const int32_t *tile_sequences, int64_t tiles, float *scores,
                            int64_t head_stride, int64_t row_stride, void *stream) {
  const bool gated = gate_bias != NULL, tiled = tile_rows != NULL;
  if (!is_type(hidden_type)) {
    return ATTNPOOL_CUDA_BAD_TYPE;
  }
  if (!is_activation(activation)) {
    return ATTNPOOL_CUDA_BAD_ACTIVATION;
  }
  if (tiled && (bias == NULL || tile_sequences == NULL)) {
    return ATTNPOOL_CUDA_NULL_POINTER;
  }
  if (units < 0 || units > MAX_BLOCKS / 2 || all_heads < 0 || all_heads > MAX_BLOCKS ||
      (tiled && (tiles < 0 || tiles > MAX_BLOCKS))) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  if (head_stride < 1 || row_stride < 1 || (tiled && bias_stride < units)) {
    return ATTNPOOL_CUDA_BAD_STRIDE;
  }
  const int64_t row = gated ? 2 * units : units;
  const struct operand operands[] = {
      {hidden, rows, row, hidden_stride, bytes_of(hidden_type), false},
      {a, all_heads, units, units, sizeof *a, false},
      vector_of(c, all_heads, sizeof *c),
      vector_of(bias == NULL ? c : bias, bias == NULL ? 0 : units, sizeof *bias),
      vector_of(gated ? gate_bias : c, gated ? units : 0, sizeof *gate_bias),
      vector_of(tiled ? (const void *)tile_rows : c, tiled ? tiles + 1 : 0, sizeof *tile_rows),
      vector_of(tiled ? (const void *)tile_sequences : c, tiled ? tiles : 0,
                sizeof *tile_sequences),
      {scores, rows, 1, row_stride, sizeof *scores, true},
      {scores, all_heads, 1, head_stride, sizeof *scores, true},
  };
  const int32_t status = check_operands(operands, COUNT_OF(operands));
  if (status != ATTNPOOL_CUDA_OK || rows == 0 || all_heads == 0 || (tiled && tiles == 0)) {
    return status;
  }
  const int32_t last = CHECK_EXTENT(
      scores, ((all_heads - 1) * head_stride + (rows - 1) * row_stride + 1) * 4, true);
  if (last != ATTNPOOL_CUDA_OK) {
    return last;
  }

  struct score_job job;
  const int heads = all_heads == 1 ? 1 : SCORE_HEADS;
  job.hidden = hidden;
  job.hidden_stride = hidden_stride;
  job.rows = rows;
  job.units = (int32_t)units;
  job.heads = (int32_t)all_heads;
  job.bias = bias;
  job.bias_stride = bias_stride;
  job.gate_bias = gate_bias;
  job.a = a;
  job.c = c;
  job.activation = activation;
  job.lane_bits = lane_bits_of(units);
  job.hidden_aligned = aligned_quads(hidden, hidden_stride, bytes_of(hidden_type)) &&
                       (!gated || units % 4 == 0);
  job.parameters_aligned = aligned_quads(a, units, sizeof *a) &&
                           aligned_quads(bias, tiled ? bias_stride : 0, sizeof *bias) &&
                           aligned_quads(gate_bias, 0, sizeof *gate_bias);
  job.tile_rows = tile_rows;
  job.tile_sequences = tile_sequences;
  job.scores = scores;
  job.head_stride = head_stride;
  job.row_stride = row_stride;
  const int64_t block_rows = (BLOCK_THREADS >> job.lane_bits) * SCORE_ROWS;
  job.head_groups = (uint32_t)parts_of(all_heads, heads);
  job.tile_blocks = (uint32_t)parts_of(ATTNPOOL_CUDA_TILE_ROWS, block_rows);
  const int64_t row_blocks = tiled ? tiles * job.tile_blocks : parts_of(rows, block_rows);
  if (row_blocks > MAX_BLOCKS / job.head_groups) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  const int64_t blocks = row_blocks * job.head_groups;
  switch (hidden_type) {
    case BF16:
      return LAUNCH_SCORE(score_bf16);
    case F16:
      return LAUNCH_SCORE(score_f16);
    default:
      return LAUNCH_SCORE(score_f32);
  }
}
