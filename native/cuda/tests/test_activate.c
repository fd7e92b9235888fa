/*
 * Activations of whole rows, in place and rounded, with guard pages around all buffers. Every
 * layout gives the same bits as aligned rows without gaps, and these are compared with float64.
 */
#include "errors.h"
#include "grid.h"
#include "reference.h"
#include "rounding.h"

#include <math.h>

#define SENTINEL -7.0
#define UNROUNDED -1

struct shape {
  int32_t type, rounded_type; /* or UNROUNDED */
  int64_t rows, width, gap;
  enum placement placement;
  bool has_bias;
  int32_t activation;
};

static struct worst worst[ATTNPOOL_CUDA_F16 + 1][ATTNPOOL_CUDA_SILU + 1];

/* Rows, and their gaps, which contain a sentinel. */
static void *rows_on_device(const struct shape *s, int32_t type, int64_t stride) {
  const int64_t n = elements_of(s->rows, s->width, stride);
  void *rows = on_device(s->placement, n, (size_t)bytes_of_type(type));
  for (int64_t i = 0; i < n; i++) {
    set_element(type, rows, i, SENTINEL);
  }
  return rows;
}

/* The activated rows as float32. x stays unchanged. */
static const float *make_aligned(const struct shape *s, const void *x, int64_t stride,
                                 const float *bias) {
  const int64_t aligned = (s->width + 3) / 4 * 4;
  const struct shape dense = {.rows = s->rows, .width = s->width, .placement = AT_START};
  void *copy = rows_on_device(&dense, s->type, aligned);
  float *y = rows_on_device(&dense, ATTNPOOL_CUDA_F32, aligned);
  RUN(attnpool_cuda_copy_rows(x, s->type, stride, NULL, s->rows, s->width, copy, s->type, aligned,
                              NULL));
  RUN(attnpool_cuda_activate(copy, s->type, s->rows, s->width, aligned, bias, s->activation, y,
                             ATTNPOOL_CUDA_F32, aligned, NULL));
  return y;
}

static void check_value(const struct shape *s, float y, double x, float bias) {
  const double sum = (float)x + bias, exact = reference_activation(s->activation, sum);
  const double error = activation_error(s->activation, s->type, y, sum, exact);
  note_error(&worst[s->type][s->activation], error, sum);
}

static void check_rows(const struct shape *s, int32_t type, const void *rows, int64_t stride,
                       const float *y) {
  const int64_t aligned = (s->width + 3) / 4 * 4;
  for (int64_t i = 0; i < elements_of(s->rows, s->width, stride); i++) {
    const int64_t t = i / stride, d = i % stride;
    const double value = get_element(type, rows, i);
    const double want = d < s->width ? round_to_type(type, y[t * aligned + d]) : SENTINEL;
    CHECK(value == want, "%s of %s, %lld x %lld, gap %lld, at %lld, %lld: %s %.9g, expected %.9g",
          activation_name(s->activation), type_name(s->type), (long long)s->rows,
          (long long)s->width, (long long)s->gap, (long long)t, (long long)d, type_name(type),
          value, want);
  }
}

static void test_shape(const struct shape *s) {
  const int64_t stride = s->width + s->gap, rounded_stride = s->width + 2 * s->gap;
  const bool is_rounded = s->rounded_type != UNROUNDED;
  const int32_t rounded_type = is_rounded ? s->rounded_type : ATTNPOOL_CUDA_F32;
  void *x = rows_on_device(s, s->type, stride);
  const float *bias = uniform_on_device(s->placement, s->width, -1.0f, 1.0f);
  for (int64_t i = 0; i < elements_of(s->rows, s->width, stride); i++) {
    if (i % stride < s->width) {
      set_element(s->type, x, i, uniform(-5.0f, 5.0f));
    }
  }
  const float *y = make_aligned(s, x, stride, s->has_bias ? bias : NULL);
  for (int64_t t = 0; t < s->rows; t++) {
    for (int64_t d = 0; d < s->width; d++) {
      check_value(s, y[t * ((s->width + 3) / 4 * 4) + d], get_element(s->type, x, t * stride + d),
                  s->has_bias ? bias[d] : 0.0f);
    }
  }
  void *rounded = rows_on_device(s, rounded_type, rounded_stride);
  RUN(attnpool_cuda_activate(x, s->type, s->rows, s->width, stride, s->has_bias ? bias : NULL,
                             s->activation, is_rounded ? rounded : NULL, s->rounded_type,
                             is_rounded ? rounded_stride : -1, NULL));
  check_rows(s, s->type, x, stride, y);
  if (is_rounded) {
    check_rows(s, rounded_type, rounded, rounded_stride, y);
  }
  release_device();
}

static void test_nan_stays_in_its_place(int32_t type, int32_t activation) {
  enum { WIDTH = 11 };
  for (int64_t bad = 0; bad < WIDTH; bad++) {
    void *x = on_device(AT_END, WIDTH, (size_t)bytes_of_type(type));
    uint16_t *rounded = on_device(AT_END, WIDTH, sizeof *rounded);
    for (int64_t d = 0; d < WIDTH; d++) {
      set_element(type, x, d, d == bad ? NAN : uniform(-5.0f, 5.0f));
    }
    RUN(attnpool_cuda_activate(x, type, 1, WIDTH, WIDTH, NULL, activation, rounded,
                               ATTNPOOL_CUDA_BF16, WIDTH, NULL));
    for (int64_t d = 0; d < WIDTH; d++) {
      const bool is_nan = isnan(get_element(ATTNPOOL_CUDA_BF16, rounded, d));
      CHECK((isnan(get_element(type, x, d)) != 0) == (d == bad) && is_nan == (d == bad),
            "%s of %s: NaN at %lld", activation_name(activation), type_name(type), (long long)bad);
    }
    release_device();
  }
}

static void test_type(struct shape s) {
  static const int64_t sizes[][2] = {{5, 31}, {2, 33},   {5, 64},    {1, 257},
                                     {0, 9},  {300, 20}, {2050, 1}, {2, 5000}};
  for (s.width = 0; s.width <= 13; s.width++) {
    for (s.rows = 1; s.rows <= 3; s.rows += 2) {
      test_shape(&s);
    }
  }
  for (size_t i = 0; i < COUNT(sizes); i++) {
    s.rows = sizes[i][0];
    s.width = sizes[i][1];
    test_shape(&s);
  }
}

int main(void) {
  begin("cuda.activate");
  for (int32_t type = ATTNPOOL_CUDA_F32; type <= ATTNPOOL_CUDA_F16; type++) {
    for (int32_t f = ATTNPOOL_CUDA_IDENTITY; f <= ATTNPOOL_CUDA_SILU; f++) {
      for (int32_t to = UNROUNDED; to <= ATTNPOOL_CUDA_F16; to++) {
        struct shape s = {.type = type, .rounded_type = to, .activation = f};
        test_type(s);
        s.has_bias = true;
        s.gap = 3;
        s.placement = AT_END;
        test_type(s);
      }
      check_worst(type_name(type), activation_name(f), &worst[type][f], stated_error(f, type));
      test_nan_stays_in_its_place(type, f);
    }
  }
  return end();
}
