/* Partial vectors of 16-bit elements, for tiers without masked access to them. */
#ifndef ATTNPOOL_VEC_PART16_H
#define ATTNPOOL_VEC_PART16_H

#include <string.h>

/* The first n <= 4 elements in one little-endian word; the others are 0. */
INLINE uint64_t word_of_part(const uint16_t *p, int n) {
  uint64_t word = 0;
  if (n >= 4) {
    memcpy(&word, p, 8);
  } else {
    if (n >= 2) {
      uint32_t pair;
      memcpy(&pair, p, 4);
      word = pair;
    }
    if (n & 1) {
      word |= (uint64_t)p[n - 1] << (16 * (n - 1));
    }
  }
  return word;
}

INLINE void vf_store_bf16_part(uint16_t *p, vf v, int n) {
  uint16_t lanes[VL];
  vf_store_bf16(lanes, v);
  for (int i = 0; i < n; i++) {
    p[i] = lanes[i];
  }
}

#endif
