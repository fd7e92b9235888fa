/* Activations of whole rows, in place and rounded, with guard pages around all buffers. */
#include "harness.h"
#include "reference.h"

#include <math.h>
#include <string.h>

#define SENTINEL 0xabcd

struct shape {
  int64_t rows, width, gap;
  enum placement placement;
  bool has_scale, has_bias, is_rounded;
  int32_t activation;
};

static float *x, *before, *scale, *bias;
static uint16_t *rounded;
static int64_t stride, rounded_stride;

static size_t size_of(const struct shape *s, int64_t row_stride) {
  return (size_t)(s->rows > 0 ? (s->rows - 1) * row_stride + s->width : 0);
}

static void make_inputs(const struct shape *s) {
  release_buffers();
  stride = s->width + s->gap;
  rounded_stride = s->width + 2 * s->gap;
  size_t size = size_of(s, stride), rounded_size = size_of(s, rounded_stride);
  x = guarded_floats(s->placement, size);
  before = guarded_floats(s->placement, size);
  fill_uniform(x, size, -5.0f, 5.0f);
  for (size_t i = 0; i < size; i++) {
    before[i] = x[i];
  }
  scale = guarded_floats(s->placement, (size_t)s->width);
  fill_uniform(scale, (size_t)s->width, -2.0f, 2.0f);
  bias = guarded_floats(s->placement, (size_t)s->width);
  fill_uniform(bias, (size_t)s->width, -1.0f, 1.0f);
  rounded = guarded(s->placement, rounded_size, sizeof *rounded);
  for (size_t i = 0; i < rounded_size; i++) {
    rounded[i] = SENTINEL;
  }
}

/* x scale + bias, rounded once with FMA, else twice. */
static float shifted(const struct shape *s, size_t i, int64_t d) {
  float factor = s->has_scale ? scale[d] : 1.0f, added = s->has_bias ? bias[d] : -0.0f;
  return strcmp(attnpool_tier(), "baseline") == 0 ? before[i] * factor + added
                                                  : fmaf(before[i], factor, added);
}

/* The value by way of a score of one unit, which test_elementary compares with float64. */
static float expected(const struct shape *s, size_t i, int64_t d) {
  const float zero = 0.0f, one = 1.0f, x = shifted(s, i, d);
  float unit;
  attnpool_score_f32(&x, 1, 1, 1, NULL, NULL, &one, &zero, 1, s->activation, NULL, &unit, 1, NULL,
                     0);
  return unit;
}

static void test_shape(const struct shape *s) {
  make_inputs(s);
  int32_t status = attnpool_activate_f32(x, s->rows, s->width, stride, s->has_scale ? scale : NULL,
                                         s->has_bias ? bias : NULL, s->activation,
                                         s->is_rounded ? rounded : NULL,
                                         s->is_rounded ? rounded_stride : -1);
  CHECK(status == ATTNPOOL_OK, "status %d", status);
  for (size_t i = 0; i < size_of(s, stride); i++) {
    int64_t d = (int64_t)i % stride;
    float want = d < s->width ? expected(s, i, d) : before[i];
    CHECK(x[i] == want, "%s, %lld x %lld, place %zu: %.9g, expected %.9g",
          activation_name(s->activation), (long long)s->rows, (long long)s->width, i, x[i], want);
  }
  for (size_t i = 0; i < size_of(s, rounded_stride); i++) {
    int64_t t = (int64_t)i / rounded_stride, d = (int64_t)i % rounded_stride;
    uint16_t want = SENTINEL;
    if (s->is_rounded && d < s->width) {
      attnpool_bf16_from_f32(x + t * stride + d, 1, 1, 1, &want, 1);
    }
    CHECK(rounded[i] == want, "%s, %lld x %lld, place %zu: %04x, expected %04x",
          activation_name(s->activation), (long long)s->rows, (long long)s->width, i,
          (unsigned)rounded[i], (unsigned)want);
  }
}

static void test_nan_stays_in_its_place(int32_t activation) {
  float values[21];
  uint16_t narrow[21];
  for (size_t bad = 0; bad < COUNT(values); bad++) {
    fill_uniform(values, COUNT(values), -5.0f, 5.0f);
    values[bad] = NAN;
    attnpool_activate_f32(values, 1, 21, 21, NULL, NULL, activation, narrow, 21);
    for (size_t d = 0; d < COUNT(values); d++) {
      bool is_nan = (narrow[d] & 0x7fff) > 0x7f80;
      CHECK((isnan(values[d]) != 0) == (d == bad) && is_nan == (d == bad),
            "%s: NaN at %zu, %g at %zu", activation_name(activation), bad, values[d], d);
    }
  }
}

int main(void) {
  begin("activate");
  for (int variant = 0; variant < 16; variant++) {
    struct shape s = {.gap = variant & 1 ? 3 : 0,
                      .placement = variant & 1 ? AT_START : AT_END,
                      .has_bias = (variant & 2) != 0,
                      .is_rounded = (variant & 4) != 0,
                      .has_scale = (variant & 8) != 0};
    for (s.activation = ATTNPOOL_IDENTITY; s.activation <= ATTNPOOL_SILU; s.activation++) {
      for (s.width = 0; s.width <= 70; s.width++) {
        for (s.rows = 0; s.rows <= 5; s.rows += s.rows < 2 ? 1 : 3) {
          test_shape(&s);
        }
      }
    }
  }
  for (int32_t f = ATTNPOOL_IDENTITY; f <= ATTNPOOL_SILU; f++) {
    test_nan_stays_in_its_place(f);
  }
  return end();
}
