/* Launcher of the weights kernel. */
#include "weights.h"

#include "check.h"

KERNEL(weights_of_scores, struct weights_job) { weigh(&job); }

int32_t attnpool_cuda_weights(const float *scores, int64_t scores_stride, int64_t rows,
                              int64_t heads, const int64_t *tile_rows,
                              const int32_t *tile_sequences, int64_t tiles, const double *max_sum,
                              int64_t sequences, float epsilon, float *weights,
                              int64_t weights_stride, void *stream) {
  if (tiles < 0 || tiles > MAX_BLOCKS || heads < 0 || heads > MAX_BLOCKS || sequences < 0 ||
      sequences > MAX_BLOCKS || !(epsilon >= 0.0f)) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  const struct operand operands[] = {
      {scores, heads, rows, scores_stride, sizeof *scores, false},
      vector_of(tile_rows, tiles + 1, sizeof *tile_rows),
      vector_of(tile_sequences, tiles, sizeof *tile_sequences),
      {max_sum, sequences * heads, 2, 2, sizeof *max_sum, false},
      {weights, heads, rows, weights_stride, sizeof *weights, true},
  };
  const int32_t status = check_operands(operands, COUNT_OF(operands));
  if (status != ATTNPOOL_CUDA_OK || tiles == 0 || heads == 0) {
    return status;
  }
  if (tiles > MAX_BLOCKS / heads) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }

  struct weights_job job;
  job.scores = scores;
  job.scores_stride = scores_stride;
  job.rows = rows;
  job.sequences = sequences;
  job.heads = (int32_t)heads;
  job.tile_rows = tile_rows;
  job.tile_sequences = tile_sequences;
  job.max_sum = max_sum;
  job.epsilon = epsilon;
  job.weights = weights;
  job.weights_stride = weights_stride;
  return LAUNCH(weights_of_scores, job, tiles * heads, stream);
}
