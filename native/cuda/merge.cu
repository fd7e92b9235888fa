/* Launcher of the merge kernels. */
#include "merge.h"

#include "check.h"

KERNEL(merge_many, struct merge_job) { merge(&job, true); }
KERNEL(merge_few, struct merge_job) { merge(&job, false); }

int32_t attnpool_cuda_merge(const float *partial_max_sum, const float *partial_context,
                            int64_t first_tile, int64_t tiles, int64_t width, int64_t heads,
                            int32_t flags, const int64_t *sequence_tiles, int64_t sequences,
                            float epsilon, double *max_sum, double *state_context, float *context,
                            void *stream) {
  const int32_t known = ATTNPOOL_CUDA_WEIGHTS | ATTNPOOL_CUDA_RESUME;
  const bool resume = (flags & ATTNPOOL_CUDA_RESUME) != 0;
  if ((flags & ~known) != 0) {
    return ATTNPOOL_CUDA_BAD_FLAGS;
  }
  if (resume && state_context == NULL && width > 0) {
    return ATTNPOOL_CUDA_NULL_POINTER;
  }
  if (first_tile < 0 || tiles < 0 || tiles > MAX_BLOCKS || heads < 0 || heads > MAX_BLOCKS ||
      sequences < 0 || sequences > MAX_BLOCKS || !(epsilon >= 0.0f)) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  const int64_t states = sequences * heads;
  const struct operand operands[] = {
      {partial_max_sum, tiles, 2 * heads, 2 * heads, sizeof *partial_max_sum, false},
      {width == 0 ? partial_max_sum : partial_context, tiles * heads, width, width,
       sizeof *partial_context, false},
      vector_of(sequence_tiles, sequences + 1, sizeof *sequence_tiles),
      {max_sum, states, 2, 2, sizeof *max_sum, true},
      {state_context == NULL ? max_sum : state_context, state_context == NULL ? 0 : states, width,
       width, sizeof *state_context, true},
      {context == NULL ? (const void *)max_sum : context, context == NULL ? 0 : states, width,
       width, sizeof *context, true},
  };
  const int32_t status = check_operands(operands, COUNT_OF(operands));
  if (status != ATTNPOOL_CUDA_OK || states == 0) {
    return status;
  }

  struct merge_job job;
  const bool many = tiles / sequences > 16;
  job.partial_max_sum = partial_max_sum;
  job.partial_context = partial_context;
  job.first_tile = first_tile;
  job.tiles = tiles;
  job.width = (int32_t)width;
  job.heads = (int32_t)heads;
  job.slices = (uint32_t)(width == 0 ? 1 : parts_of(width, many ? MERGE_COLUMNS : BLOCK_THREADS));
  job.weights = (flags & ATTNPOOL_CUDA_WEIGHTS) != 0;
  job.resume = resume;
  job.epsilon = epsilon;
  job.sequence_tiles = sequence_tiles;
  job.max_sum = max_sum;
  job.state_context = state_context;
  job.context = context;
  if (states > MAX_BLOCKS / job.slices) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  const int64_t blocks = states * job.slices;
  /*
   * All blocks of a state first read its m and s. If there are several, a second kernel overwrites
   * m and s after the first kernel has ended.
   */
  const bool twice = resume && job.slices > 1;
  job.writes_max_sum = !twice;
  const int32_t launched =
      many ? LAUNCH(merge_many, job, blocks, stream) : LAUNCH(merge_few, job, blocks, stream);
  if (launched != ATTNPOOL_CUDA_OK || !twice) {
    return launched;
  }
  job.writes_max_sum = true;
  job.width = 0;
  job.slices = 1;
  return LAUNCH(merge_few, job, states, stream);
}
