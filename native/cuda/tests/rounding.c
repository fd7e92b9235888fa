#include "rounding.h"

#include "attnpool_cuda.h"
#include "harness.h"

#include <math.h>

/* The bits of a type's significand with its leading one, and the exponents of its normal values. */
struct format {
  int significand, least, most;
};

static struct format format_of(int32_t type) {
  static const struct format formats[] = {[ATTNPOOL_CUDA_F32] = {24, -126, 127},
                                          [ATTNPOOL_CUDA_BF16] = {8, -126, 127},
                                          [ATTNPOOL_CUDA_F16] = {11, -14, 15}};
  return formats[type];
}

double value_of_element(int32_t type, uint32_t bits) {
  const struct format f = format_of(type);
  const int stored = f.significand - 1, bias = f.most;
  const uint32_t fraction = bits & ((1u << stored) - 1);
  const int exponent = (int)(bits >> stored & (uint32_t)(2 * bias + 1));
  const bool negative = bits >> stored >> (type == ATTNPOOL_CUDA_F16 ? 5 : 8) & 1;
  double magnitude;
  if (exponent == 2 * bias + 1) {
    magnitude = fraction == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    magnitude = ldexp(fraction, f.least - stored);
  } else {
    magnitude = ldexp((double)fraction + ldexp(1.0, stored), exponent - bias - stored);
  }
  return negative ? -magnitude : magnitude;
}

double round_to_type(int32_t type, double value) {
  const struct format f = format_of(type);
  if (!isfinite(value) || value == 0.0) {
    return value;
  }
  int exponent;
  frexp(value, &exponent); /* value is below 2^exponent */
  const int last = (exponent - 1 > f.least ? exponent - 1 : f.least) - (f.significand - 1);
  const double rounded = ldexp(nearbyint(ldexp(value, -last)), last);
  return fabs(rounded) < ldexp(1.0, f.most + 1) ? rounded : copysign(INFINITY, value);
}

bool is_element(int32_t type, uint32_t bits, double value) {
  const double actual = value_of_element(type, bits);
  return isnan(value) ? isnan(actual) != 0
                      : actual == value && (signbit(actual) != 0) == (signbit(value) != 0);
}

const char *type_name(int32_t type) {
  static const char *const names[] = {"f32", "bf16", "f16"};
  return names[type];
}

int64_t bytes_of_type(int32_t type) { return type == ATTNPOOL_CUDA_F32 ? 4 : 2; }

double get_element(int32_t type, const void *array, int64_t i) {
  return type == ATTNPOOL_CUDA_F32 ? (double)((const float *)array)[i]
                                   : value_of_element(type, ((const uint16_t *)array)[i]);
}

void set_element(int32_t type, void *array, int64_t i, double value) {
  const double rounded = round_to_type(type, value);
  if (type == ATTNPOOL_CUDA_F32) {
    ((float *)array)[i] = (float)value;
    return;
  }
  /* The largest bits whose value does not exceed it; values ascend with their bits. */
  uint32_t low = 0, high = type == ATTNPOOL_CUDA_BF16 ? 0x7f80 : 0x7c00;
  while (low < high) {
    const uint32_t middle = (low + high + 1) / 2;
    if (value_of_element(type, middle) <= fabs(rounded)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  const uint32_t magnitude = isnan(value) ? 0x7fff : low;
  ((uint16_t *)array)[i] = (uint16_t)(magnitude | (signbit(value) ? 0x8000u : 0));
}
