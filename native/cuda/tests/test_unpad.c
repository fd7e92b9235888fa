/*
 * Compares softmax weights gathered from a padded grid with float64. The softmax of each row of the
 * grid is computed here as a library does, in float32, with scores of -infinity beyond the rows.
 */
#include "grid.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define UNTOUCHED 7.0f

static const int64_t offsets[] = {5, 5, 6, 9, 9, 1529, 1570, 1570};
#define SEQUENCES ((int64_t)COUNT(offsets) - 1)
#define ROWS (offsets[SEQUENCES] - offsets[0])

static double most; /* error, as a fraction of the tolerance */

static int64_t heads, steps, stride, weights_stride;
static float *scores, *padded, *weights;

static void make_inputs(float low, float high) {
  scores = uniform_on_device(AT_END, elements_of(heads, ROWS, stride), low, high);
  padded = floats_on_device(AT_END, SEQUENCES * heads * steps, NAN); /* where nothing is expected */
  weights = floats_on_device(AT_END, elements_of(heads, ROWS, weights_stride), UNTOUCHED);
  for (int64_t i = 0; i < SEQUENCES * heads; i++) {
    const int64_t b = i / heads, first = offsets[b] - offsets[0], n = offsets[b + 1] - offsets[b];
    float *of = scores + i % heads * stride + first;
    double m = -INFINITY, sum = 0.0;
    for (int64_t t = 0; t < n; t++) {
      /* All of the second head's longest sequence is masked; so are some other rows. */
      of[t] = i == 4 * heads + 1 || uniform(0.0f, 9.0f) < 1.0f ? -INFINITY : of[t];
      m = fmax(m, of[t]);
    }
    for (int64_t t = 0; t < n; t++) {
      sum += exp(of[t] - m);
    }
    for (int64_t t = 0; t < n; t++) {
      padded[i * steps + t] = (float)(exp(of[t] - m) / sum); /* NaN where all are masked */
    }
  }
}

static int32_t unpad(float epsilon) {
  return attnpool_cuda_unpad(padded, steps, scores, stride, ROWS, heads,
                             longs_on_device(offsets, SEQUENCES + 1), SEQUENCES, epsilon, weights,
                             weights_stride, NULL);
}

static void check_weights(float epsilon) {
  for (int64_t i = 0; i < SEQUENCES * heads; i++) {
    const int64_t b = i / heads, first = offsets[b] - offsets[0], n = offsets[b + 1] - offsets[b];
    const float *of = scores + i % heads * stride + first;
    double sum = 0.0;
    for (int64_t t = 0; t < n; t++) {
      sum += exp(of[t]);
    }
    for (int64_t t = 0; t < n; t++) {
      const float weight = weights[i % heads * weights_stride + first + t];
      const double exact = of[t] == -INFINITY ? 0.0 : exp(of[t]) / (sum + epsilon);
      /* The library's weight, the largest weight, the factor and their product: one unit each. */
      const double tolerance = 4.01 * UNIT * exact, error = fabs(weight - exact);
      most = error > most * tolerance && tolerance > 0.0 ? error / tolerance : most;
      CHECK(error <= tolerance, "state %lld, row %lld, epsilon %g: %.9g, exactly %.9g",
            (long long)i, (long long)t, epsilon, weight, exact);
      CHECK(epsilon > 0.0f || exact == 0.0 || same_bits(&weight, &padded[i * steps + t], 1),
            "without epsilon: %.9g", weight);
    }
  }
  for (int64_t i = 0; i < elements_of(heads, ROWS, weights_stride); i++) {
    CHECK(i % weights_stride < ROWS || weights[i] == UNTOUCHED, "wrote between the heads");
  }
}

static void test_grid(float low, float high, float epsilon) {
  make_inputs(low, high);
  RUN(unpad(epsilon));
  check_weights(epsilon);
  release_device();
}

/* exp(-m) may overflow; then all weights are 0. */
static void test_vanishing(void) {
  make_inputs(-1000.0f, -900.0f);
  RUN(unpad(1e-7f));
  for (int64_t t = 0; t < ROWS; t++) {
    CHECK(weights[t] == 0.0f, "%g", weights[t]);
  }
  release_device();
}

/* With an epsilon, a NaN score spoils its sequence and head. */
static void test_nan(void) {
  make_inputs(-3.0f, 3.0f);
  const int64_t first = offsets[4] - offsets[0], n = offsets[5] - offsets[4];
  scores[first + 1100] = NAN;
  RUN(unpad(0.5f));
  for (int64_t t = 0; t < ROWS; t++) {
    const bool spoilt = t >= first && t < first + n && scores[t] != -INFINITY;
    CHECK((isnan(weights[t]) != 0) == spoilt, "row %lld: %g", (long long)t, weights[t]);
  }
  release_device();
}

int main(void) {
  begin("cuda.unpad");
  for (heads = 1; heads <= 5; heads += 2) {
    for (steps = 1520; steps <= 2050; steps += 265) { /* the longest sequence and longer */
      stride = ROWS + steps % 3;
      weights_stride = ROWS + steps % 2;
      test_grid(-6.0f, 6.0f, 0.0f);
      test_grid(-6.0f, 6.0f, 1e-7f);
      test_grid(-6.0f, 6.0f, 1.0f);
      test_grid(-40.0f, -30.0f, 1e-7f);
      test_grid(30.0f, 80.0f, 1e3f);
    }
  }
  heads = 1;
  steps = 1520;
  stride = weights_stride = ROWS;
  test_vanishing();
  test_nan();
  printf("weights: at most %.3f of the tolerated error\n", most);
  return end();
}
