/* Computes softmax weights from scores and the states of their sequences. */
#ifndef ATTNPOOL_CUDA_WEIGHTS_H
#define ATTNPOOL_CUDA_WEIGHTS_H

#include "elementary.h"

struct weights_job {
  const float *scores;
  int64_t scores_stride;
  int64_t rows;
  int64_t sequences;
  int32_t heads;
  const int64_t *tile_rows;
  const int32_t *tile_sequences;
  const double *max_sum;
  float epsilon;
  float *weights;
  int64_t weights_stride;
};

/* The kernel: one block per head and tile, one thread per row. */
INLINE void weigh(const struct weights_job *job) {
  const uint32_t tile = block_index() / (uint32_t)job->heads;
  const uint32_t head = block_index() % (uint32_t)job->heads;
  const int64_t row = job->tile_rows[tile] - job->tile_rows[0] + thread_index();
  if (row >= job->tile_rows[tile + 1] - job->tile_rows[0]) {
    return;
  }
  expect(row >= 0 && row < job->rows, "tile_rows go beyond the rows");
  expect(job->tile_sequences[tile] >= 0 && job->tile_sequences[tile] < job->sequences,
         "a tile's sequence has no state");
  const double *state =
      job->max_sum + ((int64_t)job->tile_sequences[tile] * job->heads + head) * 2;
  const double m = state[0];
  const double divisor =
      job->epsilon == 0.0f ? state[1] : state[1] + job->epsilon * exp(-m);
  const float e = job->scores[head * job->scores_stride + row];
  job->weights[head * job->weights_stride + row] =
      m == -INFINITY ? 0.0f : exp_f32(e - (float)m) / (float)divisor;
}

#endif
