/* What the x86 tiers share: the lane sums of four 128-bit vectors. */
#ifndef ATTNPOOL_VEC_X86_H
#define ATTNPOOL_VEC_X86_H

#include <immintrin.h>

/* Lane i of the result is (v[i].0 + v[i].2) + (v[i].1 + v[i].3). */
INLINE __m128 sum4_128(__m128 a, __m128 b, __m128 c, __m128 d) {
  __m128 ab = _mm_add_ps(_mm_unpacklo_ps(a, b), _mm_unpackhi_ps(a, b));
  __m128 cd = _mm_add_ps(_mm_unpacklo_ps(c, d), _mm_unpackhi_ps(c, d));
  return _mm_add_ps(_mm_movelh_ps(ab, cd), _mm_movehl_ps(cd, ab));
}

#endif
