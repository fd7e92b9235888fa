/*
 * Compares activations, gates and exp with float64 over a sample of all floats, or over every float
 * with ATTNPOOL_FULL_SWEEP=1. It reaches them by way of scores of one unit, and of weights.
 */
#include "harness.h"
#include "reference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define BATCH 4096

/* Distance in units in the last place of the float nearest to exact (normal range). */
static double ulps(float value, double exact) {
  int exponent;
  frexp(exact, &exponent);
  if (exponent < -125) {
    exponent = -125;
  }
  return fabs((double)value - exact) * ldexp(1.0, 24 - exponent);
}

static void activation_of(int32_t activation, const float *x, int64_t n, float *y) {
  const float zero = 0.0f, one = 1.0f;
  attnpool_score_f32(x, n, 1, 1, NULL, NULL, &one, &zero, 1, activation, NULL, y, n, NULL, 0);
}

/* f(x) sigmoid(gate) for pairs of values. */
static void gated_of(int32_t activation, const float *pairs, int64_t n, float *y) {
  const float zero = 0.0f, one = 1.0f;
  attnpool_score_f32(pairs, n, 1, 2, &zero, &zero, &one, &zero, 1, activation, NULL, y, n, NULL,
                     0);
}

static void tanh_of(const float *x, int64_t n, float *y) { activation_of(ATTNPOOL_TANH, x, n, y); }

static void exp_of(const float *x, int64_t n, float *y) {
  const double zero_max_unit_sum[2] = {0.0, 1.0};
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

/*
 * The error in the unit that attnpool.h states: ulp, or 2^-24 |x|. Below 2^-126 any value is good.
 */
static double error_of(int32_t activation, float value, double x, double exact) {
  if (activation == ATTNPOOL_GELU || activation == ATTNPOOL_GELU_TANH ||
      activation == ATTNPOOL_SILU) {
    return fabs(value - exact) / (fabs(x) * UNIT + 0x1p-144);
  }
  if (activation == ATTNPOOL_SIGMOID && exact < 0x1p-126) {
    return value >= 0.0f && value < 0x1p-126f ? 0.0 : INFINITY;
  }
  return ulps(value, exact);
}

static const double stated_error[] = {0, 5, 0, 6, 3, 3, 1, 3};

static void test_activation(int32_t activation, uint32_t step) {
  static float x[BATCH], y[BATCH];
  double worst = 0.0;
  float worst_x = 0.0f;
  for (uint32_t sign = 0; sign < 2; sign++) {
    for (uint32_t bits = 0; bits < 0x7f800000;) {
      int64_t n = 0;
      for (; n < BATCH && bits < 0x7f800000; n++, bits += step) {
        x[n] = float_of_bits(sign << 31 | bits);
      }
      activation_of(activation, x, n, y);
      for (int64_t i = 0; i < n; i++) {
        double error = error_of(activation, y[i], x[i], reference_activation(activation, x[i]));
        if (!(error <= worst)) {
          worst = error;
          worst_x = x[i];
        }
      }
    }
  }
  printf("%s: at most %.3f (at %.9g)\n", activation_name(activation), worst, worst_x);
  CHECK(worst <= stated_error[activation], "%s: %.3f at %.9g", activation_name(activation), worst,
        worst_x);
}

/*
 * f(x) sigmoid(v) over a grid of finite x and of gates, down to where the bound no longer holds for
 * the product. The gate adds 3 ulp.
 */
static void test_gate(int32_t activation, uint32_t step) {
  static float pairs[2 * BATCH], y[BATCH];
  double worst = 0.0;
  float worst_x = 0.0f, worst_gate = 0.0f;
  for (uint32_t start = 0; start < 0x7f800000 / step; start += BATCH) {
    for (int64_t i = 0; i < BATCH; i++) {
      uint32_t sign = i & 1 ? 0x80000000 : 0;
      uint64_t bits = (uint64_t)(start + (uint32_t)i) * step;
      pairs[2 * i] = float_of_bits(sign | (bits < 0x7f800000 ? (uint32_t)bits : 0));
      pairs[2 * i + 1] = i % 8 == 0 ? uniform(-80.0f, 100.0f) : uniform(-9.0f, 9.0f);
    }
    gated_of(activation, pairs, BATCH, y);
    for (int64_t i = 0; i < BATCH; i++) {
      double x = pairs[2 * i], gate = reference_sigmoid(pairs[2 * i + 1]);
      double exact = gate * reference_activation(activation, x);
      if (fabs(exact) < 0x1p-117) {
        CHECK(fabs(y[i] - exact) <= 0x1p-117, "%s: of %.9g, %.9g: %g", activation_name(activation),
              x, pairs[2 * i + 1], y[i]);
        continue;
      }
      double error = error_of(activation, y[i], x * gate, exact);
      if (!(error <= worst)) {
        worst = error;
        worst_x = pairs[2 * i];
        worst_gate = pairs[2 * i + 1];
      }
    }
  }
  printf("gated %s: at most %.3f (at %.9g, %.9g)\n", activation_name(activation), worst, worst_x,
         worst_gate);
  CHECK(worst <= stated_error[activation] + 3, "gated %s: %.3f at %.9g, %.9g",
        activation_name(activation), worst, worst_x, worst_gate);
}

/* Exact values and limits, NaN, and values whose intermediate results must not overflow. */
static void test_exact_values(void) {
  const float x[] = {0.0f, INFINITY, -INFINITY, NAN, 3e38f, -3e38f, 20.0f, -20.0f};
  static const float expected[][COUNT(x)] = {
      [ATTNPOOL_IDENTITY] = {0.0f, INFINITY, -INFINITY, NAN, 3e38f, -3e38f, 20.0f, -20.0f},
      [ATTNPOOL_TANH] = {0.0f, 1.0f, -1.0f, NAN, 1.0f, -1.0f, 1.0f, -1.0f},
      [ATTNPOOL_RELU] = {0.0f, INFINITY, 0.0f, NAN, 3e38f, 0.0f, 20.0f, 0.0f},
      [ATTNPOOL_GELU] = {0.0f, INFINITY, 0.0f, NAN, 3e38f, 0.0f, 20.0f, 0.0f},
      [ATTNPOOL_GELU_TANH] = {0.0f, INFINITY, 0.0f, NAN, 3e38f, 0.0f, 20.0f, 0.0f},
      [ATTNPOOL_SIGMOID] = {0.5f, 1.0f, 0.0f, NAN, 1.0f, 0.0f, 1.0f, 2.06115369e-9f},
      [ATTNPOOL_LEAKY_RELU] = {0.0f, INFINITY, -INFINITY, NAN, 3e38f, -3e36f, 20.0f, -0.199999988f},
      [ATTNPOOL_SILU] = {0.0f, INFINITY, 0.0f, NAN, 3e38f, 0.0f, 20.0f, -4.12230738e-8f},
  };
  float y[COUNT(x)];
  for (int32_t f = ATTNPOOL_IDENTITY; f <= ATTNPOOL_SILU; f++) {
    activation_of(f, x, COUNT(x), y);
    for (size_t i = 0; i < COUNT(x); i++) {
      bool same = isnan(expected[f][i]) ? isnan(y[i]) : y[i] == expected[f][i];
      CHECK(same, "%s %g = %.9g", activation_name(f), x[i], y[i]);
    }
    const float pairs[] = {2.0f, NAN, NAN, 2.0f, 2.0f, -INFINITY, 2.0f, INFINITY, 2.0f, -3e38f};
    float two;
    activation_of(f, pairs, 1, &two);
    gated_of(f, pairs, 5, y);
    CHECK(isnan(y[0]) && isnan(y[1]), "gated %s of NaN = %g, %g", activation_name(f), y[0], y[1]);
    CHECK(y[2] == 0.0f && y[3] == two && y[4] == 0.0f, "gated %s: %g, %g, %g", activation_name(f),
          y[2], y[3], y[4]);
  }
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
  for (int32_t f = ATTNPOOL_IDENTITY; f <= ATTNPOOL_SILU; f++) {
    test_activation(f, step);
    test_gate(f, step);
  }
  test_exact_values();
  test_special_values();
  return end();
}
