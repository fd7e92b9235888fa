/* Made-up states of tiles, and the states of sequences they are merged into. */
#ifndef ATTNPOOL_CUDA_TESTS_PARTIALS_H
#define ATTNPOOL_CUDA_TESTS_PARTIALS_H

#include "grid.h"

struct partials {
  /* Set by the test. */
  const int64_t *lengths; /* tiles of each sequence */
  int64_t sequences, heads, width;
  /* Made from these. */
  int64_t tiles;
  int64_t *of;    /* sequence_tiles: sequences + 1 */
  float *max_sum; /* tiles x heads x 2 */
  float *context; /* tiles x heads x width */
};

/* m within [-40, 40], s within [1, 256], contexts to match; every eighth state is empty. */
void make_partials(struct partials *p);

/* States of sequences, full of sevens. */
struct merged {
  double *max_sum;       /* sequences x heads x 2 */
  double *state_context; /* sequences x heads x width */
  float *context;        /* sequences x heads x width */
};
struct merged room_for_merged(const struct partials *p);

/* Merges tiles first ... first + count - 1. */
int32_t merge_tiles(const struct partials *p, int64_t first, int64_t count, int32_t flags,
                    float epsilon, const struct merged *to);

/* Whether both are the same bit for bit. */
bool same_merged(const struct partials *p, const struct merged *a, const struct merged *b);

#endif
