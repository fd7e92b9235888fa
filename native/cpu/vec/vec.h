/*
 * The vector type of this tier. The header of each instruction set defines, for float lanes,
 *
 *   vf, VL                        the type and its number of lanes
 *   vf_set1, vf_load, vf_store    broadcast; unaligned load and store of VL floats
 *   vf_load_part, vf_store_part   the first n < VL lanes; the other lanes read as 0, and memory
 *                                 beyond the n elements is never touched
 *   vf_load_bf16(_part)           loads bfloat16, widened (exact)
 *   vf_store_bf16(_part)          stores as bfloat16, rounded to nearest even
 *   vf_load_f16(_part)            loads IEEE half precision, widened (exact)
 *   vf_add vf_sub vf_mul vf_div
 *   vf_fma(a, b, c)               a * b + c, rounded once where VF_FUSED is 1, else twice
 *   vd, vf_map_f64(v, f)          where VF_FUSED is 0: a vector of double with C's operators, and
 *                                 f applied to the lanes of v widened to it, rounded back
 *   vf_min vf_max                 the second operand when either is NaN
 *   vf_max_nan(a, b)              NaN when either is NaN
 *   vf_zero_below(v, x, limit)    v, but 0 in the lanes where x < limit (false for NaN)
 *   vf_scale_bits(k)              the float whose bits are (bits(k) + 127) << 23: see vf_exp
 *   vf_sum4(v, out)               out[i] = sum of the lanes of v[i], 0 <= i < 4, added in one
 *                                 order that is the same for every i
 */
#ifndef ATTNPOOL_VEC_H
#define ATTNPOOL_VEC_H

#include "../tier.h"

#include <stdint.h>

#if defined(__AVX512F__)
#include "avx512.h"
#elif defined(__AVX2__)
#include "avx2.h"
#elif defined(__SSE2__)
#include "sse2.h"
#elif defined(__aarch64__)
#include "neon.h"
#else
#include "scalar.h"
#endif

/* Whether there are 32 vector registers, not 16. */
#if defined(__AVX512F__) || defined(__aarch64__)
#define MANY_REGISTERS 1
#else
#define MANY_REGISTERS 0
#endif

/* Stores the sums of vf_sum4 plus c[0] at low, and those of four more vectors plus c[1] at high. */
#if !defined(__AVX512F__)
INLINE void vf_store_sums(const vf v[8], const float c[2], float *low, float *high) {
  float sums[8];
  vf_sum4(v, sums);
  vf_sum4(v + 4, sums + 4);
  for (int i = 0; i < 4; i++) {
    low[i] = sums[i] + c[0];
    high[i] = sums[i + 4] + c[1];
  }
}
#endif

/* v, loaded once even where each of its uses could load it again. */
INLINE vf vf_in_register(vf v) {
#if defined(__AVX512F__)
  __asm__("" : "+v"(v));
#endif
  return v;
}

INLINE float vf_first(vf v) {
  float lanes[VL];
  vf_store(lanes, v);
  return lanes[0];
}

#endif
