/* Launchers of the kernels between ragged rows and a padded grid. */
#include "padded.h"

#include "check.h"

KERNEL(pad_rows, struct padded_job) { pad(&job); }
KERNEL(unpad_weights, struct padded_job) { unpad(&job); }

/* The number of blocks; negative if they are too many. */
static int64_t spread_grid(struct padded_job *job, int64_t sequences, int64_t heads,
                           int64_t steps) {
  const int64_t segments = parts_of(steps, PADDED_STEPS);
  job->segments = (uint32_t)segments;
  job->heads = (int32_t)heads;
  job->steps = steps;
  return sequences > MAX_BLOCKS / heads / segments ? -1 : sequences * heads * segments;
}

static bool are_sizes(int64_t rows, int64_t heads, int64_t sequences, int64_t steps) {
  return rows >= 0 && heads >= 0 && heads <= MAX_BLOCKS && sequences >= 0 &&
         sequences <= MAX_BLOCKS && steps >= 0 && steps <= MAX_BLOCKS;
}

int32_t attnpool_cuda_pad(const float *values, int64_t values_stride, int64_t rows, int64_t heads,
                          const int64_t *offsets, const int64_t *positions, int64_t sequences,
                          int64_t steps, float fill, float *padded, void *stream) {
  if (!are_sizes(rows, heads, sequences, steps)) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  const struct operand operands[] = {
      {values, heads, rows, values_stride, sizeof *values, false},
      vector_of(offsets, sequences + 1, sizeof *offsets),
      vector_of(positions == NULL ? offsets : positions, positions == NULL ? 0 : rows,
                sizeof *positions),
      {padded, sequences * heads, steps, steps, sizeof *padded, true},
  };
  const int32_t status = check_operands(operands, COUNT_OF(operands));
  if (status != ATTNPOOL_CUDA_OK || sequences == 0 || heads == 0 || steps == 0) {
    return status;
  }

  struct padded_job job;
  memset(&job, 0, sizeof job);
  const int64_t blocks = spread_grid(&job, sequences, heads, steps);
  if (blocks < 0) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  job.values = values;
  job.values_stride = values_stride;
  job.rows = rows;
  job.offsets = offsets;
  job.positions = positions;
  job.fill = fill;
  job.padded = padded;
  return LAUNCH(pad_rows, job, blocks, stream);
}

int32_t attnpool_cuda_unpad(const float *padded, int64_t steps, const float *scores,
                            int64_t scores_stride, int64_t rows, int64_t heads,
                            const int64_t *offsets, int64_t sequences, float epsilon,
                            float *weights, int64_t weights_stride, void *stream) {
  if (!are_sizes(rows, heads, sequences, steps) || !(epsilon >= 0.0f)) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  const struct operand operands[] = {
      {padded, sequences * heads, steps, steps, sizeof *padded, false},
      {scores, heads, rows, scores_stride, sizeof *scores, false},
      vector_of(offsets, sequences + 1, sizeof *offsets),
      {weights, heads, rows, weights_stride, sizeof *weights, true},
  };
  const int32_t status = check_operands(operands, COUNT_OF(operands));
  if (status != ATTNPOOL_CUDA_OK || sequences == 0 || heads == 0 || steps == 0) {
    return status;
  }

  struct padded_job job;
  memset(&job, 0, sizeof job);
  const int64_t blocks = spread_grid(&job, sequences, heads, steps);
  if (blocks < 0) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  job.values = scores;
  job.values_stride = scores_stride;
  job.rows = rows;
  job.offsets = offsets;
  job.epsilon = epsilon;
  job.padded = (float *)padded;
  job.weights = weights;
  job.weights_stride = weights_stride;
  return LAUNCH(unpad_weights, job, blocks, stream);
}
