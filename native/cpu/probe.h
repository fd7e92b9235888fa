/*
 * Loops in registers that reach the peak rate of the multiply-add units. PROBE_CHAINS independent
 * sums hide the latency of the instruction and leave registers for its two factors.
 */
#ifndef ATTNPOOL_PROBE_H
#define ATTNPOOL_PROBE_H

#include "vec/vec.h"

#define PRAGMA(text) _Pragma(#text)
#define UNROLL(times) PRAGMA(GCC unroll times)

static void probe_f32(int64_t iterations, float *sink, double *flops) {
  vf sum[PROBE_CHAINS];
  for (int i = 0; i < PROBE_CHAINS; i++) {
    sum[i] = vf_set1((float)i);
  }
  vf half = vf_set1(0.5f), one = vf_set1(1.0f);
  for (int64_t n = 0; n < iterations; n++) {
    UNROLL(PROBE_CHAINS)
    for (int i = 0; i < PROBE_CHAINS; i++) {
      sum[i] = vf_fma(sum[i], half, one);
    }
  }
  vf total = sum[0];
  for (int i = 1; i < PROBE_CHAINS; i++) {
    total = vf_add(total, sum[i]);
  }
  *sink = vf_first(total);
  *flops = 2.0 * VL * PROBE_CHAINS * (double)iterations;
}

#if defined(__AVX512BF16__)
static void probe_bf16(int64_t iterations, float *sink, double *flops) {
  vf sum[PROBE_CHAINS];
  for (int i = 0; i < PROBE_CHAINS; i++) {
    sum[i] = vf_set1((float)i);
  }
  __m512bh a = _mm512_cvtne2ps_pbh(vf_set1(0.5f), vf_set1(-0.5f)), b = a;
  for (int64_t n = 0; n < iterations; n++) {
    UNROLL(PROBE_CHAINS)
    for (int i = 0; i < PROBE_CHAINS; i++) {
      sum[i] = _mm512_dpbf16_ps(sum[i], a, b);
    }
  }
  vf total = sum[0];
  for (int i = 1; i < PROBE_CHAINS; i++) {
    total = vf_add(total, sum[i]);
  }
  *sink = vf_first(total);
  *flops = 4.0 * VL * PROBE_CHAINS * (double)iterations;
}
#else
static void probe_bf16(int64_t iterations, float *sink, double *flops) {
  (void)iterations;
  *sink = 0.0f;
  *flops = 0.0;
}
#endif

#endif
