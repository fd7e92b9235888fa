/*
 * exp, tanh, sigmoid, gelu and silu of one float32. ../cpu/elementary.h explains the polynomials and
 * their errors. Every fused multiply-add is written out and the compiler makes none (--fmad=false),
 * so that the bits are the same on every GPU and, except for functions named fast, on the host.
 */
#ifndef ATTNPOOL_CUDA_ELEMENTARY_H
#define ATTNPOOL_CUDA_ELEMENTARY_H

#include "element.h"

/* NaN stays NaN. */
INLINE float at_most(float x, float limit) { return x > limit ? limit : x; }
INLINE float at_least(float x, float limit) { return x < limit ? limit : x; }

/* The larger value; NaN if either is NaN. */
INLINE float larger(float a, float b) { return a > b || a != a ? a : b; }

/* 0 below 2^-126; exp(0) is exactly 1. */
INLINE float exp_f32(float x) {
  const float least = -87.33654f;
  float y = at_least(at_most(x, 89.0f), least);
  float shifted = y * 1.44269504f + 12582912.0f;
  float n = shifted - 12582912.0f;
  float r = fmaf(n, -0.693359375f, y);
  r = fmaf(n, 2.12194440e-4f, r);
  float e = fmaf(0.00138213043f, r, 0.00836866908f);
  e = fmaf(e, r, 0.0416682586f);
  e = fmaf(e, r, 0.166665211f);
  e = fmaf(e, r, 0.49999994f);
  float p = fmaf(e, r * r, r) + 1.0f;
  float power = float_of_bits((bits_of_float(shifted) + 127) << 23);
  return x < least ? 0.0f : p * power;
}

INLINE float sigmoid_f32(float x) { return 1.0f / (1.0f + exp_f32(-x)); }

/* x / (1 + exp -x). The bound makes -infinity give 0, not NaN. */
INLINE float silu_f32(float x) {
  x = at_least(x, -1e9f);
  return x / (1.0f + exp_f32(-x));
}

INLINE float tanh_f32(float x) {
  x = at_least(at_most(x, 7.99883032f), -7.99883032f);
  float t = x * x;
  float p = fmaf(1.55395199e-08f, t, 2.20234124e-05f);
  float q = fmaf(8.61908575e-07f, t, 0.000342102809f);
  p = fmaf(p, t, 0.00357630569f);
  q = fmaf(q, t, 0.0261796825f);
  p = fmaf(p, t, 0.134476319f);
  q = fmaf(q, t, 0.467809558f);
  p = fmaf(p, x * t, x);
  q = fmaf(q, t, 1.0f);
  return p / q;
}

/* x (1 + erf(x / sqrt 2)) / 2 = x (q + y p) / 2q, with y the clamped x. */
INLINE float gelu_f32(float x) {
  const float limit = 5.47197342f;
  float y = at_least(at_most(x, limit), -limit);
  float t = y * y;
  float p = fmaf(9.00948274e-11f, t, 2.48226790e-08f);
  float q = fmaf(2.35711073e-09f, t, 1.42575558e-07f);
  p = fmaf(p, t, 6.50428149e-07f);
  q = fmaf(q, t, 3.65495043e-06f);
  p = fmaf(p, t, 1.82172444e-05f);
  q = fmaf(q, t, 5.56814994e-05f);
  p = fmaf(p, t, 0.000131277629f);
  q = fmaf(q, t, 0.000490051752f);
  p = fmaf(p, t, 0.00155836833f);
  q = fmaf(q, t, 0.001953125f);
  return x < -limit ? 0.0f : x * fmaf(p, y, q) / (q + q);
}

/* sqrt(2/pi) (x + 0.044715 x^3) */
INLINE float gelu_tanh_argument(float x) {
  return x * fmaf(x * x, 0.0356774081f, 0.797884561f);
}

/* x (1 + tanh y) / 2 = x / (1 + exp -2y). The bound makes -infinity give 0, not NaN. */
INLINE float gelu_tanh_f32(float x) {
  x = at_least(x, -1e9f);
  return x / (1.0f + exp_f32(-2.0f * gelu_tanh_argument(x)));
}

/* One instruction, good to 11 bits: for values of bfloat16 or float16, which have no more. */
INLINE float fast_tanh(float x) {
#if defined(__CUDACC__)
  float y;
  asm("tanh.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
#else
  return tanh_f32(x);
#endif
}

INLINE float fast_sigmoid(float x) { return fmaf(0.5f, fast_tanh(0.5f * x), 0.5f); }

INLINE float fast_silu(float x) {
  x = at_least(x, -1e9f);
  return x * fast_sigmoid(x);
}

INLINE float fast_gelu_tanh(float x) {
  x = at_least(x, -1e9f);
  return 0.5f * x * (1.0f + fast_tanh(gelu_tanh_argument(x)));
}

#endif
