/* Bad arguments of the launchers for states of sequences and weights. */
#include "arguments.h"

#include <math.h>

struct merge_call {
  const float *partial_max_sum, *partial_context;
  int64_t first_tile, tiles, width, heads;
  int32_t flags;
  const int64_t *sequence_tiles;
  int64_t sequences;
  float epsilon;
  double *max_sum, *state_context;
  float *context;
};

static int32_t merge(struct merge_call c) {
  return attnpool_cuda_merge(c.partial_max_sum, c.partial_context, c.first_tile, c.tiles, c.width,
                             c.heads, c.flags, c.sequence_tiles, c.sequences, c.epsilon, c.max_sum,
                             c.state_context, c.context, NULL);
}

#define MERGE_WITH(change)                                                                    \
  merge(({                                                                                    \
    struct merge_call c = {in, in, 0, 3, 5, 2, 0, numbers, 3, 0.5f, wide_out, wide_out + 12,  \
                           out};                                                              \
    change;                                                                                   \
    c;                                                                                        \
  }))

static void test_merge(void) {
  EXPECT_GOOD(MERGE_WITH((void)0));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, MERGE_WITH(c.partial_max_sum = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, MERGE_WITH(c.partial_context = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, MERGE_WITH(c.sequence_tiles = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, MERGE_WITH(c.max_sum = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER,
         MERGE_WITH(c.flags = ATTNPOOL_CUDA_RESUME; c.state_context = NULL));
  EXPECT(ATTNPOOL_CUDA_BAD_FLAGS, MERGE_WITH(c.flags = 4));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, MERGE_WITH(c.first_tile = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, MERGE_WITH(c.tiles = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, MERGE_WITH(c.width = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, MERGE_WITH(c.heads = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, MERGE_WITH(c.sequences = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, MERGE_WITH(c.tiles = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, MERGE_WITH(c.width = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, MERGE_WITH(c.heads = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, MERGE_WITH(c.sequences = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, MERGE_WITH(c.epsilon = -1e-9f));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, MERGE_WITH(c.epsilon = NAN));
}

struct weights_call {
  const float *scores;
  int64_t scores_stride, rows, heads;
  const int64_t *tile_rows;
  const int32_t *tile_sequences;
  int64_t tiles;
  const double *max_sum;
  int64_t sequences;
  float epsilon, *weights;
  int64_t weights_stride;
};

static int32_t weigh(struct weights_call c) {
  return attnpool_cuda_weights(c.scores, c.scores_stride, c.rows, c.heads, c.tile_rows,
                               c.tile_sequences, c.tiles, c.max_sum, c.sequences, c.epsilon,
                               c.weights, c.weights_stride, NULL);
}

#define WEIGHTS_WITH(change)                                                                 \
  weigh(({                                                                                   \
    struct weights_call c = {in, 4, 3, 2, numbers, sequence_numbers, 3, states, 3, \
                             0.5f, out, 5};                                                  \
    change;                                                                                  \
    c;                                                                                       \
  }))

static void test_weights(void) {
  double *states = on_device(AT_END, 12, sizeof *states);
  EXPECT_GOOD(WEIGHTS_WITH((void)0));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, WEIGHTS_WITH(c.scores = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, WEIGHTS_WITH(c.tile_rows = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, WEIGHTS_WITH(c.tile_sequences = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, WEIGHTS_WITH(c.max_sum = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, WEIGHTS_WITH(c.weights = NULL));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, WEIGHTS_WITH(c.rows = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, WEIGHTS_WITH(c.heads = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, WEIGHTS_WITH(c.tiles = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, WEIGHTS_WITH(c.sequences = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, WEIGHTS_WITH(c.rows = c.scores_stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, WEIGHTS_WITH(c.heads = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, WEIGHTS_WITH(c.tiles = HUGE_COUNT));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, WEIGHTS_WITH(c.tiles = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, WEIGHTS_WITH(c.sequences = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, WEIGHTS_WITH(c.scores_stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, WEIGHTS_WITH(c.weights_stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, WEIGHTS_WITH(c.epsilon = -1e-9f));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, WEIGHTS_WITH(c.epsilon = NAN));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, WEIGHTS_WITH(c.scores_stride = 2));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, WEIGHTS_WITH(c.weights_stride = 2));
  EXPECT(ATTNPOOL_CUDA_OK, WEIGHTS_WITH(c.heads = 0));
  EXPECT(ATTNPOOL_CUDA_OK, WEIGHTS_WITH(c.tiles = 0));
}

int main(void) {
  begin("cuda.arguments_merge");
  make_arguments();
  test_merge();
  test_weights();
  return end();
}
