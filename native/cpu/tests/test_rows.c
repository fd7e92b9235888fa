/* Elementwise products and sums of rows, and their transposition, with guard pages around all buffers. */
#include "harness.h"

#include <math.h>

#define SENTINEL 0xabcd

static size_t size_of(int64_t rows, int64_t width, int64_t stride) {
  return (size_t)(rows > 0 ? (rows - 1) * stride + width : 0);
}

static float *copy_of(enum placement placement, const float *values, size_t n) {
  float *copy = guarded_floats(placement, n);
  for (size_t i = 0; i < n; i++) {
    copy[i] = values[i];
  }
  return copy;
}

static void test_multiply(int64_t rows, int64_t width, int64_t gap, enum placement placement,
                          bool is_rounded) {
  release_buffers();
  const int64_t stride = width + gap, gate_stride = width + 2 * gap;
  size_t size = size_of(rows, width, stride), gate_size = size_of(rows, width, gate_stride);
  float *x = guarded_floats(placement, size), *gate = guarded_floats(placement, gate_size);
  uint16_t *rounded = guarded(placement, size, sizeof *rounded);
  fill_uniform(x, size, -2.0f, 2.0f);
  fill_uniform(gate, gate_size, -2.0f, 2.0f);
  for (size_t i = 0; i < size; i++) {
    rounded[i] = SENTINEL;
  }
  float *before = copy_of(placement, x, size);
  int32_t status = attnpool_multiply_f32(x, rows, width, stride, gate, gate_stride,
                                         is_rounded ? rounded : NULL, is_rounded ? stride : -1);
  CHECK(status == ATTNPOOL_OK, "status %d", status);
  for (size_t i = 0; i < size; i++) {
    int64_t t = (int64_t)i / stride, d = (int64_t)i % stride;
    float want = d < width ? before[i] * gate[t * gate_stride + d] : before[i];
    uint16_t narrow = SENTINEL;
    if (is_rounded && d < width) {
      attnpool_bf16_from_f32(&want, 1, 1, 1, &narrow, 1);
    }
    CHECK(x[i] == want && rounded[i] == narrow, "%lld x %lld, place %zu: %.9g, expected %.9g",
          (long long)rows, (long long)width, i, x[i], want);
  }
}

/* The gates of a row may come right after its units. */
static void test_gates_between_rows(void) {
  float x[3 * 14];
  fill_uniform(x, COUNT(x), -2.0f, 2.0f);
  float before[COUNT(x)];
  for (size_t i = 0; i < COUNT(x); i++) {
    before[i] = x[i];
  }
  CHECK(attnpool_multiply_f32(x, 3, 7, 14, x + 7, 14, NULL, 0) == ATTNPOOL_OK, "refused");
  for (size_t i = 0; i < COUNT(x); i++) {
    float want = i % 14 < 7 ? before[i] * before[i + 7] : before[i];
    CHECK(x[i] == want, "place %zu: %.9g, expected %.9g", i, x[i], want);
  }
}

static void test_add(int64_t rows, int64_t width, int64_t bias_stride, int64_t bias_step) {
  for (int64_t gap = 0; gap <= 3; gap += 3) {
    enum placement placement = gap == 0 ? AT_END : AT_START;
    release_buffers();
    const int64_t stride = width + gap;
    size_t size = size_of(rows, width, stride);
    size_t bias_size = rows > 0 && width > 0
                           ? (size_t)((rows - 1) * bias_stride + (width - 1) * bias_step + 1)
                           : 0;
    float *x = guarded_floats(placement, size), *bias = guarded_floats(placement, bias_size);
    fill_uniform(x, size, -2.0f, 2.0f);
    fill_uniform(bias, bias_size, -2.0f, 2.0f);
    float *before = copy_of(placement, x, size);
    int32_t status = attnpool_add_f32(x, rows, width, stride, bias, bias_stride, bias_step);
    CHECK(status == ATTNPOOL_OK, "status %d", status);
    for (size_t i = 0; i < size; i++) {
      int64_t t = (int64_t)i / stride, d = (int64_t)i % stride;
      float want =
          d < width ? before[i] + bias[t * bias_stride + d * bias_step] : before[i];
      CHECK(x[i] == want, "%lld x %lld, bias stride %lld, step %lld, place %zu: %.9g, not %.9g",
            (long long)rows, (long long)width, (long long)bias_stride, (long long)bias_step, i,
            x[i], want);
    }
  }
}

static void test_transpose(int64_t rows, int64_t width, int64_t gap, enum placement placement) {
  release_buffers();
  const int64_t src_stride = width + gap, dst_stride = rows + 2 * gap;
  size_t src_size = size_of(rows, width, src_stride), dst_size = size_of(width, rows, dst_stride);
  float *src = guarded_floats(placement, src_size), *dst = guarded_floats(placement, dst_size);
  fill_uniform(src, src_size, -2.0f, 2.0f);
  fill_uniform(dst, dst_size, -2.0f, 2.0f);
  float *before = copy_of(placement, dst, dst_size);
  int32_t status = attnpool_transpose_f32(src, rows, width, src_stride, dst, dst_stride);
  CHECK(status == ATTNPOOL_OK, "status %d", status);
  for (size_t i = 0; rows > 0 && i < dst_size; i++) {
    int64_t d = (int64_t)i / dst_stride, t = (int64_t)i % dst_stride;
    float want = t < rows ? src[t * src_stride + d] : before[i];
    CHECK(dst[i] == want, "%lld x %lld, place %zu: %.9g, expected %.9g", (long long)rows,
          (long long)width, i, dst[i], want);
  }
}

static void test_special_values(void) {
  float x[] = {1.0f, -INFINITY, NAN, 2.0f, -3.0f};
  const float bias[] = {-INFINITY, 5.0f, 1.0f, NAN, -0.0f};
  attnpool_add_f32(x, 1, 5, 5, bias, 0, 1);
  CHECK(x[0] == -INFINITY && x[1] == -INFINITY && isnan(x[2]) && isnan(x[3]) && x[4] == -3.0f,
        "%g, %g, %g, %g, %g", x[0], x[1], x[2], x[3], x[4]);
}

int main(void) {
  begin("rows");
  for (int64_t width = 0; width <= 70; width++) {
    for (int64_t rows = 0; rows <= 5; rows += rows < 2 ? 1 : 3) {
      test_multiply(rows, width, 0, AT_END, false);
      test_multiply(rows, width, 3, AT_START, true);
      test_add(rows, width, width + 2, 1);
      test_add(rows, width, 0, 1);
      test_add(rows, width, 1, 0);
      test_add(rows, width, 0, 0);
    }
  }
  for (int64_t width = 0; width <= 50; width++) {
    for (int64_t rows = 0; rows <= 50; rows++) {
      test_transpose(rows, width, 0, AT_END);
      test_transpose(rows, width, 3, AT_START);
    }
  }
  test_gates_between_rows();
  test_special_values();
  return end();
}
