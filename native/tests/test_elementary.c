/*
 * tanh and exp against float64, in ulp, over a sample of all floats; over every one of them with
 * ATTNPOOL_FULL_SWEEP=1. They are reached by way of scores of one unit, and of weights.
 */
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define BATCH 4096

/* Distance in units of the last place of the float nearest to exact (normal range). */
static double ulps(float value, double exact) {
  int exponent;
  frexp(exact, &exponent);
  if (exponent < -125) {
    exponent = -125;
  }
  return fabs((double)value - exact) * ldexp(1.0, 24 - exponent);
}

static void tanh_of(const float *x, int64_t n, float *y) {
  const float one = 1.0f;
  attnpool_score_f32(x, n, 1, 1, NULL, &one, 0.0f, ATTNPOOL_TANH, y, NULL, 0);
}

static void exp_of(const float *x, int64_t n, float *y) {
  const float zero_max_unit_sum[2] = {0.0f, 1.0f};
  attnpool_weights_f32(x, n, zero_max_unit_sum, y);
}

static void test_tanh(uint32_t step) {
  static float x[BATCH], y[BATCH], negative[BATCH], mirrored[BATCH];
  const uint32_t infinity = 0x7f800000;
  double worst = 0.0;
  float worst_x = 0.0f;
  for (uint32_t bits = 1; bits <= infinity;) {
    int64_t n = 0;
    for (; n < BATCH && bits <= infinity; n++, bits += step) {
      x[n] = float_of_bits(bits);
      negative[n] = -x[n];
    }
    tanh_of(x, n, y);
    tanh_of(negative, n, mirrored);
    for (int64_t i = 0; i < n; i++) {
      double error = ulps(y[i], tanh((double)x[i]));
      if (!(error <= worst)) {
        worst = error;
        worst_x = x[i];
      }
      CHECK(y[i] <= 1.0f, "tanh %.9g = %.9g", x[i], y[i]);
      CHECK(mirrored[i] == -y[i], "tanh -%.9g = %.9g", x[i], mirrored[i]);
      if (x[i] < 1e-4f) {
        CHECK(y[i] == x[i], "tanh %.9g = %.9g", x[i], y[i]);
      }
    }
  }
  printf("tanh: at most %.3f ulp (at %.9g)\n", worst, worst_x);
  CHECK(worst <= 5.0, "%.3f ulp at %.9g", worst, worst_x);
}

static void test_exp(uint32_t step) {
  static float x[BATCH], y[BATCH];
  const uint32_t lowest = bits_of_float(-87.3365f);
  double worst = 0.0;
  float worst_x = 0.0f;
  for (uint32_t bits = 0x80000000; bits <= lowest;) {
    int64_t n = 0;
    for (; n < BATCH && bits <= lowest; n++, bits += step) {
      x[n] = float_of_bits(bits);
    }
    exp_of(x, n, y);
    for (int64_t i = 0; i < n; i++) {
      double error = ulps(y[i], exp((double)x[i]));
      if (!(error <= worst)) {
        worst = error;
        worst_x = x[i];
      }
      CHECK(y[i] <= 1.0f, "exp %.9g = %.9g", x[i], y[i]);
    }
  }
  printf("exp: at most %.3f ulp (at %.9g)\n", worst, worst_x);
  CHECK(worst <= 2.0, "%.3f ulp at %.9g", worst, worst_x);
}

static void test_special_values(void) {
  const float x[] = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, -88.0f, -200.0f, -3e38f};
  float y[COUNT(x)];
  tanh_of(x, COUNT(x), y);
  CHECK(y[0] == 0.0f && y[1] == 0.0f, "tanh 0 = %g, %g", y[0], y[1]);
  CHECK(y[2] == 1.0f && y[3] == -1.0f, "tanh of infinities = %.9g, %.9g", y[2], y[3]);
  CHECK(isnan(y[4]), "tanh NaN = %g", y[4]);
  CHECK(y[7] == -1.0f, "tanh -3e38 = %.9g", y[7]);
  exp_of(x, COUNT(x), y);
  CHECK(y[0] == 1.0f && y[1] == 1.0f, "exp 0 = %.9g, %.9g", y[0], y[1]);
  CHECK(y[2] == INFINITY && y[3] == 0.0f, "exp of infinities = %g, %g", y[2], y[3]);
  CHECK(isnan(y[4]), "exp NaN = %g", y[4]);
  CHECK(y[5] == 0.0f && y[6] == 0.0f && y[7] == 0.0f, "exp far below = %g, %g, %g", y[5], y[6],
        y[7]);
}

int main(void) {
  begin("elementary");
  const char *full = getenv("ATTNPOOL_FULL_SWEEP");
  uint32_t step = full != NULL && full[0] == '1' ? 1 : 1021;
  test_tanh(step);
  test_exp(step);
  test_special_values();
  return end();
}
