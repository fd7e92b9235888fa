/* tanh, exp, sigmoids and the normal distribution of one vector. */
#ifndef ATTNPOOL_ELEMENTARY_H
#define ATTNPOOL_ELEMENTARY_H

#include "vec/vec.h"

/*
 * A value as a quotient p / q, so that further factors and divisors cost a single division in all.
 */
struct vf_ratio {
  vf p;
  vf q;
};

/*
 * tanh x = (x + x t P(t)) / (1 + t Q(t)) with t = x^2 and cubic P, Q for |x| < TANH_LIMIT; beyond
 * it 1 or -1. The coefficients come from a minimax fit of the relative error (Lawson-weighted least
 * squares), then from a search over neighbouring floats and limits for the smallest error of the
 * whole float32 evaluation, under two conditions: the quotient never exceeds 1, and is exactly 1 at
 * the limit.
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

INLINE struct vf_ratio ratio_of_tanh(vf x) {
  /* The second operand wins if either is NaN, so NaN passes. */
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
  return (struct vf_ratio){p, q};
}

#else

/*
 * Without FMA, float32 rounds twice as often and would exceed 5 ulp, so this is in float64. There
 * the quotient is 1 to float32 precision at a different limit.
 */
INLINE vd tanh_f64(vd x) {
  vd t = x * x;
  vd p = x + x * t * (TANH_P0 + t * (TANH_P1 + t * (TANH_P2 + t * (double)TANH_P3)));
  vd q = 1.0 + t * (TANH_Q0 + t * (TANH_Q1 + t * (TANH_Q2 + t * (double)TANH_Q3)));
  return p / q;
}

INLINE struct vf_ratio ratio_of_tanh(vf x) {
  x = vf_min(vf_set1(TANH_LIMIT_F64), x);
  x = vf_max(vf_set1(-TANH_LIMIT_F64), x);
  return (struct vf_ratio){vf_map_f64(x, tanh_f64), vf_set1(1.0f)};
}

#endif

/*
 * exp x = 2^n exp r, with n the integer nearest to x / ln 2 and |r| <= ln 2 / 2. ln 2 is split so
 * that n times its high part is exact. Adding 1.5 * 2^23 rounds to an integer and leaves it in the
 * low bits, from which vf_scale_bits makes 2^n (2^128 is infinity, as it should be). exp r = 1 + r
 * + r^2 E(r). Results below 2^-126 are 0, so the lower clamp only keeps n in range.
 */
#define EXP_UNDERFLOW -87.33654f
#define EXP_OVERFLOW 89.0f
#define EXP_ROUND 12582912.0f
#define LN2_HIGH 0.693359375f
#define LN2_LOW -2.12194440e-4f
#define EXP_E0 0.49999994f
#define EXP_E1 0.166665211f
#define EXP_E2 0.0416682586f
#define EXP_E3 0.00836866908f
#define EXP_E4 0.00138213043f

INLINE vf vf_exp(vf x) {
  vf y = vf_min(vf_set1(EXP_OVERFLOW), x);
  y = vf_max(vf_set1(EXP_UNDERFLOW), y);
  vf shifted = vf_add(vf_mul(y, vf_set1(1.44269504f)), vf_set1(EXP_ROUND));
  vf n = vf_sub(shifted, vf_set1(EXP_ROUND));
  vf r = vf_fma(n, vf_set1(-LN2_HIGH), y);
  r = vf_fma(n, vf_set1(-LN2_LOW), r);
  vf e = vf_fma(vf_set1(EXP_E4), r, vf_set1(EXP_E3));
  e = vf_fma(e, r, vf_set1(EXP_E2));
  e = vf_fma(e, r, vf_set1(EXP_E1));
  e = vf_fma(e, r, vf_set1(EXP_E0));
  vf p = vf_add(vf_fma(e, vf_mul(r, r), r), vf_set1(1.0f));
  return vf_zero_below(vf_mul(p, vf_scale_bits(shifted)), x, vf_set1(EXP_UNDERFLOW));
}

/*
 * 1 + exp -x, whose reciprocal is sigmoid x; infinity below about -88.38. As exp above, with fewer
 * operations: exp -r = 1 + r (r E(-r) - 1), and n is negated.
 */
INLINE vf one_plus_exp_minus(vf x) {
  x = vf_max(vf_set1(-EXP_OVERFLOW), x);
  x = vf_min(vf_set1(-EXP_UNDERFLOW), x);
  vf shifted = vf_fma(x, vf_set1(-1.44269504f), vf_set1(EXP_ROUND));
  vf n = vf_sub(shifted, vf_set1(EXP_ROUND));
  vf r = vf_fma(n, vf_set1(LN2_HIGH), x);
  r = vf_fma(n, vf_set1(LN2_LOW), r);
  vf e = vf_fma(vf_set1(EXP_E4), r, vf_set1(-EXP_E3));
  e = vf_fma(e, r, vf_set1(EXP_E2));
  e = vf_fma(e, r, vf_set1(-EXP_E1));
  e = vf_fma(e, r, vf_set1(EXP_E0));
  e = vf_fma(e, r, vf_set1(-1.0f));
  return vf_fma(vf_fma(e, r, vf_set1(1.0f)), vf_scale_bits(shifted), vf_set1(1.0f));
}

/* What leaky relu multiplies negative values by: PyTorch's default. */
#define LEAKY_SLOPE 0.01f

/*
 * x sigmoid x = x / (1 + exp -x). The lower bound on x, where the divisor has long been infinite,
 * makes -infinity give 0, not NaN.
 */
#define SILU_LEAST -1e9f

INLINE struct vf_ratio ratio_of_silu(vf x) {
  x = vf_max(vf_set1(SILU_LEAST), x);
  return (struct vf_ratio){x, one_plus_exp_minus(x)};
}

/*
 * x times the normal distribution: x (1 + erf(x / sqrt 2)) / 2 = x (Q(t) + x P(t)) / (2 Q(t)) with
 * t = x^2 and P, Q of degree 5 for |x| < ERF_LIMIT; x above it and 0 below. The coefficients come
 * from a minimax fit of erf's absolute error (Lawson-weighted least squares, 1.3e-8), then from a
 * search over neighbouring floats for the smallest error of the whole float32 evaluation. They are
 * scaled by 2^-9, which keeps x Q(t) below x, and so finite for every finite x. The limit is a
 * float at which x P(t) is exactly Q(t), with and without FMA.
 */
#define ERF_LIMIT 5.47197342f
#define ERF_P0 0.00155836833f
#define ERF_P1 0.000131277629f
#define ERF_P2 1.82172444e-05f
#define ERF_P3 6.50428149e-07f
#define ERF_P4 2.48226790e-08f
#define ERF_P5 9.00948274e-11f
#define ERF_Q0 0.001953125f
#define ERF_Q1 0.000490051752f
#define ERF_Q2 5.56814994e-05f
#define ERF_Q3 3.65495043e-06f
#define ERF_Q4 1.42575558e-07f
#define ERF_Q5 2.35711073e-09f

INLINE struct vf_ratio ratio_of_gelu(vf x) {
  vf y = vf_min(vf_set1(ERF_LIMIT), x);
  y = vf_max(vf_set1(-ERF_LIMIT), y);
  vf t = vf_mul(y, y);
  vf p = vf_fma(vf_set1(ERF_P5), t, vf_set1(ERF_P4));
  vf q = vf_fma(vf_set1(ERF_Q5), t, vf_set1(ERF_Q4));
  p = vf_fma(p, t, vf_set1(ERF_P3));
  q = vf_fma(q, t, vf_set1(ERF_Q3));
  p = vf_fma(p, t, vf_set1(ERF_P2));
  q = vf_fma(q, t, vf_set1(ERF_Q2));
  p = vf_fma(p, t, vf_set1(ERF_P1));
  q = vf_fma(q, t, vf_set1(ERF_Q1));
  p = vf_fma(p, t, vf_set1(ERF_P0));
  q = vf_fma(q, t, vf_set1(ERF_Q0));
  p = vf_mul(x, vf_fma(p, y, q));
  return (struct vf_ratio){vf_zero_below(p, x, vf_set1(-ERF_LIMIT)), vf_add(q, q)};
}

/*
 * x (1 + tanh y) / 2 = x / (1 + exp -2y) with y = sqrt(2/pi) (x + 0.044715 x^3). The second form
 * keeps its relative accuracy near 0. The lower bound on x makes -infinity give 0, not NaN.
 */
#define GELU_TANH_LEAST -1e9f
#define GELU_TANH_C1 1.59576912f
#define GELU_TANH_C3 0.0713548163f

INLINE struct vf_ratio ratio_of_gelu_tanh(vf x) {
  x = vf_max(vf_set1(GELU_TANH_LEAST), x);
  vf slope = vf_fma(vf_mul(x, x), vf_set1(GELU_TANH_C3), vf_set1(GELU_TANH_C1));
  return (struct vf_ratio){x, one_plus_exp_minus(vf_mul(x, slope))};
}

#endif
