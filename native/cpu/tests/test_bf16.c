/* Compares conversion to and from bfloat16, and copying, with their definition in integers. */
#include "harness.h"

#include <math.h>
#include <string.h>

#define SENTINEL 0xabcd

static bool flushes_subnormals(void) { return strcmp(attnpool_tier(), "avx512_bf16") == 0; }

static uint16_t expected(uint32_t bits) {
  uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) {
    return (uint16_t)((bits | 0x00400000) >> 16);
  }
  if (magnitude < 0x00800000 && flushes_subnormals()) {
    return (uint16_t)(bits >> 31 << 15);
  }
  uint32_t kept = bits >> 16, rest = bits & 0xffff;
  return (uint16_t)(kept + (rest > 0x8000 || (rest == 0x8000 && (kept & 1))));
}

static void test_all_roundings(void) {
  static const uint32_t low_halves[] = {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff};
  static float from[65536];
  static uint16_t to[65536];
  for (size_t i = 0; i < COUNT(low_halves); i++) {
    for (uint32_t high = 0; high < 65536; high++) {
      uint32_t bits = high << 16 | low_halves[i];
      memcpy(from + high, &bits, sizeof bits); /* as bits: NaNs may be signalling */
    }
    attnpool_bf16_from_f32(from, 1, 65536, 65536, to, 65536);
    for (uint32_t high = 0; high < 65536; high++) {
      uint32_t bits = high << 16 | low_halves[i];
      CHECK(to[high] == expected(bits), "of %08x: %04x, expected %04x", (unsigned)bits,
            (unsigned)to[high], (unsigned)expected(bits));
    }
  }
}

static void test_shape(int64_t rows, int64_t width, int64_t gap, enum placement placement) {
  release_buffers();
  int64_t src_stride = width + gap, dst_stride = width + 2 * gap;
  size_t src_size = (size_t)(rows > 0 ? (rows - 1) * src_stride + width : 0);
  size_t dst_size = (size_t)(rows > 0 ? (rows - 1) * dst_stride + width : 0);
  float *src = guarded_floats(placement, src_size);
  uint16_t *dst = guarded(placement, dst_size, sizeof *dst);
  fill_uniform(src, src_size, -100.0f, 100.0f);
  for (size_t i = 0; i < dst_size; i++) {
    dst[i] = SENTINEL;
  }
  int32_t status = attnpool_bf16_from_f32(src, rows, width, src_stride, dst, dst_stride);
  CHECK(status == ATTNPOOL_OK, "status %d", status);
  for (size_t i = 0; i < dst_size; i++) {
    int64_t t = (int64_t)i / dst_stride, d = (int64_t)i % dst_stride;
    uint16_t want = d < width ? expected(bits_of_float(src[t * src_stride + d])) : SENTINEL;
    CHECK(dst[i] == want, "%lld x %lld at %lld, %lld: %04x, expected %04x", (long long)rows,
          (long long)width, (long long)t, (long long)d, (unsigned)dst[i], (unsigned)want);
  }
}

static void test_all_widenings(void) {
  static uint16_t from[65536];
  static float to[65536];
  for (uint32_t i = 0; i < 65536; i++) {
    from[i] = (uint16_t)i;
  }
  CHECK(attnpool_f32_from_bf16(from, 1, 65536, 65536, to, 65536) == ATTNPOOL_OK, "status");
  for (uint32_t i = 0; i < 65536; i++) {
    uint32_t bits = bits_of_float(to[i]);
    bool signalling = (i & 0x7fff) > 0x7f80 && !(i & 0x0040);
    uint32_t quiet = signalling ? 0x00400000 : 0;
    CHECK((bits | quiet) == (i << 16 | quiet), "of %04x: %08x", (unsigned)i, (unsigned)bits);
  }
}

/* Widening, and copying bytes, into rows with gaps: nothing outside the rows is touched. */
static void test_rows(int64_t rows, int64_t width, int64_t gap, enum placement placement) {
  release_buffers();
  int64_t src_stride = width + 2 * gap, dst_stride = width + gap;
  size_t src_size = (size_t)(rows > 0 ? (rows - 1) * src_stride + width : 0);
  size_t dst_size = (size_t)(rows > 0 ? (rows - 1) * dst_stride + width : 0);
  uint16_t *src = guarded(placement, src_size, sizeof *src);
  float *wide = guarded_floats(placement, dst_size);
  uint16_t *copy = guarded(placement, dst_size, sizeof *copy);
  for (size_t i = 0; i < src_size; i++) {
    src[i] = (uint16_t)(0x3f00 + i % 256);
  }
  for (size_t i = 0; i < dst_size; i++) {
    wide[i] = -7.0f;
    copy[i] = SENTINEL;
  }
  CHECK(attnpool_f32_from_bf16(src, rows, width, src_stride, wide, dst_stride) == ATTNPOOL_OK,
        "status");
  CHECK(attnpool_copy_rows(src, rows, 2 * width, 2 * src_stride, copy, 2 * dst_stride) ==
            ATTNPOOL_OK, "status");
  for (size_t i = 0; i < dst_size; i++) {
    int64_t t = (int64_t)i / dst_stride, d = (int64_t)i % dst_stride;
    uint16_t value = d < width ? src[t * src_stride + d] : SENTINEL;
    float want = d < width ? float_of_bits((uint32_t)value << 16) : -7.0f;
    CHECK(wide[i] == want && copy[i] == value, "%lld x %lld at %lld, %lld: %g and %04x",
          (long long)rows, (long long)width, (long long)t, (long long)d, wide[i],
          (unsigned)copy[i]);
  }
}

int main(void) {
  begin("bf16");
  test_all_roundings();
  test_all_widenings();
  for (int64_t width = 0; width <= 70; width++) {
    for (int64_t rows = 0; rows <= 3; rows++) {
      test_shape(rows, width, 0, AT_START);
      test_shape(rows, width, 0, AT_END);
      test_shape(rows, width, 3, AT_END);
      test_rows(rows, width, 0, AT_START);
      test_rows(rows, width, 0, AT_END);
      test_rows(rows, width, 3, AT_END);
    }
  }
  return end();
}
