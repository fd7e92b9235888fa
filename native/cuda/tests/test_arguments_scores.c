/* Bad arguments of the launchers for scores and states of tiles. */
#include "arguments.h"

struct score_call {
  const void *hidden;
  int32_t type;
  int64_t rows, units, stride;
  const float *bias;
  int64_t bias_stride;
  const float *gate_bias, *a, *c;
  int64_t heads;
  int32_t activation;
  const int64_t *tile_rows;
  const int32_t *tile_sequences;
  int64_t tiles;
  float *scores;
  int64_t head_stride, row_stride;
};

static int32_t score(struct score_call s) {
  return attnpool_cuda_score(s.hidden, s.type, s.rows, s.units, s.stride, s.bias, s.bias_stride,
                             s.gate_bias, s.a, s.c, s.heads, s.activation, s.tile_rows,
                             s.tile_sequences, s.tiles, s.scores, s.head_stride, s.row_stride,
                             NULL);
}

/* Three tiles of one row, each in its own sequence. */
#define SCORE_WITH(change)                                                                    \
  score(({                                                                                    \
    struct score_call s = {in, ATTNPOOL_CUDA_F32, 3, 3, 7, in, 4, in, in, in, 5,              \
                           ATTNPOOL_CUDA_TANH, numbers, sequence_numbers, 3, out, 4, 1};      \
    change;                                                                                   \
    s;                                                                                        \
  }))

static void test_score(void) {
  EXPECT_GOOD(SCORE_WITH((void)0));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, SCORE_WITH(s.hidden = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, SCORE_WITH(s.bias = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, SCORE_WITH(s.a = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, SCORE_WITH(s.c = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, SCORE_WITH(s.tile_rows = NULL; s.bias = NULL; s.c = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, SCORE_WITH(s.tile_sequences = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, SCORE_WITH(s.scores = NULL));
  EXPECT(ATTNPOOL_CUDA_BAD_TYPE, SCORE_WITH(s.type = 3));
  EXPECT(ATTNPOOL_CUDA_BAD_ACTIVATION, SCORE_WITH(s.activation = 8));
  EXPECT(ATTNPOOL_CUDA_BAD_ACTIVATION, SCORE_WITH(s.activation = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, SCORE_WITH(s.rows = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, SCORE_WITH(s.units = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, SCORE_WITH(s.heads = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, SCORE_WITH(s.tiles = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, SCORE_WITH(s.rows = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, SCORE_WITH(s.units = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, SCORE_WITH(s.heads = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, SCORE_WITH(s.tiles = HUGE_COUNT));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, SCORE_WITH(s.tiles = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, SCORE_WITH(s.stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, SCORE_WITH(s.head_stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, SCORE_WITH(s.row_stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, SCORE_WITH(s.stride = 5)); /* units and gates are 6 */
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, SCORE_WITH(s.gate_bias = NULL; s.stride = 2));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, SCORE_WITH(s.bias_stride = 2));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, SCORE_WITH(s.head_stride = 0));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, SCORE_WITH(s.row_stride = 0));
  EXPECT(ATTNPOOL_CUDA_OK, SCORE_WITH(s.heads = 0));
  EXPECT(ATTNPOOL_CUDA_OK, SCORE_WITH(s.rows = s.tiles = 0));
}

struct state_call {
  const void *x;
  int32_t type;
  int64_t rows, width, stride;
  const float *values;
  int64_t values_stride, heads;
  int32_t flags;
  const int64_t *tile_rows;
  int64_t tiles;
  float *max_sum, *context;
};

static int32_t pool(struct state_call c) {
  return attnpool_cuda_pool(c.x, c.type, c.rows, c.width, c.stride, c.values, c.values_stride,
                            c.heads, c.flags, c.tile_rows, c.tiles, c.max_sum, c.context, NULL);
}

#define POOL_WITH(change)                                                                     \
  pool(({                                                                                     \
    struct state_call c = {in, ATTNPOOL_CUDA_F16, 3, 5, 6, in, 4, 2, 0, numbers, 3, out,      \
                           out + 16};                                                         \
    change;                                                                                   \
    c;                                                                                        \
  }))

static void test_pool(void) {
  EXPECT_GOOD(POOL_WITH((void)0));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, POOL_WITH(c.x = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, POOL_WITH(c.values = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, POOL_WITH(c.tile_rows = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, POOL_WITH(c.max_sum = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, POOL_WITH(c.context = NULL));
  EXPECT(ATTNPOOL_CUDA_BAD_TYPE, POOL_WITH(c.type = 3));
  EXPECT(ATTNPOOL_CUDA_BAD_FLAGS, POOL_WITH(c.flags = ATTNPOOL_CUDA_RESUME));
  EXPECT(ATTNPOOL_CUDA_BAD_FLAGS, POOL_WITH(c.flags = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, POOL_WITH(c.rows = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, POOL_WITH(c.width = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, POOL_WITH(c.heads = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, POOL_WITH(c.tiles = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, POOL_WITH(c.rows = c.values_stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, POOL_WITH(c.width = c.stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, POOL_WITH(c.heads = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, POOL_WITH(c.tiles = HUGE_COUNT));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, POOL_WITH(c.tiles = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, POOL_WITH(c.stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, POOL_WITH(c.values_stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, POOL_WITH(c.stride = 4));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, POOL_WITH(c.values_stride = 2));
}

int main(void) {
  begin("cuda.arguments_scores");
  make_arguments();
  test_score();
  test_pool();
  return end();
}
