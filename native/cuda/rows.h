/* Gathers and converts rows, and activates rows in place. */
#ifndef ATTNPOOL_CUDA_ROWS_H
#define ATTNPOOL_CUDA_ROWS_H

#include "activation.h"

/* About how many quads each thread of a block has. */
#define ROWS_QUADS 4

struct rows_job {
  const void *src;
  int64_t src_stride;
  const int64_t *positions; /* or NULL */
  const float *bias;        /* or NULL */
  int32_t activation;
  int64_t rows;
  int32_t width;
  uint32_t block_rows;
  uint32_t row_quads;
  bool src_aligned;
  bool bias_aligned;
  bool dst_aligned;
  bool rounded_aligned;
  void *dst;
  int64_t dst_stride;
  void *rounded; /* or NULL */
  int32_t rounded_type;
  int64_t rounded_stride;
};

/* Finds the place of a quad; false if there is none. */
INLINE bool find_quad(const struct rows_job *job, uint32_t i, int64_t *row, int *column) {
  const uint32_t in_block = i / job->row_quads;
  *row = (int64_t)block_index() * job->block_rows + in_block;
  *column = (int)(i - in_block * job->row_quads) * QUAD;
  return in_block < job->block_rows && *row < job->rows;
}

INLINE struct quad load_src(const struct rows_job *job, int32_t type, int64_t row, int column) {
  const int64_t from = job->positions == NULL ? row : job->positions[row];
  expect(simt_is_device(element_at(job->src, type, from * job->src_stride),
                        job->width * (type == F32 ? 4 : 2)),
         "a position beyond the source");
  return load_quad(job->src, type, from * job->src_stride + column, job->width - column,
                   job->src_aligned);
}

/* The kernel that copies. Each thread has several quads in flight. */
INLINE void copy_rows(const struct rows_job *job, int32_t src_type, int32_t dst_type) {
  const uint32_t quads = job->block_rows * job->row_quads;
  for (uint32_t first = (uint32_t)thread_index(); first < quads;
       first += ROWS_QUADS * BLOCK_THREADS) {
    struct quad loaded[ROWS_QUADS];
    int64_t row[ROWS_QUADS];
    int column[ROWS_QUADS];
    bool there[ROWS_QUADS];
    UNROLL for (int k = 0; k < ROWS_QUADS; k++) {
      there[k] = find_quad(job, first + (uint32_t)k * BLOCK_THREADS, &row[k], &column[k]);
      loaded[k] = there[k] ? load_src(job, src_type, row[k], column[k]) : no_quad();
    }
    UNROLL for (int k = 0; k < ROWS_QUADS; k++) {
      if (there[k]) {
        float values[QUAD];
        quad_elements(loaded[k], src_type, values);
        store_quad(job->dst, dst_type, row[k] * job->dst_stride + column[k],
                   job->width - column[k], job->dst_aligned, values);
      }
    }
  }
}

/* The kernel that activates. */
INLINE void activate_rows(const struct rows_job *job, int32_t type) {
  const uint32_t quads = job->block_rows * job->row_quads;
  for (uint32_t i = (uint32_t)thread_index(); i < quads; i += BLOCK_THREADS) {
    int64_t row;
    int column;
    if (!find_quad(job, i, &row, &column)) {
      break;
    }
    const int n = job->width - column;
    float values[QUAD], bias[QUAD];
    quad_elements(load_src(job, type, row, column), type, values);
    load_floats(job->bias, column, n, job->bias_aligned, bias);
    UNROLL for (int j = 0; j < QUAD; j++) {
      values[j] += bias[j];
    }
    activate(values, QUAD, job->activation, type != F32);
    store_quad(job->dst, type, row * job->dst_stride + column, n, job->dst_aligned, values);
    if (job->rounded == NULL) {
      continue;
    }
    const int64_t to = row * job->rounded_stride + column;
    if (job->rounded_type == F32) {
      store_quad(job->rounded, F32, to, n, job->rounded_aligned, values);
    } else if (job->rounded_type == BF16) {
      store_quad(job->rounded, BF16, to, n, job->rounded_aligned, values);
    } else {
      store_quad(job->rounded, F16, to, n, job->rounded_aligned, values);
    }
  }
}

#endif
