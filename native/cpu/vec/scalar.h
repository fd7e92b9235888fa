/* One lane of plain C, for processors without a vector header. */
#ifndef ATTNPOOL_VEC_SCALAR_H
#define ATTNPOOL_VEC_SCALAR_H

#include "half.h"

typedef float vf;
#define VL 1
#define VF_FUSED 0
#define PROBE_CHAINS 8

typedef double vd;

INLINE uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

INLINE vf vf_map_f64(vf v, vd (*f)(vd)) { return (float)f(v); }

INLINE vf vf_set1(float x) { return x; }
INLINE vf vf_load(const float *p) { return *p; }
INLINE void vf_store(float *p, vf v) { *p = v; }

INLINE vf vf_add(vf a, vf b) { return a + b; }
INLINE vf vf_sub(vf a, vf b) { return a - b; }
INLINE vf vf_mul(vf a, vf b) { return a * b; }
INLINE vf vf_div(vf a, vf b) { return a / b; }
INLINE vf vf_fma(vf a, vf b, vf c) { return a * b + c; }
INLINE vf vf_min(vf a, vf b) { return a < b ? a : b; }
INLINE vf vf_max(vf a, vf b) { return a > b ? a : b; }
INLINE vf vf_max_nan(vf a, vf b) { return a > b || a != a ? a : b; }
INLINE vf vf_zero_below(vf v, vf x, vf limit) { return x < limit ? 0.0f : v; }
INLINE vf vf_scale_bits(vf k) { return float_of((bits_of(k) + 127u) << 23); }

INLINE void vf_sum4(const vf v[4], float out[4]) { memcpy(out, v, 4 * sizeof *v); }

INLINE vf vf_load_f16(const uint16_t *p) { return float_of_half(*p); }

INLINE vf vf_load_bf16(const uint16_t *p) { return float_of((uint32_t)*p << 16); }

INLINE void vf_store_bf16(uint16_t *p, vf v) {
  uint32_t bits = bits_of(v);
  uint32_t rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
  *p = (uint16_t)((v != v ? bits | 0x00400000u : rounded) >> 16);
}

/* A part has fewer than one lane, so it is empty. */
INLINE vf vf_load_part(const float *p, int n) {
  (void)p;
  (void)n;
  return 0.0f;
}

INLINE void vf_store_part(float *p, vf v, int n) {
  (void)p;
  (void)v;
  (void)n;
}

INLINE vf vf_load_bf16_part(const uint16_t *p, int n) {
  (void)p;
  (void)n;
  return 0.0f;
}

INLINE vf vf_load_f16_part(const uint16_t *p, int n) {
  (void)p;
  (void)n;
  return 0.0f;
}

INLINE void vf_store_bf16_part(uint16_t *p, vf v, int n) {
  (void)p;
  (void)v;
  (void)n;
}

#endif
