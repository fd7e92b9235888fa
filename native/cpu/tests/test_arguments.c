/* Statuses of bad arguments, which must leave all outputs untouched; and the probes. */
#include "harness.h"

#include <math.h>
#include <string.h>

#define HUGE_COUNT (INT64_MAX / 3)

static float in[64], out[64];
static double doubles[64], wide[64], state[2];
static uint16_t narrow[64];

#define EXPECT(status, call)                                                          \
  do {                                                                                \
    int32_t result = (call);                                                          \
    CHECK(result == (status), "status %d of %s", result, #call);                      \
    for (size_t i = 0; i < COUNT(out); i++) {                                         \
      CHECK(out[i] == 7.0f && wide[i] == 7.0, "%s wrote %g, %g", #call, out[i], wide[i]); \
    }                                                                                 \
    CHECK(state[0] == 7.0 && state[1] == 7.0 && narrow[0] == 7, "%s wrote", #call);   \
  } while (0)

/* A good call, except for what a test changes in it. */
struct score_call {
  const float *hidden;
  int64_t rows, units, hidden_stride;
  const float *bias, *gate_bias, *a, *c;
  int64_t heads;
  int32_t activation;
  float *work, *scores;
  int64_t scores_stride, ahead_bytes;
};

static int32_t score(struct score_call s) {
  return attnpool_score_f32(s.hidden, s.rows, s.units, s.hidden_stride, s.bias, s.gate_bias, s.a,
                            s.c, s.heads, s.activation, s.work, s.scores, s.scores_stride, in,
                            s.ahead_bytes);
}

#define SCORE_WITH(change)                                                                        \
  score(({                                                                                        \
    struct score_call s = {in, 2, 2, 4, in, in, in, in, 2, ATTNPOOL_TANH, out, out, 3, 0};        \
    change;                                                                                       \
    s;                                                                                            \
  }))

static void test_score(void) {
  EXPECT(ATTNPOOL_NULL_POINTER, SCORE_WITH(s.hidden = NULL));
  EXPECT(ATTNPOOL_NULL_POINTER, SCORE_WITH(s.a = NULL));
  EXPECT(ATTNPOOL_NULL_POINTER, SCORE_WITH(s.c = NULL));
  EXPECT(ATTNPOOL_NULL_POINTER, SCORE_WITH(s.work = NULL));
  EXPECT(ATTNPOOL_NULL_POINTER, SCORE_WITH(s.scores = NULL));
  EXPECT(ATTNPOOL_BAD_SIZE, SCORE_WITH(s.rows = -1));
  EXPECT(ATTNPOOL_BAD_SIZE, SCORE_WITH(s.units = -2));
  EXPECT(ATTNPOOL_BAD_SIZE, SCORE_WITH(s.gate_bias = NULL; s.units = -2));
  EXPECT(ATTNPOOL_BAD_SIZE, SCORE_WITH(s.units = INT64_MAX - 1));
  EXPECT(ATTNPOOL_BAD_SIZE, SCORE_WITH(s.heads = -1));
  EXPECT(ATTNPOOL_BAD_SIZE, SCORE_WITH(s.heads = INT64_MAX / 2));
  EXPECT(ATTNPOOL_BAD_SIZE, SCORE_WITH(s.rows = 3; s.hidden_stride = HUGE_COUNT));
  EXPECT(ATTNPOOL_BAD_SIZE, SCORE_WITH(s.rows = INT64_MAX; s.scores_stride = INT64_MAX));
  EXPECT(ATTNPOOL_BAD_SIZE, SCORE_WITH(s.heads = 3; s.scores_stride = HUGE_COUNT));
  EXPECT(ATTNPOOL_BAD_SIZE, SCORE_WITH(s.ahead_bytes = -1));
  EXPECT(ATTNPOOL_BAD_STRIDE, SCORE_WITH(s.hidden_stride = 3));
  EXPECT(ATTNPOOL_BAD_STRIDE, SCORE_WITH(s.gate_bias = NULL; s.hidden_stride = 1));
  EXPECT(ATTNPOOL_BAD_STRIDE, SCORE_WITH(s.hidden_stride = -4));
  EXPECT(ATTNPOOL_BAD_STRIDE, SCORE_WITH(s.scores_stride = 1));
  EXPECT(ATTNPOOL_BAD_ACTIVATION, SCORE_WITH(s.activation = 8));
  EXPECT(ATTNPOOL_BAD_ACTIVATION, SCORE_WITH(s.activation = -1));
}

static void test_activate(void) {
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_activate_f32(NULL, 1, 2, 2, in, in, 1, narrow, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_activate_f32(out, -1, 2, 2, in, in, 1, narrow, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_activate_f32(out, 1, -2, 2, in, in, 1, narrow, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_activate_f32(out, 3, 2, HUGE_COUNT, in, in, 1, narrow, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_activate_f32(out, 9, 2, 2, in, in, 1, narrow, HUGE_COUNT));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_activate_f32(out, 1, 2, 1, in, in, 1, narrow, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_activate_f32(out, 1, 2, 2, in, in, 1, narrow, 1));
  EXPECT(ATTNPOOL_BAD_ACTIVATION, attnpool_activate_f32(out, 1, 2, 2, in, in, 8, narrow, 2));
  EXPECT(ATTNPOOL_BAD_ACTIVATION, attnpool_activate_f32(out, 1, 2, 2, in, in, -1, narrow, 2));
}

static int32_t norm(float *x, int64_t rows, int64_t groups, int64_t columns, int64_t stride,
                    int32_t activation, int64_t rounded_stride) {
  return attnpool_layer_norm_f32(x, rows, groups, columns, stride, in, in, 1e-5, activation, narrow,
                                 rounded_stride);
}

static void test_rows(void) {
  EXPECT(ATTNPOOL_NULL_POINTER, norm(NULL, 1, 2, 2, 4, 1, 4));
  EXPECT(ATTNPOOL_BAD_SIZE, norm(out, -1, 2, 2, 4, 1, 4));
  EXPECT(ATTNPOOL_BAD_SIZE, norm(out, 1, -1, 2, 4, 1, 4));
  EXPECT(ATTNPOOL_BAD_SIZE, norm(out, 1, 2, -2, 4, 1, 4));
  EXPECT(ATTNPOOL_BAD_SIZE, norm(out, 1, -2, -2, 4, 1, 4));
  EXPECT(ATTNPOOL_BAD_SIZE, norm(out, 1, HUGE_COUNT, 4, INT64_MAX, 1, INT64_MAX));
  EXPECT(ATTNPOOL_BAD_SIZE, norm(out, 3, 2, 2, HUGE_COUNT, 1, 4));
  EXPECT(ATTNPOOL_BAD_STRIDE, norm(out, 1, 2, 2, 3, 1, 4));
  EXPECT(ATTNPOOL_BAD_STRIDE, norm(out, 1, 2, 2, 4, 1, 3));
  EXPECT(ATTNPOOL_BAD_ACTIVATION, norm(out, 1, 2, 2, 4, 8, 4));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_multiply_f32(NULL, 1, 2, 2, in, 2, narrow, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_multiply_f32(out, 1, 2, 2, NULL, 2, narrow, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_multiply_f32(out, -1, 2, 2, in, 2, narrow, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_multiply_f32(out, 3, 2, 2, in, HUGE_COUNT, narrow, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_multiply_f32(out, 1, 2, 1, in, 2, narrow, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_multiply_f32(out, 1, 2, 2, in, 1, narrow, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_multiply_f32(out, 1, 2, 2, in, 2, narrow, 1));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_add_f32(NULL, 1, 2, 2, in, 2, 1));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_add_f32(out, 1, 2, 2, NULL, 2, 1));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_add_f32(out, 1, -2, 2, in, 2, 1));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_add_f32(out, 3, 2, 2, in, HUGE_COUNT, 1));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_add_f32(out, 1, 2, 1, in, 2, 1));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_add_f32(out, 1, 2, 2, in, 1, 1));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_add_f32(out, 1, 2, 2, in, -1, 0));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_add_f32(out, 1, 2, 2, in, 4, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_add_f32(out, 1, 2, 2, in, 2, -1));
}

static void test_channels(void) {
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_channel_block_f32(NULL, 1, 2, 2, in, 2, 2, wide, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_channel_block_f32(in, 1, 2, 2, NULL, 2, 2, wide, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_channel_block_f32(in, 1, 2, 2, in, 2, 2, NULL, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_channel_block_f32(in, -1, 2, 2, in, 2, 2, wide, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_channel_block_f32(in, 1, -2, 2, in, 2, 2, wide, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_channel_block_f32(in, 1, 2, 2, in, 2, 0, wide, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_channel_block_f32(in, 1, 2, 2, in, 2, 3, wide, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_channel_block_f32(in, 1, 2, 2, in, 2, 2, wide, HUGE_COUNT));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_channel_block_f32(in, 1, 2, 1, in, 2, 2, wide, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_channel_block_f32(in, 1, 2, 2, in, 1, 2, wide, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_channel_block_f32(in, 1, 2, 2, in, 2, 2, wide, 1));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_channel_block_bf16(NULL, 1, 2, 2, in, 2, 2, wide, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_channel_block_bf16(narrow, 1, 2, 2, in, 2, 5, wide, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_channel_block_bf16(narrow, 1, 2, 1, in, 2, 2, wide, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_head_moments_f32(NULL, 1, 2, 2, in, 1, 2, wide, 4));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_head_moments_f32(in, 1, 2, 2, NULL, 1, 2, wide, 4));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_head_moments_f32(in, 1, 2, 2, in, 1, 2, NULL, 4));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_head_moments_f32(in, 1, 2, 2, in, 1, -2, wide, 4));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_head_moments_f32(in, 1, -2, 2, in, 1, -2, wide, 4));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_head_moments_f32(in, 1, 4, 4, in, 1, HUGE_COUNT, wide, 4));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_head_moments_f32(in, 1, 2, 1, in, 1, 2, wide, 4));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_head_moments_f32(in, 2, 2, 2, in, 1, 2, wide, 4));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_head_moments_f32(in, 1, 2, 2, in, 1, 2, wide, 3));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_head_moments_bf16(narrow, 1, 2, 1, in, 1, 2, wide, 4));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_channel_merge_f64(NULL, doubles, 2, 2, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_channel_merge_f64(wide, NULL, 2, 2, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_channel_merge_f64(wide, doubles, -2, 2, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_channel_merge_f64(wide, doubles, 2, 2, 3));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_channel_merge_f64(wide, doubles, 2, 1, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_channel_finish_f64(NULL, 2, 2, 0.0, 0.0, out, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_channel_finish_f64(doubles, 2, 2, 0.0, 0.0, NULL, out));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_channel_finish_f64(doubles, 2, 1, 0.0, 0.0, out, out));
  EXPECT(ATTNPOOL_NULL_POINTER,
         attnpool_channel_weights_f32(NULL, 1, 2, 2, doubles, 2, 0.0, out, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_channel_weights_f32(in, 1, 2, 2, NULL, 2, 0.0, out, 2));
  EXPECT(ATTNPOOL_NULL_POINTER,
         attnpool_channel_weights_f32(in, 1, 2, 2, doubles, 2, 0.0, NULL, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_channel_weights_f32(in, -1, 2, 2, doubles, 2, 0.0, out, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_channel_weights_f32(in, 1, 2, 1, doubles, 2, 0.0, out, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_channel_weights_f32(in, 1, 2, 2, doubles, 1, 0.0, out, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_channel_weights_f32(in, 1, 2, 2, doubles, 2, 0.0, out, 1));
}

static void test_pool(void) {
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_weighted_sum_f32(NULL, 1, 2, 2, in, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_weighted_sum_f32(in, 1, 2, 2, NULL, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_weighted_sum_f32(in, 1, 2, 2, in, NULL));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_weighted_sum_f32(in, -1, 2, 2, in, out));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_weighted_sum_f32(in, 2, 2, 1, in, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_pool_block_f32(NULL, 1, 2, 2, in, 1, 1, state, wide, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_pool_block_f32(in, 1, 2, 2, NULL, 1, 1, state, wide, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_pool_block_f32(in, 1, 2, 2, in, 1, 1, NULL, wide, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_pool_block_f32(in, 1, 2, 2, in, 1, 1, state, NULL, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_pool_block_f32(in, 1, -2, 2, in, 1, 1, state, wide, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_pool_block_f32(in, 1, 2, 0, in, 1, 1, state, wide, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_pool_block_f32(in, 1, 2, 2, in, 1, -1, state, wide, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_pool_block_f32(in, 1, 2, 2, in, 0, 2, state, wide, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_pool_block_f32(in, 1, 2, 2, in, 1, 2, state, wide, 1));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_pool_block_f32(in, 1, 0, 2, in, 1, 2, state, wide, 1));
  EXPECT(ATTNPOOL_BAD_SIZE,
         attnpool_pool_block_f32(in, 1, 2, 2, in, 1, INT64_MAX, state, wide, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE,
         attnpool_pool_block_bf16(narrow, 1, 2, 2, in, 1, 2, state, wide, 1));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_pool_block_bf16(NULL, 1, 2, 2, in, 1, 1, state, wide, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_pool_block_bf16(narrow, 1, -2, 2, in, 1, 1, state, wide, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_pool_block_bf16(narrow, 1, 2, 0, in, 1, 1, state, wide, 2));
}

static void test_state(void) {
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_merge_f64(NULL, wide, doubles, doubles, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_merge_f64(state, NULL, doubles, doubles, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_merge_f64(state, wide, NULL, doubles, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_merge_f64(state, wide, doubles, NULL, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_merge_f64(state, wide, doubles, doubles, -1));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_merge_f64(state, wide, doubles, doubles, INT64_MAX / 4));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_finish_f64(NULL, doubles, 2, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_finish_f64(doubles, NULL, 2, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_finish_f64(doubles, doubles, 2, NULL));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_finish_f64(doubles, doubles, INT64_MAX / 4, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_weights_f32(NULL, 2, doubles, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_weights_f32(in, 2, NULL, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_weights_f32(in, 2, doubles, NULL));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_weights_f32(in, -2, doubles, out));
}

static void test_bf16(void) {
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_bf16_from_f32(NULL, 1, 2, 2, narrow, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_bf16_from_f32(in, 1, 2, 2, NULL, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_bf16_from_f32(in, -1, 2, 2, narrow, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_bf16_from_f32(in, 9, 2, 2, narrow, HUGE_COUNT));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_bf16_from_f32(in, 1, 2, 1, narrow, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_bf16_from_f32(in, 1, 2, 2, narrow, 1));
}

static void test_copies(void) {
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_f32_from_bf16(NULL, 1, 2, 2, out, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_f32_from_bf16(narrow, 1, 2, 2, NULL, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_f32_from_bf16(narrow, 1, -2, 2, out, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_f32_from_bf16(narrow, 9, 2, HUGE_COUNT, out, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_f32_from_bf16(narrow, 1, 2, 1, out, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_f32_from_bf16(narrow, 1, 2, 2, out, 1));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_f32_from_f16(NULL, 1, 2, 2, out, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_f32_from_f16(narrow, 1, 2, 2, NULL, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_f32_from_f16(narrow, 1, -2, 2, out, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_f32_from_f16(narrow, 9, 2, HUGE_COUNT, out, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_f32_from_f16(narrow, 1, 2, 1, out, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_f32_from_f16(narrow, 1, 2, 2, out, 1));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_copy_rows(NULL, 1, 8, 8, out, 8));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_copy_rows(in, 1, 8, 8, NULL, 8));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_copy_rows(in, -1, 8, 8, out, 8));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_copy_rows(in, 1, 8, 7, out, 8));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_copy_rows(in, 1, 8, 8, out, 7));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_transpose_f32(NULL, 1, 2, 2, out, 1));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_transpose_f32(in, 1, 2, 2, NULL, 1));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_transpose_f32(in, -1, 2, 2, out, 1));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_transpose_f32(in, 2, 9, 9, out, HUGE_COUNT));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_transpose_f32(in, 2, 2, 1, out, 2));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_transpose_f32(in, 2, 2, 2, out, 1));
}

static void test_probes(void) {
  float sink = NAN;
  double once, thrice, bf16;
  CHECK(attnpool_probe_f32(-1, &sink, &once) == ATTNPOOL_BAD_SIZE, "negative iterations");
  CHECK(attnpool_probe_f32(1, NULL, &once) == ATTNPOOL_NULL_POINTER, "no sink");
  CHECK(attnpool_probe_bf16(1, &sink, NULL) == ATTNPOOL_NULL_POINTER, "no flops");
  CHECK(attnpool_probe_f32(1000, &sink, &once) == ATTNPOOL_OK, "once");
  CHECK(isfinite(sink), "sink %g", sink);
  CHECK(attnpool_probe_f32(3000, &sink, &thrice) == ATTNPOOL_OK, "thrice");
  CHECK(once > 0 && thrice == 3 * once, "%g and %g flops", once, thrice);
  CHECK(attnpool_probe_bf16(1000, &sink, &bf16) == ATTNPOOL_OK, "bf16");
  bool has_bf16 = strcmp(attnpool_tier(), "avx512_bf16") == 0;
  CHECK((bf16 > 0) == has_bf16, "%g bf16 flops", bf16);
}

int main(void) {
  begin("arguments");
  for (size_t i = 0; i < COUNT(out); i++) {
    out[i] = 7.0f;
    wide[i] = 7.0;
    narrow[i] = 7;
  }
  state[0] = state[1] = 7.0;
  CHECK(attnpool_abi_version() == ATTNPOOL_ABI_VERSION, "version %d", attnpool_abi_version());
  test_score();
  test_activate();
  test_rows();
  test_pool();
  test_state();
  test_channels();
  test_bf16();
  test_copies();
  test_probes();
  return end();
}
