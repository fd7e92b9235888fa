/*
 * Conversions between the element types, by copies: every element of two bytes, every value halfway
 * between two of them with its neighbouring floats, and a sample of all floats.
 */
#include "grid.h"
#include "rounding.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATTERNS 65536

static void convert(const void *src, int32_t src_type, int64_t n, void *dst, int32_t dst_type) {
  RUN(attnpool_cuda_copy_rows(src, src_type, n, NULL, 1, n, dst, dst_type, n, NULL));
}

static void *every_pattern(void) {
  uint16_t *all = on_device(AT_END, PATTERNS, sizeof *all);
  for (uint32_t bits = 0; bits < PATTERNS; bits++) {
    all[bits] = (uint16_t)bits;
  }
  return all;
}

/* Widening is exact, so a value survives the round trip. */
static void test_widening(int32_t type) {
  const uint16_t *all = every_pattern();
  float *wide = floats_on_device(AT_END, PATTERNS, 7.0f);
  uint16_t *back = on_device(AT_END, PATTERNS, sizeof *back);
  convert(all, type, PATTERNS, wide, ATTNPOOL_CUDA_F32);
  convert(wide, ATTNPOOL_CUDA_F32, PATTERNS, back, type);
  for (uint32_t bits = 0; bits < PATTERNS; bits++) {
    const double value = value_of_element(type, bits);
    CHECK(is_element(ATTNPOOL_CUDA_F32, bits_of_float(wide[bits]), value),
          "%s %04x: %.9g, not %.9g", type_name(type), (unsigned)bits, wide[bits], value);
    CHECK(isnan(value) ? isnan(value_of_element(type, back[bits])) : back[bits] == bits,
          "%s %04x came back as %04x", type_name(type), (unsigned)bits, (unsigned)back[bits]);
  }
  release_device();
}

/* From one type of two bytes to the other, or to itself. */
static void test_between(int32_t from, int32_t to) {
  const uint16_t *all = every_pattern();
  uint16_t *out = on_device(AT_END, PATTERNS, sizeof *out);
  convert(all, from, PATTERNS, out, to);
  for (uint32_t bits = 0; bits < PATTERNS; bits++) {
    const double value = value_of_element(from, bits), rounded = round_to_type(to, value);
    CHECK(is_element(to, out[bits], rounded), "%s %04x, %.9g: %s %04x", type_name(from),
          (unsigned)bits, value, type_name(to), (unsigned)out[bits]);
  }
  release_device();
}

static void check_rounding(const float *x, int64_t n, int32_t type, uint16_t *out) {
  convert(x, ATTNPOOL_CUDA_F32, n, out, type);
  for (int64_t i = 0; i < n; i++) {
    const double value = value_of_element(ATTNPOOL_CUDA_F32, bits_of_float(x[i]));
    CHECK(is_element(type, out[i], round_to_type(type, value)), "%08x, %.9g: %s %04x, %.9g",
          (unsigned)bits_of_float(x[i]), value, type_name(type), (unsigned)out[i],
          value_of_element(type, out[i]));
  }
}

/* Kept as bits, because a signalling NaN would become quiet when passed by value. */
static void set_bits(float *x, uint32_t bits) { memcpy(x, &bits, sizeof bits); }

/* Between every two neighbours; infinity begins halfway from the largest value to the next. */
static void test_halfway(int32_t type) {
  float *x = floats_on_device(AT_END, 3 * PATTERNS, 0.0f);
  uint16_t *out = on_device(AT_END, 3 * PATTERNS, sizeof *out);
  const uint32_t infinity = type == ATTNPOOL_CUDA_BF16 ? 0x7f80 : 0x7c00;
  int64_t n = 0;
  for (uint32_t bits = 0; bits < infinity; bits++) {
    const double below = value_of_element(type, bits);
    const double step = bits + 1 < infinity ? value_of_element(type, bits + 1) - below
                                            : below - value_of_element(type, bits - 1);
    const float halfway = (float)(below + step / 2);
    CHECK((double)halfway == below + step / 2, "%.17g is no float", below + step / 2);
    for (uint32_t sign = 0; sign < 2; sign++) {
      const uint32_t middle = bits_of_float(halfway) | sign << 31;
      set_bits(&x[n++], middle - 1);
      set_bits(&x[n++], middle);
      set_bits(&x[n++], middle + 1);
    }
  }
  check_rounding(x, n, type, out);
  printf("%s: %lld places halfway\n", type_name(type), (long long)(n / 3));
  release_device();
}

static void test_sample(int32_t type, uint32_t step) {
  enum { BATCH = 1 << 18 };
  float *x = floats_on_device(AT_END, BATCH, 0.0f);
  uint16_t *out = on_device(AT_END, BATCH, sizeof *out);
  for (uint64_t bits = 0; bits <= UINT32_MAX;) {
    int64_t n = 0;
    for (; n < BATCH && bits <= UINT32_MAX; n++, bits += step) {
      set_bits(&x[n], (uint32_t)bits);
    }
    check_rounding(x, n, type, out);
  }
  release_device();
}

int main(void) {
  begin("cuda.element");
  const char *full = getenv("ATTNPOOL_FULL_SWEEP");
  const uint32_t step = full != NULL && full[0] == '1' ? 1 : 1021;
  static const int32_t narrow[] = {ATTNPOOL_CUDA_BF16, ATTNPOOL_CUDA_F16};
  for (size_t i = 0; i < COUNT(narrow); i++) {
    test_widening(narrow[i]);
    test_halfway(narrow[i]);
    test_sample(narrow[i], step);
    test_between(narrow[i], ATTNPOOL_CUDA_BF16);
    test_between(narrow[i], ATTNPOOL_CUDA_F16);
  }
  return end();
}
