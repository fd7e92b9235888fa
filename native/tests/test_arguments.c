/* Statuses of bad arguments, which must leave all outputs alone; and the probes. */
#include "harness.h"

#include <math.h>
#include <string.h>

#define HUGE_COUNT (INT64_MAX / 3)

static float in[64], out[64], state[2];
static uint16_t narrow[64];

#define EXPECT(status, call)                                                          \
  do {                                                                                \
    int32_t result = (call);                                                          \
    CHECK(result == (status), "status %d of %s", result, #call);                      \
    for (size_t i = 0; i < COUNT(out); i++) {                                         \
      CHECK(out[i] == 7.0f, "%s wrote %g", #call, out[i]);                            \
    }                                                                                 \
    CHECK(state[0] == 7.0f && state[1] == 7.0f && narrow[0] == 7, "%s wrote", #call); \
  } while (0)

static void test_score(void) {
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_score_f32(NULL, 1, 2, 2, in, in, 0, 0, out, NULL, 0));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_score_f32(in, 1, 2, 2, in, NULL, 0, 0, out, NULL, 0));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_score_f32(in, 1, 2, 2, in, in, 0, 0, NULL, NULL, 0));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_score_f32(in, -1, 2, 2, in, in, 0, 0, out, NULL, 0));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_score_f32(in, 1, -2, 2, in, in, 0, 0, out, NULL, 0));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_score_f32(in, 3, 2, HUGE_COUNT, in, in, 0, 0, out, NULL, 0));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_score_f32(in, INT64_MAX, 0, 0, in, in, 0, 0, out, NULL, 0));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_score_f32(in, 1, 2, 1, in, in, 0, 0, out, NULL, 0));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_score_f32(in, 1, 2, -2, in, in, 0, 0, out, NULL, 0));
  EXPECT(ATTNPOOL_BAD_ACTIVATION, attnpool_score_f32(in, 1, 2, 2, in, in, 0, 2, out, NULL, 0));
  EXPECT(ATTNPOOL_BAD_ACTIVATION, attnpool_score_f32(in, 1, 2, 2, in, in, 0, -1, out, NULL, 0));
}

static void test_ahead(void) {
  EXPECT(ATTNPOOL_BAD_SIZE,
         attnpool_score_f32(in, 1, 2, 2, NULL, in, 0.0f, ATTNPOOL_TANH, out, in, -1));
}

static void test_pool(void) {
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_weighted_sum_f32(NULL, 1, 2, 2, in, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_weighted_sum_f32(in, 1, 2, 2, NULL, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_weighted_sum_f32(in, 1, 2, 2, in, NULL));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_weighted_sum_f32(in, -1, 2, 2, in, out));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_weighted_sum_f32(in, 2, 2, 1, in, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_pool_block_f32(NULL, 1, 2, 2, in, state, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_pool_block_f32(in, 1, 2, 2, NULL, state, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_pool_block_f32(in, 1, 2, 2, in, NULL, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_pool_block_f32(in, 1, 2, 2, in, state, NULL));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_pool_block_f32(in, 1, -2, 2, in, state, out));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_pool_block_f32(in, 1, 2, 0, in, state, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_pool_block_bf16(NULL, 1, 2, 2, in, state, out));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_pool_block_bf16(narrow, 1, -2, 2, in, state, out));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_pool_block_bf16(narrow, 1, 2, 0, in, state, out));
}

static void test_state(void) {
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_merge_f32(NULL, out, in, in, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_merge_f32(state, NULL, in, in, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_merge_f32(state, out, NULL, in, 2));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_merge_f32(state, out, in, NULL, 2));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_merge_f32(state, out, in, in, -1));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_finish_f32(NULL, in, 2, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_finish_f32(in, NULL, 2, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_finish_f32(in, in, 2, NULL));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_finish_f32(in, in, HUGE_COUNT, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_weights_f32(NULL, 2, in, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_weights_f32(in, 2, NULL, out));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_weights_f32(in, 2, in, NULL));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_weights_f32(in, -2, in, out));
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
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_copy_rows(NULL, 1, 8, 8, out, 8));
  EXPECT(ATTNPOOL_NULL_POINTER, attnpool_copy_rows(in, 1, 8, 8, NULL, 8));
  EXPECT(ATTNPOOL_BAD_SIZE, attnpool_copy_rows(in, -1, 8, 8, out, 8));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_copy_rows(in, 1, 8, 7, out, 8));
  EXPECT(ATTNPOOL_BAD_STRIDE, attnpool_copy_rows(in, 1, 8, 8, out, 7));
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
    narrow[i] = 7;
  }
  state[0] = state[1] = 7.0f;
  CHECK(attnpool_abi_version() == ATTNPOOL_ABI_VERSION, "version %d", attnpool_abi_version());
  test_score();
  test_ahead();
  test_pool();
  test_state();
  test_bf16();
  test_copies();
  test_probes();
  return end();
}
