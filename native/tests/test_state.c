/* Merging and finishing softmax states, and the weights. */
#include "harness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Pools rows in blocks of the given size, each merged into one state. */
static void pool_in_blocks(const float *x, int64_t rows, int64_t width, const float *scores,
                           int64_t block, float *max_sum, float *context) {
  float other_max_sum[2];
  float *other = guarded_floats(AT_END, (size_t)width);
  attnpool_pool_block_f32(x, 0, width, width, scores, max_sum, context);
  for (int64_t t = 0; t < rows; t += block) {
    int64_t n = rows - t < block ? rows - t : block;
    attnpool_pool_block_f32(x + t * width, n, width, width, scores + t, other_max_sum, other);
    attnpool_merge_f32(max_sum, context, other_max_sum, other, width);
  }
}

static void test_blocks(int64_t rows, int64_t width, int64_t block, float spread) {
  release_buffers();
  float *x = guarded_floats(AT_END, (size_t)(rows * width));
  float *scores = guarded_floats(AT_END, (size_t)rows);
  float *weights = guarded_floats(AT_START, (size_t)rows);
  float *context = guarded_floats(AT_END, (size_t)width);
  float max_sum[2];
  fill_uniform(x, (size_t)(rows * width), -2.0f, 2.0f);
  fill_uniform(scores, (size_t)rows, -spread, spread);
  pool_in_blocks(x, rows, width, scores, block, max_sum, context);
  attnpool_weights_f32(scores, rows, max_sum, weights);
  attnpool_finish_f32(max_sum, context, width, context);

  double most = -INFINITY, sum = 0.0, weight_sum = 0.0;
  for (int64_t t = 0; t < rows; t++) {
    most = scores[t] > most ? scores[t] : most;
  }
  for (int64_t t = 0; t < rows; t++) {
    sum += exp(scores[t] - most);
  }
  /* e - m is rounded to half an ulp of twice the spread; the sums and the merges add theirs. */
  double tolerance = UNIT * (100.0 + 4.0 * spread + 4.0 * (double)(rows / block));
  for (int64_t t = 0; t < rows; t++) {
    double exact = exp(scores[t] - most) / sum;
    weight_sum += weights[t];
    CHECK(fabs(weights[t] - exact) <= tolerance * exact + 0x1p-126, "weight %.9g, exactly %.9g",
          weights[t], exact);
  }
  CHECK(fabs(weight_sum - 1.0) <= tolerance, "weights sum to %.9g", weight_sum);
  for (int64_t d = 0; d < width; d++) {
    double exact = 0.0, magnitude = 0.0;
    for (int64_t t = 0; t < rows; t++) {
      double term = exp(scores[t] - most) / sum * x[t * width + d];
      exact += term;
      magnitude += fabs(term);
    }
    CHECK(fabs(context[d] - exact) <= (tolerance + UNIT * 256) * magnitude,
          "%lld x %lld in blocks of %lld, column %lld: %.9g, exactly %.9g", (long long)rows,
          (long long)width, (long long)block, (long long)d, context[d], exact);
  }
}

static void test_one_row_is_exact(int64_t width) {
  release_buffers();
  float *x = guarded_floats(AT_END, (size_t)width);
  float *context = guarded_floats(AT_END, (size_t)width);
  float *merged = guarded_floats(AT_START, (size_t)width);
  float max_sum[2], merged_max_sum[2], weight, score = uniform(-100.0f, 100.0f);
  fill_uniform(x, (size_t)width, -2.0f, 2.0f);
  const float special[] = {-0.0f, 0.0f, float_of_bits(1), 3e38f, -INFINITY};
  for (int64_t d = 0; d < width; d += 2) {
    x[d] = special[(width + d) % (int64_t)COUNT(special)];
  }
  attnpool_pool_block_f32(x, 1, width, width, &score, max_sum, context);
  CHECK(max_sum[0] == score && max_sum[1] == 1.0f, "state %g, %g", max_sum[0], max_sum[1]);
  attnpool_pool_block_f32(x, 0, width, width, &score, merged_max_sum, merged);
  attnpool_merge_f32(merged_max_sum, merged, max_sum, context, width);
  attnpool_finish_f32(max_sum, context, width, context);
  CHECK(same_bits(x, context, (size_t)width), "width %lld", (long long)width);
  attnpool_finish_f32(merged_max_sum, merged, width, merged);
  CHECK(same_bits(x, merged, (size_t)width), "merged, width %lld", (long long)width);
  attnpool_weights_f32(&score, 1, max_sum, &weight);
  CHECK(weight == 1.0f, "weight %.9g", weight);
}

static void test_empty_states(void) {
  const float empty[2] = {-INFINITY, 0.0f}, state[2] = {2.5f, 3.0f};
  const float zeros[3] = {0.0f, 0.0f, 0.0f}, values[3] = {1.0f, -0.0f, 3e-39f};
  float max_sum[2], context[3];

  memcpy(max_sum, state, sizeof state); /* an empty other changes nothing */
  memcpy(context, values, sizeof values);
  attnpool_merge_f32(max_sum, context, empty, zeros, 3);
  CHECK(same_bits(max_sum, state, 2) && same_bits(context, values, 3), "%g", context[0]);

  memcpy(max_sum, empty, sizeof empty); /* an empty first takes over the other */
  memcpy(context, zeros, sizeof zeros);
  attnpool_merge_f32(max_sum, context, state, values, 3);
  CHECK(same_bits(max_sum, state, 2) && same_bits(context, values, 3), "%g", context[0]);

  memcpy(max_sum, empty, sizeof empty); /* both empty stay empty */
  memcpy(context, zeros, sizeof zeros);
  attnpool_merge_f32(max_sum, context, empty, zeros, 3);
  CHECK(same_bits(max_sum, empty, 2) && same_bits(context, zeros, 3), "%g", max_sum[0]);

  float weights[2] = {-INFINITY, 4.0f};
  attnpool_weights_f32(weights, 2, empty, weights);
  CHECK(weights[0] == 0.0f && weights[1] == 0.0f, "%g, %g", weights[0], weights[1]);
  context[0] = NAN;
  attnpool_finish_f32(empty, context, 3, context);
  CHECK(same_bits(context, zeros, 3), "%g", context[0]);
}

static void test_nan_persists(void) {
  const float nan_state[2] = {NAN, NAN}, state[2] = {2.5f, 3.0f};
  float max_sum[2] = {NAN, NAN}, context[1] = {NAN}, other[1] = {1.0f};
  attnpool_merge_f32(max_sum, context, state, other, 1);
  CHECK(isnan(max_sum[0]) && isnan(max_sum[1]) && isnan(context[0]), "%g", max_sum[0]);
  memcpy(max_sum, state, sizeof state);
  context[0] = 1.0f;
  attnpool_merge_f32(max_sum, context, nan_state, other, 1);
  CHECK(isnan(max_sum[0]) && isnan(max_sum[1]) && isnan(context[0]), "%g", max_sum[0]);
}

int main(void) {
  begin("state");
  for (int64_t width = 0; width <= 70; width++) {
    test_one_row_is_exact(width);
    test_blocks(20, width, 1 + width % 7, 5.0f);
  }
  test_blocks(1000, 33, 64, 30.0f);
  test_blocks(1000, 5, 1000, 1e4f);
  test_blocks(3000, 128, 129, 0.0f);
  test_empty_states();
  test_nan_persists();
  return end();
}
