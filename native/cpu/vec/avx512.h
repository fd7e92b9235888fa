/* AVX-512 (F, BW, DQ, VL), with BF16 instructions on the tier that has them. */
#ifndef ATTNPOOL_VEC_AVX512_H
#define ATTNPOOL_VEC_AVX512_H

#include "x86.h"

typedef __m512 vf;
#define VL 16
#define VF_FUSED 1
#define PROBE_CHAINS 24

INLINE __mmask16 first_lanes(int n) { return (__mmask16)((1u << n) - 1u); }

INLINE vf vf_set1(float x) { return _mm512_set1_ps(x); }
INLINE vf vf_load(const float *p) { return _mm512_loadu_ps(p); }
INLINE void vf_store(float *p, vf v) { _mm512_storeu_ps(p, v); }
INLINE vf vf_load_part(const float *p, int n) { return _mm512_maskz_loadu_ps(first_lanes(n), p); }
INLINE void vf_store_part(float *p, vf v, int n) { _mm512_mask_storeu_ps(p, first_lanes(n), v); }

INLINE vf vf_add(vf a, vf b) { return _mm512_add_ps(a, b); }
INLINE vf vf_sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
INLINE vf vf_mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
INLINE vf vf_div(vf a, vf b) { return _mm512_div_ps(a, b); }
INLINE vf vf_fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
INLINE vf vf_min(vf a, vf b) { return _mm512_min_ps(a, b); }
INLINE vf vf_max(vf a, vf b) { return _mm512_max_ps(a, b); }

INLINE vf vf_max_nan(vf a, vf b) {
  return _mm512_mask_mov_ps(_mm512_max_ps(a, b), _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), a);
}

INLINE vf vf_zero_below(vf v, vf x, vf limit) {
  return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, limit, _CMP_NLT_UQ), v);
}

INLINE vf vf_scale_bits(vf k) {
  __m512i biased = _mm512_add_epi32(_mm512_castps_si512(k), _mm512_set1_epi32(127));
  return _mm512_castsi512_ps(_mm512_slli_epi32(biased, 23));
}

INLINE void vf_sum4(const vf v[4], float out[4]) {
  __m256 half[4];
  __m128 quarter[4];
  for (int i = 0; i < 4; i++) {
    half[i] = _mm256_add_ps(_mm512_castps512_ps256(v[i]), _mm512_extractf32x8_ps(v[i], 1));
    quarter[i] =
        _mm_add_ps(_mm256_castps256_ps128(half[i]), _mm256_extractf128_ps(half[i], 1));
  }
  _mm_storeu_ps(out, sum4_128(quarter[0], quarter[1], quarter[2], quarter[3]));
}

/*
 * As vf_sum4 adds, but with halves, then quarters of several vectors in one: lanes 4 i to 4 i + 3
 * of quarters[h] belong to v[4 h + i].
 */
INLINE void vf_store_sums(const vf v[8], const float c[2], float *low, float *high) {
  __m512 halves[4], quarters[2];
  for (int i = 0; i < 4; i++) {
    __m512 low = _mm512_shuffle_f32x4(v[2 * i], v[2 * i + 1], 0x44);
    __m512 high = _mm512_shuffle_f32x4(v[2 * i], v[2 * i + 1], 0xee);
    halves[i] = _mm512_add_ps(low, high);
  }
  for (int i = 0; i < 2; i++) {
    __m512 low = _mm512_shuffle_f32x4(halves[2 * i], halves[2 * i + 1], 0x88);
    __m512 high = _mm512_shuffle_f32x4(halves[2 * i], halves[2 * i + 1], 0xdd);
    quarters[i] = _mm512_add_ps(low, high);
  }
  __m512 pairs = _mm512_add_ps(_mm512_unpacklo_ps(quarters[0], quarters[1]),
                               _mm512_unpackhi_ps(quarters[0], quarters[1]));
  __m512 sums = _mm512_add_ps(pairs, _mm512_permute_ps(pairs, 0x4e));
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 0, 0, 0, 0, 0, 0, 0, 0);
  sums = _mm512_permutexvar_ps(order, sums);
  _mm_storeu_ps(low, _mm_add_ps(_mm512_castps512_ps128(sums), _mm_set1_ps(c[0])));
  _mm_storeu_ps(high, _mm_add_ps(_mm512_extractf32x4_ps(sums, 1), _mm_set1_ps(c[1])));
}

INLINE vf widen_bf16(__m256i raw) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(raw), 16));
}

INLINE vf vf_load_bf16(const uint16_t *p) {
  return widen_bf16(_mm256_loadu_si256((const __m256i *)p));
}

INLINE vf vf_load_bf16_part(const uint16_t *p, int n) {
  return widen_bf16(_mm256_maskz_loadu_epi16(first_lanes(n), p));
}

INLINE vf vf_load_f16(const uint16_t *p) {
  return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
}

INLINE vf vf_load_f16_part(const uint16_t *p, int n) {
  return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first_lanes(n), p));
}

#if defined(__AVX512BF16__)
INLINE __m256i narrow_bf16(vf v) { return (__m256i)_mm512_cvtneps_pbh(v); }
#else
INLINE __m256i narrow_bf16(vf v) {
  __m512i bits = _mm512_castps_si512(v);
  __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  __m512i rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
  __m512i quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x00400000));
  __mmask16 nan = _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q);
  rounded = _mm512_mask_mov_epi32(rounded, nan, quiet);
  return _mm512_cvtepi32_epi16(_mm512_srli_epi32(rounded, 16));
}
#endif

INLINE void vf_store_bf16(uint16_t *p, vf v) { _mm256_storeu_si256((__m256i *)p, narrow_bf16(v)); }

INLINE void vf_store_bf16_part(uint16_t *p, vf v, int n) {
  _mm256_mask_storeu_epi16(p, first_lanes(n), narrow_bf16(v));
}

#endif
