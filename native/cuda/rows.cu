/* Launchers of the kernels that copy and activate rows. */
#include "rows.h"

#include "check.h"

#define COPY_KERNEL(name, from, to) \
  KERNEL(name, struct rows_job) { copy_rows(&job, from, to); }

COPY_KERNEL(copy_f32_f32, F32, F32)
COPY_KERNEL(copy_f32_bf16, F32, BF16)
COPY_KERNEL(copy_f32_f16, F32, F16)
COPY_KERNEL(copy_bf16_f32, BF16, F32)
COPY_KERNEL(copy_bf16_bf16, BF16, BF16)
COPY_KERNEL(copy_bf16_f16, BF16, F16)
COPY_KERNEL(copy_f16_f32, F16, F32)
COPY_KERNEL(copy_f16_bf16, F16, BF16)
COPY_KERNEL(copy_f16_f16, F16, F16)

KERNEL(activate_f32, struct rows_job) { activate_rows(&job, F32); }
KERNEL(activate_bf16, struct rows_job) { activate_rows(&job, BF16); }
KERNEL(activate_f16, struct rows_job) { activate_rows(&job, F16); }

/* Spreads the rows over blocks and returns the number of blocks. */
static int64_t spread_rows(struct rows_job *job, int64_t rows, int64_t width) {
  job->rows = rows;
  job->width = (int32_t)width;
  job->row_quads = (uint32_t)parts_of(width, 4);
  const int64_t block_rows = ROWS_QUADS * BLOCK_THREADS / job->row_quads;
  job->block_rows = (uint32_t)(block_rows < 1 ? 1 : block_rows);
  return parts_of(rows, job->block_rows);
}

#define LAUNCH_COPY(from)                                                              \
  (dst_type == BF16  ? LAUNCH(copy_##from##_bf16, job, blocks, stream)                 \
   : dst_type == F16 ? LAUNCH(copy_##from##_f16, job, blocks, stream)                  \
                     : LAUNCH(copy_##from##_f32, job, blocks, stream))

int32_t attnpool_cuda_copy_rows(const void *src, int32_t src_type, int64_t src_stride,
                                const int64_t *positions, int64_t rows, int64_t width, void *dst,
                                int32_t dst_type, int64_t dst_stride, void *stream) {
  if (!is_type(src_type) || !is_type(dst_type)) {
    return ATTNPOOL_CUDA_BAD_TYPE;
  }
  const int64_t known = positions == NULL ? rows : least(rows, 1); /* rows of src; at least one */
  const struct operand operands[] = {
      {src, rows < 0 ? rows : known, width, src_stride, bytes_of(src_type), false},
      vector_of(positions == NULL ? src : positions, positions == NULL || rows < 0 ? 0 : rows,
                sizeof *positions),
      {dst, rows, width, dst_stride, bytes_of(dst_type), true},
  };
  const int32_t status = check_operands(operands, COUNT_OF(operands));
  if (status != ATTNPOOL_CUDA_OK || rows == 0 || width == 0) {
    return status;
  }

  struct rows_job job;
  memset(&job, 0, sizeof job);
  const int64_t blocks = spread_rows(&job, rows, width);
  if (blocks > MAX_BLOCKS) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  job.src = src;
  job.src_stride = src_stride;
  job.src_aligned = aligned_quads(src, src_stride, bytes_of(src_type));
  job.positions = positions;
  job.dst = dst;
  job.dst_stride = dst_stride;
  job.dst_aligned = aligned_quads(dst, dst_stride, bytes_of(dst_type));
  switch (src_type) {
    case BF16:
      return LAUNCH_COPY(bf16);
    case F16:
      return LAUNCH_COPY(f16);
    default:
      return LAUNCH_COPY(f32);
  }
}

int32_t attnpool_cuda_activate(void *x, int32_t x_type, int64_t rows, int64_t width,
                               int64_t x_stride, const float *bias, int32_t activation,
                               void *rounded, int32_t rounded_type, int64_t rounded_stride,
                               void *stream) {
  if (!is_type(x_type) || (rounded != NULL && !is_type(rounded_type))) {
    return ATTNPOOL_CUDA_BAD_TYPE;
  }
  if (!is_activation(activation)) {
    return ATTNPOOL_CUDA_BAD_ACTIVATION;
  }
  const struct operand operands[] = {
      {x, rows, width, x_stride, bytes_of(x_type), true},
      vector_of(bias == NULL ? x : bias, bias == NULL ? 0 : width, sizeof *bias),
      {rounded == NULL ? x : rounded, rounded == NULL ? 0 : rows, width,
       rounded == NULL ? width : rounded_stride, bytes_of(rounded_type), true},
  };
  const int32_t status = check_operands(operands, COUNT_OF(operands));
  if (status != ATTNPOOL_CUDA_OK || rows == 0 || width == 0) {
    return status;
  }

  struct rows_job job;
  memset(&job, 0, sizeof job);
  const int64_t blocks = spread_rows(&job, rows, width);
  if (blocks > MAX_BLOCKS) {
    return ATTNPOOL_CUDA_BAD_SIZE;
  }
  job.src = job.dst = x;
  job.src_stride = job.dst_stride = x_stride;
  job.src_aligned = job.dst_aligned = aligned_quads(x, x_stride, bytes_of(x_type));
  job.bias = bias;
  job.bias_aligned = aligned_quads(bias, 0, sizeof *bias);
  job.activation = activation;
  job.rounded = rounded;
  job.rounded_type = rounded_type;
  job.rounded_stride = rounded_stride;
  job.rounded_aligned = aligned_quads(rounded, rounded_stride, bytes_of(rounded_type));
  switch (x_type) {
    case BF16:
      return LAUNCH(activate_bf16, job, blocks, stream);
    case F16:
      return LAUNCH(activate_f16, job, blocks, stream);
    default:
      return LAUNCH(activate_f32, job, blocks, stream);
  }
}
