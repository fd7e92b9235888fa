/* IEEE half precision by integer arithmetic, for tiers without instructions for it. */
#ifndef ATTNPOOL_VEC_HALF_H
#define ATTNPOOL_VEC_HALF_H

#include "../tier.h"

#include <stdint.h>
#include <string.h>

INLINE float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/*
 * The fraction moves up by 13 bits, and the exponent's bias grows by 112. A subnormal h is its
 * fraction in units of 2^-24. With the exponent of 2^-14 it reads as 2^-14 + h, from which 2^-14 is
 * subtracted.
 */
INLINE float float_of_half(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t exponent = half & 0x7c00, rest = (uint32_t)(half & 0x7fff) << 13;
  if (exponent == 0) {
    float magnitude = float_of(rest + (113u << 23)) - 0x1p-14f;
    return sign != 0 ? -magnitude : magnitude;
  }
  uint32_t bias = exponent == 0x7c00 ? 224u : 112u; /* infinity and NaN have the largest exponent */
  return float_of(sign | (rest + (bias << 23)));
}

#endif
