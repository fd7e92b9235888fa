/* A ragged batch in device memory, and the states of its tiles. */
#ifndef ATTNPOOL_CUDA_TESTS_BATCH_H
#define ATTNPOOL_CUDA_TESTS_BATCH_H

#include "grid.h"

struct batch {
  /* Set by the test. */
  int32_t type;
  int64_t width, heads, gap;
  enum placement placement;
  const int64_t *lengths; /* rows of each sequence */
  int64_t sequences;
  /* Made from these; the gaps in both matrices are NaN. */
  int64_t rows, stride, values_stride;
  void *x;       /* within [-2, 2] */
  float *values; /* within [-6, 6], and a few of them -infinity */
  struct tiles tiles;
};

void make_batch(struct batch *batch);

float *value_at(const struct batch *batch, int64_t head, int64_t row);
double element_at_row(const struct batch *batch, int64_t row, int64_t column);

/* Pools tiles first ... first + count - 1 for heads from `head` on. */
int32_t pool_tiles(const struct batch *batch, int64_t first, int64_t count, int64_t head,
                   int64_t heads, int32_t flags, float *max_sum, float *context);

/* States of tiles: memory for the whole batch, and all tiles pooled. */
struct states {
  float *max_sum; /* tiles x heads x 2 */
  float *context; /* tiles x heads x width */
};
struct states room_for_states(const struct batch *batch);
struct states pool_batch(const struct batch *batch, int32_t flags);

#endif
