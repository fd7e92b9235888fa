/* Merging and finishing softmax states, and the weights. */
#include "harness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Pools rows in blocks of the given size, each merged into one state. */
static void pool_in_blocks(const float *x, int64_t rows, int64_t width, const float *scores,
                           int64_t block, double *max_sum, double *context) {
  double other_max_sum[2];
  double *other = guarded_doubles(AT_END, (size_t)width);
  attnpool_pool_block_f32(x, 0, width, width, scores, 0, 1, max_sum, context, 0);
  for (int64_t t = 0; t < rows; t += block) {
    int64_t n = rows - t < block ? rows - t : block;
    attnpool_pool_block_f32(x + t * width, n, width, width, scores + t, n, 1, other_max_sum, other,
                            0);
    attnpool_merge_f64(max_sum, context, other_max_sum, other, width);
  }
}

static void test_blocks(int64_t rows, int64_t width, int64_t block, float spread) {
  release_buffers();
  float *x = guarded_floats(AT_END, (size_t)(rows * width));
  float *scores = guarded_floats(AT_END, (size_t)rows);
  float *weights = guarded_floats(AT_START, (size_t)rows);
  double *state = guarded_doubles(AT_END, (size_t)width);
  float *context = guarded_floats(AT_END, (size_t)width);
  double max_sum[2];
  fill_uniform(x, (size_t)(rows * width), -2.0f, 2.0f);
  fill_uniform(scores, (size_t)rows, -spread, spread);
  pool_in_blocks(x, rows, width, scores, block, max_sum, state);
  attnpool_weights_f32(scores, rows, max_sum, weights);
  attnpool_finish_f64(max_sum, state, width, context);

  double most = -INFINITY, sum = 0.0, weight_sum = 0.0;
  for (int64_t t = 0; t < rows; t++) {
    most = scores[t] > most ? scores[t] : most;
  }
  for (int64_t t = 0; t < rows; t++) {
    sum += exp(scores[t] - most);
  }
  /* e - m is rounded to half an ulp of twice the spread. The sums add errors, the merges none. */
  double tolerance = UNIT * (100.0 + 4.0 * spread);
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
  double *state = guarded_doubles(AT_END, (size_t)width);
  double *merged = guarded_doubles(AT_START, (size_t)width);
  double max_sum[2], merged_max_sum[2];
  float weight, score = uniform(-100.0f, 100.0f);
  fill_uniform(x, (size_t)width, -2.0f, 2.0f);
  const float special[] = {-0.0f, 0.0f, float_of_bits(1), 3e38f, -INFINITY};
  for (int64_t d = 0; d < width; d += 2) {
    x[d] = special[(width + d) % (int64_t)COUNT(special)];
  }
  attnpool_pool_block_f32(x, 1, width, width, &score, 1, 1, max_sum, state, 0);
  CHECK(max_sum[0] == score && max_sum[1] == 1.0, "state %g, %g", max_sum[0], max_sum[1]);
  attnpool_pool_block_f32(x, 0, width, width, &score, 0, 1, merged_max_sum, merged, 0);
  attnpool_merge_f64(merged_max_sum, merged, max_sum, state, width);
  attnpool_finish_f64(max_sum, state, width, context);
  CHECK(same_bits(x, context, (size_t)width), "width %lld", (long long)width);
  attnpool_finish_f64(merged_max_sum, merged, width, context);
  CHECK(same_bits(x, context, (size_t)width), "merged, width %lld", (long long)width);
  attnpool_weights_f32(&score, 1, max_sum, &weight);
  CHECK(weight == 1.0f, "weight %.9g", weight);
}

/* The sums of one chunk are floats. Divided in float64 and rounded, they equal float quotients. */
static void test_one_block_divides_as_float(int64_t rows, int64_t width) {
  release_buffers();
  float *x = guarded_floats(AT_END, (size_t)(rows * width));
  float *scores = guarded_floats(AT_END, (size_t)rows);
  double *state = guarded_doubles(AT_START, (size_t)width);
  float *context = guarded_floats(AT_START, (size_t)width);
  double max_sum[2];
  fill_uniform(x, (size_t)(rows * width), -2.0f, 2.0f);
  fill_uniform(scores, (size_t)rows, -3.0f, 3.0f);
  attnpool_pool_block_f32(x, rows, width, width, scores, rows, 1, max_sum, state, 0);
  attnpool_finish_f64(max_sum, state, width, context);
  for (int64_t d = 0; d < width; d++) {
    float sum = (float)state[d], quotient = sum / (float)max_sum[1];
    CHECK(sum == state[d] && same_bits(context + d, &quotient, 1), "%.17g / %.17g = %.9g",
          state[d], max_sum[1], context[d]);
  }
}

/* A merge scales as accurately as float64: the sum of (0, 0) and (x, 1) is exp x. */
static void test_merge_scale(void) {
  double worst = 0.0, worst_x = 0.0, context, other_context;
  for (int i = 0; i < 200000; i++) {
    double x = i < 1000 ? (double)uniform(-1e-3f, 0.0f) : (double)uniform(-708.3f, 0.0f);
    double max_sum[2] = {0.0, 0.0}, other[2] = {x, 1.0};
    attnpool_merge_f64(max_sum, &context, other, &other_context, 0);
    double exact = exp(x), error = fabs(max_sum[1] - exact) / exact;
    if (!(error <= worst)) {
      worst = error;
      worst_x = x;
    }
  }
  CHECK(worst <= 0x1p-51, "relative error %g at %.17g", worst, worst_x);
  const double far_below[] = {-708.5, -800.0, -1e4, -6e38};
  for (size_t i = 0; i < COUNT(far_below); i++) {
    double max_sum[2] = {0.0, 0.0}, other[2] = {far_below[i], 1.0};
    attnpool_merge_f64(max_sum, &context, other, &other_context, 0);
    CHECK(max_sum[0] == 0.0 && max_sum[1] == 0.0, "exp %g = %g", far_below[i], max_sum[1]);
  }
}

/* Either order gives the same bits. */
static void test_merge_commutes(int64_t width) {
  for (int i = 0; i < 20; i++) {
    release_buffers();
    double *states[4];
    double max_sum[4][2];
    for (int s = 0; s < 2; s++) {
      float m = i % 4 == 0 ? 1.5f : uniform(-9.0f, 9.0f);
      states[s] = guarded_doubles(AT_END, (size_t)width);
      states[s + 2] = guarded_doubles(AT_START, (size_t)width);
      max_sum[s][0] = m;
      max_sum[s][1] = 1.0 + uniform(0.0f, 5.0f);
      for (int64_t d = 0; d < width; d++) {
        states[s][d] = (double)uniform(-4.0f, 4.0f) / 3.0;
      }
      memcpy(max_sum[s + 2], max_sum[s], sizeof max_sum[s]);
      memcpy(states[s + 2], states[s], (size_t)width * sizeof(double));
    }
    attnpool_merge_f64(max_sum[0], states[0], max_sum[1], states[1], width);
    attnpool_merge_f64(max_sum[3], states[3], max_sum[2], states[2], width);
    CHECK(same_doubles(max_sum[0], max_sum[3], 2) &&
              same_doubles(states[0], states[3], (size_t)width),
          "width %lld: sums %.17g and %.17g", (long long)width, max_sum[0][1], max_sum[3][1]);
  }
}

static void test_empty_states(void) {
  const double empty[2] = {-INFINITY, 0.0}, state[2] = {2.5, 3.0};
  const double zeros[3] = {0.0, 0.0, 0.0}, values[3] = {1.0, -0.0, 3e-39};
  double max_sum[2], context[3];

  memcpy(max_sum, state, sizeof state); /* an empty other changes nothing */
  memcpy(context, values, sizeof values);
  attnpool_merge_f64(max_sum, context, empty, zeros, 3);
  CHECK(same_doubles(max_sum, state, 2) && same_doubles(context, values, 3), "%g", context[0]);

  memcpy(max_sum, empty, sizeof empty); /* an empty first becomes the other */
  memcpy(context, zeros, sizeof zeros);
  attnpool_merge_f64(max_sum, context, state, values, 3);
  CHECK(same_doubles(max_sum, state, 2) && same_doubles(context, values, 3), "%g", context[0]);

  memcpy(max_sum, empty, sizeof empty); /* both empty stay empty */
  memcpy(context, zeros, sizeof zeros);
  attnpool_merge_f64(max_sum, context, empty, zeros, 3);
  CHECK(same_doubles(max_sum, empty, 2) && same_doubles(context, zeros, 3), "%g", max_sum[0]);

  float weights[2] = {-INFINITY, 4.0f};
  attnpool_weights_f32(weights, 2, empty, weights);
  CHECK(weights[0] == 0.0f && weights[1] == 0.0f, "%g, %g", weights[0], weights[1]);
  float finished[3] = {NAN, NAN, NAN};
  const float nothing[3] = {0.0f, 0.0f, 0.0f};
  context[0] = NAN;
  attnpool_finish_f64(empty, context, 3, finished);
  CHECK(same_bits(finished, nothing, 3), "%g", finished[0]);
}

static void test_nan_persists(void) {
  const double nan_state[2] = {NAN, NAN}, state[2] = {2.5, 3.0};
  double max_sum[2] = {NAN, NAN}, context[1] = {NAN}, other[1] = {1.0};
  attnpool_merge_f64(max_sum, context, state, other, 1);
  CHECK(isnan(max_sum[0]) && isnan(max_sum[1]) && isnan(context[0]), "%g", max_sum[0]);
  memcpy(max_sum, state, sizeof state);
  context[0] = 1.0;
  attnpool_merge_f64(max_sum, context, nan_state, other, 1);
  CHECK(isnan(max_sum[0]) && isnan(max_sum[1]) && isnan(context[0]), "%g", max_sum[0]);
}

/* A state whose weights are all 0 in the end adds nothing, even if its rows were infinite. */
static void test_infinite_contexts(void) {
  const double far[2] = {-100.0, 1.0}, near[2] = {-5.0, 1.0}, infinite[2] = {INFINITY, NAN};
  for (int order = 0; order < 2; order++) {
    for (int is_near = 0; is_near < 2; is_near++) {
      double max_sum[2] = {0.0, 1.0}, context[2] = {3.0, 3.0}, other_max_sum[2], other[2];
      memcpy(other_max_sum, is_near ? near : far, sizeof far);
      memcpy(other, infinite, sizeof infinite);
      if (order == 0) {
        attnpool_merge_f64(max_sum, context, other_max_sum, other, 2);
      } else {
        attnpool_merge_f64(other_max_sum, other, max_sum, context, 2);
        memcpy(context, other, sizeof other);
      }
      CHECK(is_near ? isinf(context[0]) && isnan(context[1])
                    : context[0] == 3.0 && context[1] == 3.0,
            "order %d, near %d: %g, %g", order, is_near, context[0], context[1]);
    }
  }
}

/* Weights may overwrite the scores, and do not depend on the number of rows. */
static void test_weights_of_many_rows(void) {
  static float scores[700], weights[700];
  const double max_sum[2] = {5.0, 123.456789};
  fill_uniform(scores, COUNT(scores), -5.0f, 5.0f);
  attnpool_weights_f32(scores, COUNT(scores), max_sum, weights);
  for (size_t t = 0; t < COUNT(scores); t++) {
    float alone;
    double exact = exp((double)scores[t] - max_sum[0]) / max_sum[1];
    attnpool_weights_f32(scores + t, 1, max_sum, &alone);
    CHECK(same_bits(&alone, weights + t, 1), "row %zu: %.9g and %.9g", t, alone, weights[t]);
    CHECK(fabs(alone - exact) <= 15 * UNIT * exact, "row %zu: %.9g, exactly %.9g", t, alone,
          exact);
  }
  attnpool_weights_f32(scores, COUNT(scores), max_sum, scores);
  CHECK(same_bits(scores, weights, COUNT(scores)), "in place: %.9g", scores[0]);
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
  test_blocks(20000, 3, 1, 2.0f);
  for (int64_t width = 1; width <= 20; width++) {
    test_one_block_divides_as_float(5 * width, width);
    test_merge_commutes(width);
  }
  test_one_block_divides_as_float(256, 100);
  test_merge_scale();
  test_weights_of_many_rows();
  test_empty_states();
  test_nan_persists();
  test_infinite_contexts();
  return end();
}
