/* Compares layer normalisation with float64 at all tail lengths, with guard pages. */
#include "harness.h"
#include "reference.h"

#include <math.h>

#define SENTINEL 0xabcd
#define EPSILON 1e-5

struct shape {
  int64_t rows, groups, columns, gap;
  enum placement placement;
  bool has_weight, has_bias, is_rounded;
  int32_t activation;
  float mean, spread;
};

static float *x, *before, *weight, *bias;
static uint16_t *rounded;
static int64_t width, stride, rounded_stride;

static size_t size_of(const struct shape *s, int64_t row_stride) {
  return (size_t)(s->rows > 0 ? (s->rows - 1) * row_stride + width : 0);
}

static void make_inputs(const struct shape *s) {
  release_buffers();
  width = s->groups * s->columns;
  stride = width + s->gap;
  rounded_stride = width + 2 * s->gap;
  size_t size = size_of(s, stride), rounded_size = size_of(s, rounded_stride);
  x = guarded_floats(s->placement, size);
  before = guarded_floats(s->placement, size);
  for (size_t i = 0; i < size; i++) {
    before[i] = x[i] = s->mean + uniform(-s->spread, s->spread);
  }
  weight = guarded_floats(s->placement, (size_t)width);
  fill_uniform(weight, (size_t)width, -2.0f, 2.0f);
  bias = guarded_floats(s->placement, (size_t)width);
  fill_uniform(bias, (size_t)width, -1.0f, 1.0f);
  rounded = guarded(s->placement, rounded_size, sizeof *rounded);
  for (size_t i = 0; i < rounded_size; i++) {
    rounded[i] = SENTINEL;
  }
}

static int32_t normalize(const struct shape *s, float *rows, int64_t count) {
  return attnpool_layer_norm_f32(rows, count, s->groups, s->columns, stride,
                                 s->has_weight ? weight : NULL, s->has_bias ? bias : NULL, EPSILON,
                                 s->activation, s->is_rounded ? rounded : NULL,
                                 s->is_rounded ? rounded_stride : -1);
}

/* One group of one row; tolerance is that of the value before the activation. */
static void check_group(const struct shape *s, int64_t t, int64_t g) {
  const float *from = before + t * stride + g * s->columns;
  double mean = 0.0, variance = 0.0;
  for (int64_t d = 0; d < s->columns; d++) {
    mean += from[d] / (double)s->columns;
  }
  for (int64_t d = 0; d < s->columns; d++) {
    variance += (from[d] - mean) * (from[d] - mean) / (double)s->columns;
  }
  for (int64_t d = 0; d < s->columns; d++) {
    int64_t at = g * s->columns + d;
    double factor = s->has_weight ? (double)weight[at] : 1.0;
    double added = s->has_bias ? (double)bias[at] : 0.0;
    double scaled = (from[d] - mean) / sqrt(variance + EPSILON) * factor;
    double exact = reference_activation(s->activation, scaled + added);
    /* No activation has a slope above 1.2; its own error is 5 units of itself or 6 of the sum. */
    double tolerance = 1e-6 * (fabs(scaled) + 0.1 * fabs(factor) + fabs(added)) +
                       UNIT * (5.0 * fabs(exact) + 6.0 * fabs(scaled + added));
    float y = x[t * stride + at];
    CHECK(fabs(y - exact) <= tolerance,
          "%s, %lld x %lld x %lld, mean %g, row %lld, column %lld: %.9g, exactly %.9g",
          activation_name(s->activation), (long long)s->rows, (long long)s->groups,
          (long long)s->columns, (double)s->mean, (long long)t, (long long)at, y, exact);
  }
}

static void test_shape(const struct shape *s) {
  make_inputs(s);
  int32_t status = normalize(s, x, s->rows);
  CHECK(status == ATTNPOOL_OK, "status %d", status);
  for (int64_t t = 0; t < s->rows; t++) {
    for (int64_t g = 0; g < s->groups; g++) {
      check_group(s, t, g);
    }
  }
  for (size_t i = 0; i < size_of(s, stride); i++) {
    CHECK((int64_t)i % stride < width || x[i] == before[i], "wrote between rows: %g", x[i]);
  }
  for (size_t i = 0; i < size_of(s, rounded_stride); i++) {
    int64_t t = (int64_t)i / rounded_stride, d = (int64_t)i % rounded_stride;
    uint16_t want = SENTINEL;
    if (s->is_rounded && d < width) {
      attnpool_bf16_from_f32(x + t * stride + d, 1, 1, 1, &want, 1);
    }
    CHECK(rounded[i] == want, "%lld x %lld, place %zu: %04x, expected %04x", (long long)s->rows,
          (long long)width, i, (unsigned)rounded[i], (unsigned)want);
  }
  for (int64_t t = 0; t < s->rows; t++) { /* each row alone has the same bits */
    struct shape alone = *s;
    alone.is_rounded = false;
    normalize(&alone, before + t * stride, 1);
    CHECK(same_bits(before + t * stride, x + t * stride, (size_t)width), "row %lld alone",
          (long long)t);
  }
}

static void test_nan_stays_in_its_group(void) {
  struct shape s = {5, 3, 21, 0, AT_END, true, true, false, ATTNPOOL_TANH, 0.0f, 2.0f};
  for (int64_t bad = 0; bad < s.rows; bad++) {
    make_inputs(&s);
    x[bad * stride + 21 + bad] = NAN;
    normalize(&s, x, s.rows);
    for (int64_t i = 0; i < s.rows * stride; i++) {
      bool is_bad = i / stride == bad && i % stride / 21 == 1;
      CHECK((isnan(x[i]) != 0) == is_bad, "NaN in row %lld: %g at %lld", (long long)bad, x[i],
            (long long)i);
    }
  }
}

/* Rows that are all alike become the bias, exactly. */
static void test_constant_rows(void) {
  for (int64_t columns = 1; columns <= 70; columns++) {
    struct shape s = {3, 1, columns, 0, AT_END, true, true, false, 0, 3.0f, 0.0f};
    make_inputs(&s);
    normalize(&s, x, s.rows);
    for (int64_t i = 0; i < s.rows * stride; i++) {
      CHECK(x[i] == bias[i % stride], "%lld columns: %.9g, bias %.9g", (long long)columns, x[i],
            bias[i % stride]);
    }
  }
}

/* Rows whose squares, or even sums, exceed float32; one at a time among others and alone. */
static void test_far_rows(void) {
  static const float scales[] = {1e19f, 1e25f, 1.5e38f};
  for (size_t i = 0; i < COUNT(scales); i++) {
    for (int64_t columns = 2; columns <= 70; columns += 17) {
      struct shape s = {5, 2, columns, 0, AT_END, true, true, true, ATTNPOOL_TANH, 0.0f, 2.0f};
      make_inputs(&s);
      for (int64_t d = 0; d < 2 * columns; d++) {
        x[2 * stride + d] = before[2 * stride + d] = scales[i] * x[2 * stride + d];
      }
      normalize(&s, x, s.rows);
      for (int64_t t = 0; t < s.rows; t++) {
        check_group(&s, t, 0);
        check_group(&s, t, 1);
      }
    }
  }
}

int main(void) {
  begin("norm");
  for (int variant = 0; variant < 8; variant++) {
    struct shape s = {.gap = variant & 1 ? 3 : 0,
                      .placement = variant & 1 ? AT_START : AT_END,
                      .has_weight = (variant & 2) != 0,
                      .has_bias = (variant & 4) != 0,
                      .is_rounded = (variant & 1) != 0,
                      .spread = 2.0f};
    for (s.columns = 0; s.columns <= 70; s.columns++) {
      s.activation = (int32_t)(s.columns + variant) % (ATTNPOOL_SILU + 1);
      for (s.groups = 0; s.groups <= 3; s.groups++) {
        for (s.rows = 0; s.rows <= 9; s.rows += s.rows < 2 ? 1 : 7) {
          test_shape(&s);
        }
      }
    }
    static const int64_t large[] = {128, 257, 768, 1024, 4099};
    for (size_t i = 0; i < COUNT(large); i++) {
      s.columns = large[i];
      s.groups = 1;
      s.rows = 5;
      s.activation = ATTNPOOL_IDENTITY;
      test_shape(&s);
      s.mean = 1e3f;
      test_shape(&s);
      s.mean = 0.0f;
    }
  }
  test_nan_stays_in_its_group();
  test_constant_rows();
  test_far_rows();
  return end();
}
