/* Compares the widening of half precision with its definition for every value, with guard pages. */
#include "harness.h"

#include <math.h>

static uint16_t halves[65536];

/* (-1)^sign 2^(exponent - 15) (1 + fraction / 1024); subnormals lack the 1. */
static double expected(uint16_t half) {
  int exponent = half >> 10 & 0x1f, fraction = half & 0x3ff;
  double magnitude = exponent == 0 ? ldexp(fraction, -24) : ldexp(1024 + fraction, exponent - 25);
  if (exponent == 0x1f) {
    magnitude = fraction == 0 ? INFINITY : NAN;
  }
  return half & 0x8000 ? -magnitude : magnitude;
}

static void check(uint16_t half, float value, int64_t width) {
  double want = expected(half);
  bool same = isnan(want) ? isnan(value) : value == want && !signbit(value) == !(half & 0x8000);
  CHECK(same, "%04x in rows of %lld: %.9g, expected %.9g", (unsigned)half, (long long)width, value,
        want);
  if (isnan(want)) { /* the payload stays, except the bit that makes it quiet */
    uint32_t payload = (uint32_t)(half & 0x1ff) << 13, sign = (uint32_t)(half & 0x8000) << 16;
    CHECK((bits_of_float(value) & 0x803fffff) == (sign | payload), "NaN %04x is %08x",
          (unsigned)half, (unsigned)bits_of_float(value));
  }
}

/* All values in rows of one width, so that each visits many lanes, also of partial vectors. */
static void test_all_values(int64_t width) {
  static float values[65536];
  int64_t rows = 65536 / width;
  int32_t status = attnpool_f32_from_f16(halves, rows, width, width, values, width);
  CHECK(status == ATTNPOOL_OK, "status %d", status);
  for (int64_t i = 0; i < rows * width; i++) {
    check((uint16_t)i, values[i], width);
  }
}

static void test_shape(int64_t rows, int64_t width, int64_t gap, enum placement placement) {
  release_buffers();
  int64_t src_stride = width + 2 * gap, dst_stride = width + gap;
  size_t src_size = (size_t)(rows > 0 ? (rows - 1) * src_stride + width : 0);
  size_t dst_size = (size_t)(rows > 0 ? (rows - 1) * dst_stride + width : 0);
  uint16_t *src = guarded(placement, src_size, sizeof *src);
  float *dst = guarded_floats(placement, dst_size);
  for (size_t i = 0; i < src_size; i++) {
    src[i] = (uint16_t)(0x3c00 + i);
  }
  for (size_t i = 0; i < dst_size; i++) {
    dst[i] = -7.0f;
  }
  int32_t status = attnpool_f32_from_f16(src, rows, width, src_stride, dst, dst_stride);
  CHECK(status == ATTNPOOL_OK, "status %d", status);
  for (size_t i = 0; i < dst_size; i++) {
    int64_t t = (int64_t)i / dst_stride, d = (int64_t)i % dst_stride;
    double want = d < width ? expected(src[t * src_stride + d]) : -7.0;
    CHECK(dst[i] == want, "%lld x %lld at %lld, %lld: %g, expected %g", (long long)rows,
          (long long)width, (long long)t, (long long)d, dst[i], want);
  }
}

int main(void) {
  begin("f16");
  for (size_t i = 0; i < COUNT(halves); i++) {
    halves[i] = (uint16_t)i;
  }
  test_all_values(65536);
  test_all_values(1);
  test_all_values(7);
  test_all_values(31);
  for (int64_t width = 0; width <= 70; width++) {
    for (int64_t rows = 0; rows <= 3; rows++) {
      test_shape(rows, width, 0, AT_START);
      test_shape(rows, width, 0, AT_END);
      test_shape(rows, width, 3, AT_END);
    }
  }
  return end();
}
