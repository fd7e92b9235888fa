/* What float32 holds of the state of a tile. */
#ifndef ATTNPOOL_CUDA_PARTIAL_H
#define ATTNPOOL_CUDA_PARTIAL_H

#include "elementary.h"

#include <float.h>

/*
 * What a tile's context is multiplied by: the largest power of two whose product with s is at most
 * 1. So it does not overflow, as it is at most s times the largest x; a single row keeps its bits.
 * 1 for an empty state, and if s is NaN.
 */
INLINE float partial_scale(float s) {
  float scale = 1.0f;
  for (int i = 0; i < 8 && s * scale > 1.0f; i++) {
    scale *= 0.5f;
  }
  return scale;
}

INLINE bool is_finite(double x) { return x - x == 0.0; }

#endif
