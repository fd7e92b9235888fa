/* AVX2 with FMA and F16C. */
#ifndef ATTNPOOL_VEC_AVX2_H
#define ATTNPOOL_VEC_AVX2_H

#include "x86.h"

typedef __m256 vf;
#define VL 8
#define VF_FUSED 1
#define PROBE_CHAINS 12

INLINE __m256i first_lanes(int n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

INLINE vf vf_set1(float x) { return _mm256_set1_ps(x); }
INLINE vf vf_load(const float *p) { return _mm256_loadu_ps(p); }
INLINE void vf_store(float *p, vf v) { _mm256_storeu_ps(p, v); }
INLINE vf vf_load_part(const float *p, int n) { return _mm256_maskload_ps(p, first_lanes(n)); }
INLINE void vf_store_part(float *p, vf v, int n) { _mm256_maskstore_ps(p, first_lanes(n), v); }

INLINE vf vf_add(vf a, vf b) { return _mm256_add_ps(a, b); }
INLINE vf vf_sub(vf a, vf b) { return _mm256_sub_ps(a, b); }
INLINE vf vf_mul(vf a, vf b) { return _mm256_mul_ps(a, b); }
INLINE vf vf_div(vf a, vf b) { return _mm256_div_ps(a, b); }
INLINE vf vf_fma(vf a, vf b, vf c) { return _mm256_fmadd_ps(a, b, c); }
INLINE vf vf_min(vf a, vf b) { return _mm256_min_ps(a, b); }
INLINE vf vf_max(vf a, vf b) { return _mm256_max_ps(a, b); }

INLINE vf vf_max_nan(vf a, vf b) {
  return _mm256_blendv_ps(_mm256_max_ps(a, b), a, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
}

INLINE vf vf_zero_below(vf v, vf x, vf limit) {
  return _mm256_and_ps(_mm256_cmp_ps(x, limit, _CMP_NLT_UQ), v);
}

INLINE vf vf_scale_bits(vf k) {
  __m256i biased = _mm256_add_epi32(_mm256_castps_si256(k), _mm256_set1_epi32(127));
  return _mm256_castsi256_ps(_mm256_slli_epi32(biased, 23));
}

INLINE void vf_sum4(const vf v[4], float out[4]) {
  __m128 half[4];
  for (int i = 0; i < 4; i++) {
    half[i] = _mm_add_ps(_mm256_castps256_ps128(v[i]), _mm256_extractf128_ps(v[i], 1));
  }
  _mm_storeu_ps(out, sum4_128(half[0], half[1], half[2], half[3]));
}

INLINE vf widen_bf16(__m128i raw) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(raw), 16));
}

INLINE vf vf_load_bf16(const uint16_t *p) {
  return widen_bf16(_mm_loadu_si128((const __m128i *)p));
}

INLINE __m128i narrow_bf16(vf v) {
  __m256i bits = _mm256_castps_si256(v);
  __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  __m256i rounded = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
  __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x00400000));
  __m256 nan = _mm256_cmp_ps(v, v, _CMP_UNORD_Q);
  rounded = _mm256_blendv_epi8(rounded, quiet, _mm256_castps_si256(nan));
  rounded = _mm256_srli_epi32(rounded, 16);
  return _mm_packus_epi32(_mm256_castsi256_si128(rounded), _mm256_extracti128_si256(rounded, 1));
}

INLINE void vf_store_bf16(uint16_t *p, vf v) { _mm_storeu_si128((__m128i *)p, narrow_bf16(v)); }

#include "part16.h"

INLINE __m128i load_part16(const uint16_t *p, int n) {
  uint64_t low = word_of_part(p, n);
  uint64_t high = n > 4 ? word_of_part(p + 4, n - 4) : 0;
  return _mm_set_epi64x((int64_t)high, (int64_t)low);
}

INLINE vf vf_load_bf16_part(const uint16_t *p, int n) { return widen_bf16(load_part16(p, n)); }

INLINE vf vf_load_f16(const uint16_t *p) {
  return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
}

INLINE vf vf_load_f16_part(const uint16_t *p, int n) { return _mm256_cvtph_ps(load_part16(p, n)); }

#endif
