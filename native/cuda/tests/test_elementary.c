/*
 * Compares activations and exp of float32 elements with float64 over a sample of all floats, or
 * over every float with ATTNPOOL_FULL_SWEEP=1.
 */
#include "errors.h"
#include "grid.h"
#include "reference.h"

#include <math.h>
#include <stdlib.h>

#define BATCH 65536

static float *no_bias;

static void activation_of(int32_t activation, float *x, int64_t n) {
  RUN(attnpool_cuda_activate(x, ATTNPOOL_CUDA_F32, 1, n, n, no_bias, activation, NULL, 0, 0, NULL));
}

static void check_range(int32_t activation, float x, float y) {
  if (activation == ATTNPOOL_CUDA_TANH) {
    CHECK(fabsf(y) <= 1.0f && signbit(y) == signbit(x), "tanh %.9g = %.9g", x, y);
    CHECK(fabsf(x) >= 1e-4f || y == x, "tanh %.9g = %.9g", x, y);
  }
  if (activation == ATTNPOOL_CUDA_SIGMOID) {
    CHECK(y >= 0.0f && y <= 1.0f, "sigmoid %.9g = %.9g", x, y);
  }
}

static void test_activation(int32_t activation, uint32_t step, float *x, float *y) {
  struct worst worst = {0.0, 0.0};
  for (uint64_t bits = 0; bits < 0x7f800000;) {
    int64_t n = 0;
    for (; n < BATCH && bits < 0x7f800000; n += 2, bits += step) {
      x[n] = y[n] = float_of_bits((uint32_t)bits);
      x[n + 1] = y[n + 1] = -x[n];
    }
    activation_of(activation, y, n);
    for (int64_t i = 0; i < n; i++) {
      const double exact = reference_activation(activation, x[i]);
      note_error(&worst, activation_error(activation, ATTNPOOL_CUDA_F32, y[i], x[i], exact), x[i]);
      check_range(activation, x[i], y[i]);
    }
    for (int64_t i = 0; activation == ATTNPOOL_CUDA_TANH && i < n; i += 2) {
      CHECK(y[i] == -y[i + 1], "tanh of -+%.9g: %.9g and %.9g", x[i], y[i], y[i + 1]);
    }
  }
  check_worst("f32", activation_name(activation), &worst,
              stated_error(activation, ATTNPOOL_CUDA_F32));
}

/* The weights of scores, with the state m = 0, s = 1. */
static void exp_of(const float *x, int64_t n, float *y) {
  const struct tiles tiles = cut_tiles(&n, 1);
  double *max_sum = on_device(AT_END, 2, sizeof *max_sum);
  max_sum[1] = 1.0;
  RUN(attnpool_cuda_weights(x, n, n, 1, tiles.rows, tiles.sequences, tiles.count, max_sum, 1, 0.0f,
                            y, n, NULL));
}

static void test_exp(uint32_t step) {
  struct worst worst = {0.0, 0.0};
  for (uint64_t bits = 0x80000000; bits <= UINT32_MAX;) {
    float *x = floats_on_device(AT_END, BATCH, 0.0f), *y = floats_on_device(AT_END, BATCH, 0.0f);
    int64_t n = 0;
    for (; n < BATCH && bits <= UINT32_MAX; n++, bits += step) {
      x[n] = float_of_bits((uint32_t)bits);
    }
    exp_of(x, n, y);
    for (int64_t i = 0; i < n; i++) {
      const double exact = exp((double)x[i]);
      CHECK(isnan(x[i]) ? isnan(y[i]) != 0 : y[i] >= 0.0f && y[i] <= 1.0f, "exp %.9g = %.9g", x[i],
            y[i]);
      if (exact >= 0x1p-126) {
        note_error(&worst, ulps(y[i], exact), x[i]);
      } else if (!isnan(x[i])) {
        CHECK(y[i] < 0x1.00001p-126f, "exp %.9g = %.9g", x[i], y[i]);
      }
    }
    release_device();
  }
  check_worst("f32", "exp", &worst, 2.0);
}


/*
 * Exact values and limits, NaN, signs of zeros, and values whose intermediate results must not
 * overflow.
 */
static void test_exact_values(float *y) {
  const float x[] = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 3e38f, -3e38f, 20.0f, -20.0f};
  static const float expected[][COUNT(x)] = {
      [ATTNPOOL_IDENTITY] = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 3e38f, -3e38f, 20.0f, -20.0f},
      [ATTNPOOL_TANH] = {0.0f, -0.0f, 1.0f, -1.0f, NAN, 1.0f, -1.0f, 1.0f, -1.0f},
      [ATTNPOOL_RELU] = {0.0f, -0.0f, INFINITY, 0.0f, NAN, 3e38f, 0.0f, 20.0f, 0.0f},
      [ATTNPOOL_GELU] = {0.0f, -0.0f, INFINITY, 0.0f, NAN, 3e38f, 0.0f, 20.0f, 0.0f},
      [ATTNPOOL_GELU_TANH] = {0.0f, -0.0f, INFINITY, 0.0f, NAN, 3e38f, 0.0f, 20.0f, 0.0f},
      [ATTNPOOL_SIGMOID] = {0.5f, 0.5f, 1.0f, 0.0f, NAN, 1.0f, 0.0f, 1.0f, 2.06115369e-9f},
      [ATTNPOOL_LEAKY_RELU] = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 3e38f, -3e36f, 20.0f,
                               -0.199999988f},
      [ATTNPOOL_SILU] = {0.0f, -0.0f, INFINITY, 0.0f, NAN, 3e38f, 0.0f, 20.0f, -4.12230738e-8f},
  };
  for (int32_t f = ATTNPOOL_IDENTITY; f <= ATTNPOOL_SILU; f++) {
    for (size_t i = 0; i < COUNT(x); i++) {
      y[i] = x[i];
    }
    activation_of(f, y, COUNT(x));
    for (size_t i = 0; i < COUNT(x); i++) {
      const bool same_sign = x[i] != 0.0f || signbit(y[i]) == signbit(expected[f][i]);
      CHECK((isnan(expected[f][i]) ? isnan(y[i]) != 0 : y[i] == expected[f][i]) && same_sign,
            "%s %g = %.9g", activation_name(f), x[i], y[i]);
    }
  }
}

static void test_exact_exps(void) {
  const float x[] = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, -88.0f, -200.0f, -3e38f};
  const float expected[] = {1.0f, 1.0f, INFINITY, 0.0f, NAN, 0.0f, 0.0f, 0.0f};
  float *y = floats_on_device(AT_END, COUNT(x), 7.0f), *at = floats_on_device(AT_END, COUNT(x), 0);
  for (size_t i = 0; i < COUNT(x); i++) {
    at[i] = x[i];
  }
  exp_of(at, COUNT(x), y);
  for (size_t i = 0; i < COUNT(x); i++) {
    CHECK(isnan(x[i]) ? isnan(y[i]) : y[i] == expected[i], "exp %g = %.9g", x[i], y[i]);
  }
  release_device();
}

int main(void) {
  begin("cuda.elementary");
  const char *full = getenv("ATTNPOOL_FULL_SWEEP");
  const uint32_t step = full != NULL && full[0] == '1' ? 1 : 1021;
  test_exp(step);
  test_exact_exps();
  float *x = floats_on_device(AT_END, BATCH, 0.0f), *y = floats_on_device(AT_END, BATCH, 0.0f);
  no_bias = negative_zeros_on_device(BATCH);
  for (int32_t f = ATTNPOOL_CUDA_IDENTITY; f <= ATTNPOOL_CUDA_SILU; f++) {
    test_activation(f, step, x, y);
  }
  test_exact_values(y);
  return end();
}
