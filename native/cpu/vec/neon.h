/* NEON on AArch64. */
#ifndef ATTNPOOL_VEC_NEON_H
#define ATTNPOOL_VEC_NEON_H

#include <arm_neon.h>

typedef float32x4_t vf;
#define VL 4
#define VF_FUSED 1
#define PROBE_CHAINS 24

INLINE vf vf_set1(float x) { return vdupq_n_f32(x); }
INLINE vf vf_load(const float *p) { return vld1q_f32(p); }
INLINE void vf_store(float *p, vf v) { vst1q_f32(p, v); }

INLINE vf vf_load_part(const float *p, int n) {
  vf v = vdupq_n_f32(0.0f);
  if (n > 0) {
    v = vld1q_lane_f32(p, v, 0);
  }
  if (n > 1) {
    v = vld1q_lane_f32(p + 1, v, 1);
  }
  if (n > 2) {
    v = vld1q_lane_f32(p + 2, v, 2);
  }
  return v;
}

INLINE void vf_store_part(float *p, vf v, int n) {
  float lanes[VL];
  vst1q_f32(lanes, v);
  for (int i = 0; i < n; i++) {
    p[i] = lanes[i];
  }
}

INLINE vf vf_add(vf a, vf b) { return vaddq_f32(a, b); }
INLINE vf vf_sub(vf a, vf b) { return vsubq_f32(a, b); }
INLINE vf vf_mul(vf a, vf b) { return vmulq_f32(a, b); }
INLINE vf vf_div(vf a, vf b) { return vdivq_f32(a, b); }
INLINE vf vf_fma(vf a, vf b, vf c) { return vfmaq_f32(c, a, b); }
/* A comparison with NaN is false and selects the second operand, as vec.h requires. */
INLINE vf vf_min(vf a, vf b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
INLINE vf vf_max(vf a, vf b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
INLINE vf vf_max_nan(vf a, vf b) { return vmaxq_f32(a, b); }

INLINE vf vf_zero_below(vf v, vf x, vf limit) {
  return vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(v), vcltq_f32(x, limit)));
}

INLINE vf vf_scale_bits(vf k) {
  uint32x4_t biased = vaddq_u32(vreinterpretq_u32_f32(k), vdupq_n_u32(127));
  return vreinterpretq_f32_u32(vshlq_n_u32(biased, 23));
}

INLINE void vf_sum4(const vf v[4], float out[4]) {
  vst1q_f32(out, vpaddq_f32(vpaddq_f32(v[0], v[1]), vpaddq_f32(v[2], v[3])));
}

INLINE vf widen_bf16(uint16x4_t raw) { return vreinterpretq_f32_u32(vshll_n_u16(raw, 16)); }

INLINE vf vf_load_bf16(const uint16_t *p) { return widen_bf16(vld1_u16(p)); }

INLINE void vf_store_bf16(uint16_t *p, vf v) {
  uint32x4_t bits = vreinterpretq_u32_f32(v);
  uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
  uint32x4_t rounded = vaddq_u32(bits, vaddq_u32(odd, vdupq_n_u32(0x7fff)));
  uint32x4_t quiet = vorrq_u32(bits, vdupq_n_u32(0x00400000));
  rounded = vbslq_u32(vceqq_f32(v, v), rounded, quiet);
  vst1_u16(p, vshrn_n_u32(rounded, 16));
}

#include "part16.h"

INLINE vf vf_load_bf16_part(const uint16_t *p, int n) {
  return widen_bf16(vcreate_u16(word_of_part(p, n)));
}

INLINE vf widen_f16(uint16x4_t raw) { return vcvt_f32_f16(vreinterpret_f16_u16(raw)); }

INLINE vf vf_load_f16(const uint16_t *p) { return widen_f16(vld1_u16(p)); }

INLINE vf vf_load_f16_part(const uint16_t *p, int n) {
  return widen_f16(vcreate_u16(word_of_part(p, n)));
}

#endif
