/* tanh and exp of one vector. */
#ifndef ATTNPOOL_ELEMENTARY_H
#define ATTNPOOL_ELEMENTARY_H

#include "vec.h"

/*
 * tanh x = (x + x t P(t)) / (1 + t Q(t)) with t = x^2 and cubic P, Q, for |x| < TANH_LIMIT, and
 * 1 of its sign beyond. The coefficients are a minimax fit of the relative error (Lawson-weighted
 * least squares), then a search over neighbouring floats and limits for the smallest error of the
 * whole float32 evaluation, under two conditions: the quotient never exceeds 1, and is exactly 1
 * at the limit.
 */
#define TANH_LIMIT 7.99883032f
#define TANH_LIMIT_F64 8.13f
#define TANH_P0 0.134476319f
#define TANH_P1 0.00357630569f
#define TANH_P2 2.20234124e-05f
#define TANH_P3 1.55395199e-08f
#define TANH_Q0 0.467809558f
#define TANH_Q1 0.0261796825f
#define TANH_Q2 0.000342102809f
#define TANH_Q3 8.61908575e-07f

#if VF_FUSED

INLINE vf vf_tanh(vf x) {
  /* The second operand wins when either is NaN: NaN passes. */
  x = vf_min(vf_set1(TANH_LIMIT), x);
  x = vf_max(vf_set1(-TANH_LIMIT), x);
  vf t = vf_mul(x, x);
  vf p = vf_fma(vf_set1(TANH_P3), t, vf_set1(TANH_P2));
  vf q = vf_fma(vf_set1(TANH_Q3), t, vf_set1(TANH_Q2));
  p = vf_fma(p, t, vf_set1(TANH_P1));
  q = vf_fma(q, t, vf_set1(TANH_Q1));
  p = vf_fma(p, t, vf_set1(TANH_P0));
  q = vf_fma(q, t, vf_set1(TANH_Q0));
  p = vf_fma(p, vf_mul(x, t), x);
  q = vf_fma(q, t, vf_set1(1.0f));
  return vf_div(p, q);
}

#else

/*
 * Twice the roundings, as float32 without FMA has, would exceed 5 ulp: so in float64. There the
 * quotient is 1 to float32 precision at a limit of its own.
 */
INLINE vd tanh_f64(vd x) {
  vd t = x * x;
  vd p = x + x * t * (TANH_P0 + t * (TANH_P1 + t * (TANH_P2 + t * (double)TANH_P3)));
  vd q = 1.0 + t * (TANH_Q0 + t * (TANH_Q1 + t * (TANH_Q2 + t * (double)TANH_Q3)));
  return p / q;
}

INLINE vf vf_tanh(vf x) {
  x = vf_min(vf_set1(TANH_LIMIT_F64), x);
  x = vf_max(vf_set1(-TANH_LIMIT_F64), x);
  return vf_map_f64(x, tanh_f64);
}

#endif

/*
 * exp x = 2^n exp r, with n the integer nearest to x / ln 2 and |r| <= ln 2 / 2. ln 2 is split so
 * that n times its high part is exact. Adding 1.5 * 2^23 rounds to an integer and leaves it in
 * the low bits, from where vf_scale_bits makes 2^n (2^128 is infinity, as it should be).
 * exp r = 1 + r + r^2 E(r). Results below 2^-126 are 0, so the low clamp only keeps n in range.
 */
#define EXP_UNDERFLOW -87.33654f
#define EXP_OVERFLOW 89.0f
#define EXP_ROUND 12582912.0f
#define LN2_HIGH 0.693359375f
#define LN2_LOW -2.12194440e-4f

INLINE vf vf_exp(vf x) {
  vf y = vf_min(vf_set1(EXP_OVERFLOW), x);
  y = vf_max(vf_set1(EXP_UNDERFLOW), y);
  vf shifted = vf_add(vf_mul(y, vf_set1(1.44269504f)), vf_set1(EXP_ROUND));
  vf n = vf_sub(shifted, vf_set1(EXP_ROUND));
  vf r = vf_fma(n, vf_set1(-LN2_HIGH), y);
  r = vf_fma(n, vf_set1(-LN2_LOW), r);
  vf e = vf_set1(0.00138213043f);
  e = vf_fma(e, r, vf_set1(0.00836866908f));
  e = vf_fma(e, r, vf_set1(0.0416682586f));
  e = vf_fma(e, r, vf_set1(0.166665211f));
  e = vf_fma(e, r, vf_set1(0.49999994f));
  vf p = vf_add(vf_fma(e, vf_mul(r, r), r), vf_set1(1.0f));
  return vf_zero_below(vf_mul(p, vf_scale_bits(shifted)), x, vf_set1(EXP_UNDERFLOW));
}

#endif
