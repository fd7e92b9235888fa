/* Gathers and converts rows of all types and layouts, with guard pages around all buffers. */
#include "grid.h"
#include "rounding.h"

#include <math.h>
#include <string.h>

#define SENTINEL -7.0
#define SRC_ROWS 7

struct shape {
  int32_t from, to;
  int64_t rows, width, src_gap, dst_gap;
  enum placement placement;
  bool gathers;
};

static double any_value(void) {
  static const double special[] = {NAN, INFINITY, -INFINITY, -0.0, 0x1p-149, 0x1.8p-25, 65519.0};
  const float chance = uniform(0.0f, 200.0f);
  return chance < COUNT(special) ? special[(size_t)chance] : (double)uniform(-300.0f, 300.0f);
}

static void fill(const struct shape *s, void *src, int64_t n, int64_t stride) {
  for (int64_t i = 0; i < n; i++) {
    set_element(s->from, src, i, i % stride < s->width ? any_value() : SENTINEL);
  }
}

static void check(const struct shape *s, const void *src, int64_t src_stride,
                  const int64_t *positions, const void *dst, int64_t dst_stride) {
  for (int64_t i = 0; i < elements_of(s->rows, s->width, dst_stride); i++) {
    const int64_t t = i / dst_stride, d = i % dst_stride;
    const int64_t from = (positions == NULL ? t : positions[t]) * src_stride + d;
    const double value = get_element(s->to, dst, i);
    const double want =
        d < s->width ? round_to_type(s->to, get_element(s->from, src, from)) : SENTINEL;
    const bool same = isnan(want) ? isnan(value) != 0
                                  : value == want && !signbit(value) == !signbit(want);
    CHECK(same, "%s to %s, %lld x %lld, gaps %lld and %lld, at %lld, %lld: %.9g, expected %.9g",
          type_name(s->from), type_name(s->to), (long long)s->rows, (long long)s->width,
          (long long)s->src_gap, (long long)s->dst_gap, (long long)t, (long long)d, value, want);
  }
}

static void test_shape(const struct shape *s) {
  const int64_t src_stride = s->width + s->src_gap, dst_stride = s->width + s->dst_gap;
  const int64_t src_elements = elements_of(s->gathers ? SRC_ROWS : s->rows, s->width, src_stride);
  const int64_t dst_elements = elements_of(s->rows, s->width, dst_stride);
  void *src = on_device(s->placement, src_elements, (size_t)bytes_of_type(s->from));
  void *dst = on_device(s->placement, dst_elements, (size_t)bytes_of_type(s->to));
  int64_t *positions = NULL;
  if (s->gathers) {
    positions = on_device(s->placement, s->rows, sizeof *positions);
    for (int64_t t = 0; t < s->rows; t++) {
      positions[t] = t == 0 ? SRC_ROWS - 1 : (int64_t)uniform(0.0f, SRC_ROWS - 0.01f);
    }
  }
  fill(s, src, src_elements, src_stride);
  for (int64_t i = 0; i < dst_elements; i++) {
    set_element(s->to, dst, i, SENTINEL);
  }
  RUN(attnpool_cuda_copy_rows(src, s->from, src_stride, positions, s->rows, s->width, dst, s->to,
                              dst_stride, NULL));
  check(s, src, src_stride, positions, dst, dst_stride);
  release_device();
}

static void test_types(struct shape s) {
  static const int64_t sizes[][2] = {{0, 9},   {5, 31},   {2, 33},   {5, 64},   {1, 1023},
                                     {3, 1025}, {300, 20}, {2050, 1}, {2, 5000}};
  for (s.width = 0; s.width <= 13; s.width++) {
    for (s.rows = 1; s.rows <= 3; s.rows++) {
      test_shape(&s);
    }
  }
  for (size_t i = 0; i < COUNT(sizes); i++) {
    s.rows = sizes[i][0];
    s.width = sizes[i][1];
    test_shape(&s);
  }
}

/* A GPU would not notice this; on the host the kernels do. */
static void test_position_beyond_the_source(void) {
  static const int64_t bad[] = {-1, 3};
  for (size_t i = 0; i < COUNT(bad); i++) {
    const int64_t wanted[] = {0, 2, bad[i]};
    const float *src = floats_on_device(AT_END, 3 * 4, 1.0f);
    float *dst = floats_on_device(AT_END, 3 * 4, 7.0f);
    const int32_t status =
        attnpool_cuda_copy_rows(src, ATTNPOOL_CUDA_F32, 4, longs_on_device(wanted, 3), 3, 4, dst,
                                ATTNPOOL_CUDA_F32, 4, NULL);
    CHECK(status < 0 && strstr(latest_complaint(), "beyond the source") != NULL, "status %d, %s",
          status, latest_complaint());
    release_device();
  }
}

int main(void) {
  begin("cuda.copy_rows");
  for (int32_t from = ATTNPOOL_CUDA_F32; from <= ATTNPOOL_CUDA_F16; from++) {
    for (int32_t to = ATTNPOOL_CUDA_F32; to <= ATTNPOOL_CUDA_F16; to++) {
      for (int gathers = 0; gathers < 2; gathers++) {
        struct shape s = {.from = from, .to = to, .placement = AT_END, .gathers = gathers};
        test_types(s); /* aligned or not, depending on the width */
        s.src_gap = 4;
        s.dst_gap = 3;
        s.placement = AT_START;
        test_types(s);
        s.src_gap = 1;
        s.dst_gap = 4;
        test_types(s);
      }
    }
  }
  test_position_beyond_the_source();
  return end();
}
