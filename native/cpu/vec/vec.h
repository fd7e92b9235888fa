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

INLINE float vf_first(vf v) {
  float lanes[VL];
  vf_store(lanes, v);
  return lanes[0];
}

#endif
