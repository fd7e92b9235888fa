/* Launcher of the pool kernels. */
#include "pool.h"

#include "check.h"

#define POOL_KERNELS(name, type)                                              \
  KERNEL(name##_1, struct pool_job) { pool(&job, type, 1); }                  \
  KERNEL(name##_4, struct pool_job) { pool(&job, type, POOL_HEADS); }

POOL_KERNELS(pool_f32, F32)
POOL_KERNELS(pool_bf16, BF16)
POOL_KERNELS(pool_f16, F16)

#define LAUNCH_POOL(name)                                 \
  (heads == 1 ? LAUNCH(name##_1, job, blocks, stream)     \
              : LAUNCH(name##_4, job, blocks, stream))

int32_t attnpool_cuda_pool(const void *x, int32_t x_type, int64_t rows, int64_t width,
                           int64_t x_stride, const float *values, int64_t values_stride,
                           int64_t all_heads, int32_t flags, const int64_t *tile_rows,
                           int64_t tiles, float *partial_max_sum, float *partial_context,
                           void *stream) {
  if (!is_type(x_type)) {
    return ATTNPOOL_CUDA_BAD_TYPE;
  }
  if ((flags & ~ATTNPOOL_CUDA_WEIGHTS) != 0) {
    return ATTNPOOL_CUDA_BAD_FLAGS;
  }
  if (tiles < 0 || tiles > MAX_BLOCKS || all_heads < 0 || all_heads > MAX_BLOCKS) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  const void *rows_at = x == NULL && width == 0 ? (const void *)values : x;
  const struct operand operands[] = {
      {rows_at, rows, width, x_stride, bytes_of(x_type), false},
      {values, all_heads, rows, values_stride, sizeof *values, false},
      vector_of(tile_rows, tiles + 1, sizeof *tile_rows),
      {partial_max_sum, tiles, 2 * all_heads, 2 * all_heads, sizeof *partial_max_sum, true},
      {width == 0 ? partial_max_sum : partial_context, tiles * all_heads, width, width,
       sizeof *partial_context, true},
  };
  const int32_t status = check_operands(operands, COUNT_OF(operands));
  if (status != ATTNPOOL_CUDA_OK || tiles == 0 || all_heads == 0) {
    return status;
  }

  struct pool_job job;
  const int heads = all_heads == 1 ? 1 : POOL_HEADS;
  job.x = x;
  job.x_stride = x_stride;
  job.rows = rows;
  job.width = (int32_t)width;
  job.x_aligned = aligned_quads(x, x_stride, bytes_of(x_type));
  job.weights = (flags & ATTNPOOL_CUDA_WEIGHTS) != 0;
  job.heads = (int32_t)all_heads;
  job.values = values;
  job.values_stride = values_stride;
  job.tile_rows = tile_rows;
  job.max_sum = partial_max_sum;
  job.context = partial_context;
  job.lane_bits = lane_bits_of(width);
  job.slices = (uint32_t)(width == 0 ? 1 : parts_of(width, QUAD << job.lane_bits));
  job.head_groups = (uint32_t)parts_of(all_heads, heads);
  const int64_t tile_blocks = (int64_t)job.slices * job.head_groups;
  if (tiles > MAX_BLOCKS / tile_blocks) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  const int64_t blocks = tiles * tile_blocks;
  switch (x_type) {
    case BF16:
      return LAUNCH_POOL(pool_bf16);
    case F16:
      return LAUNCH_POOL(pool_f16);
    default:
      return LAUNCH_POOL(pool_f32);
  }
}
