/* SSE2, which every x86-64 processor has. It lacks FMA: vf_fma rounds twice. */
#ifndef ATTNPOOL_VEC_SSE2_H
#define ATTNPOOL_VEC_SSE2_H

#include "half.h"
#include "x86.h"

typedef __m128 vf;
#define VL 4
#define VF_FUSED 0
#define PROBE_CHAINS 12

typedef __m128d vd;

INLINE vf vf_map_f64(vf v, vd (*f)(vd)) {
  vd low = f(_mm_cvtps_pd(v));
  vd high = f(_mm_cvtps_pd(_mm_movehl_ps(v, v)));
  return _mm_movelh_ps(_mm_cvtpd_ps(low), _mm_cvtpd_ps(high));
}

INLINE vf vf_set1(float x) { return _mm_set1_ps(x); }
INLINE vf vf_load(const float *p) { return _mm_loadu_ps(p); }
INLINE void vf_store(float *p, vf v) { _mm_storeu_ps(p, v); }

INLINE vf vf_load_part(const float *p, int n) {
  switch (n) {
    case 1:
      return _mm_load_ss(p);
    case 2:
      return _mm_setr_ps(p[0], p[1], 0.0f, 0.0f);
    case 3:
      return _mm_setr_ps(p[0], p[1], p[2], 0.0f);
    default:
      return _mm_setzero_ps();
  }
}

INLINE void vf_store_part(float *p, vf v, int n) {
  float lanes[VL];
  _mm_storeu_ps(lanes, v);
  for (int i = 0; i < n; i++) {
    p[i] = lanes[i];
  }
}

INLINE vf vf_add(vf a, vf b) { return _mm_add_ps(a, b); }
INLINE vf vf_sub(vf a, vf b) { return _mm_sub_ps(a, b); }
INLINE vf vf_mul(vf a, vf b) { return _mm_mul_ps(a, b); }
INLINE vf vf_div(vf a, vf b) { return _mm_div_ps(a, b); }
INLINE vf vf_fma(vf a, vf b, vf c) { return _mm_add_ps(_mm_mul_ps(a, b), c); }
INLINE vf vf_min(vf a, vf b) { return _mm_min_ps(a, b); }
INLINE vf vf_max(vf a, vf b) { return _mm_max_ps(a, b); }

/* Where a is NaN, the result is all ones, which is NaN too. */
INLINE vf vf_max_nan(vf a, vf b) { return _mm_or_ps(_mm_max_ps(a, b), _mm_cmpunord_ps(a, a)); }

INLINE vf vf_zero_below(vf v, vf x, vf limit) { return _mm_and_ps(_mm_cmpnlt_ps(x, limit), v); }

INLINE vf vf_scale_bits(vf k) {
  __m128i biased = _mm_add_epi32(_mm_castps_si128(k), _mm_set1_epi32(127));
  return _mm_castsi128_ps(_mm_slli_epi32(biased, 23));
}

INLINE void vf_sum4(const vf v[4], float out[4]) {
  _mm_storeu_ps(out, sum4_128(v[0], v[1], v[2], v[3]));
}

INLINE vf widen_bf16(__m128i raw) {
  return _mm_castsi128_ps(_mm_unpacklo_epi16(_mm_setzero_si128(), raw));
}

INLINE vf vf_load_bf16(const uint16_t *p) {
  return widen_bf16(_mm_loadl_epi64((const __m128i *)p));
}

INLINE void vf_store_bf16(uint16_t *p, vf v) {
  __m128i bits = _mm_castps_si128(v);
  __m128i odd = _mm_and_si128(_mm_srli_epi32(bits, 16), _mm_set1_epi32(1));
  __m128i rounded = _mm_add_epi32(bits, _mm_add_epi32(odd, _mm_set1_epi32(0x7fff)));
  __m128i quiet = _mm_or_si128(bits, _mm_set1_epi32(0x00400000));
  __m128i nan = _mm_castps_si128(_mm_cmpunord_ps(v, v));
  rounded = _mm_or_si128(_mm_and_si128(nan, quiet), _mm_andnot_si128(nan, rounded));
  /* The arithmetic shift lets the signed saturating pack keep all 16 bits. */
  rounded = _mm_srai_epi32(rounded, 16);
  _mm_storel_epi64((__m128i *)p, _mm_packs_epi32(rounded, rounded));
}

#include "part16.h"

INLINE vf vf_load_bf16_part(const uint16_t *p, int n) {
  return widen_bf16(_mm_cvtsi64_si128((int64_t)word_of_part(p, n)));
}

INLINE vf vf_load_f16(const uint16_t *p) {
  return _mm_setr_ps(float_of_half(p[0]), float_of_half(p[1]), float_of_half(p[2]),
                     float_of_half(p[3]));
}

INLINE vf vf_load_f16_part(const uint16_t *p, int n) {
  uint16_t lanes[VL] = {0};
  for (int i = 0; i < n; i++) {
    lanes[i] = p[i];
  }
  return vf_load_f16(lanes);
}

#endif
