/* exp in float64, in plain C. */
#ifndef ATTNPOOL_EXP_F64_H
#define ATTNPOOL_EXP_F64_H

#include "tier.h"

#include <stdint.h>
#include <string.h>

/*
 * As in vf_exp, exp x = 2^n exp r, ln 2 is split so that n times its high part is exact, and adding
 * 1.5 * 2^52 rounds n. exp r is its Taylor series; the first term left out is below 2^-57.
 */
#define EXP64_UNDERFLOW -708.39641853226408
#define EXP64_ROUND 0x1.8p52
#define LN2_HIGH_F64 0x1.62e42fefa38p-1
#define LN2_LOW_F64 0x1.ef35793c7673p-45

/* For x <= 0 that is at least EXP64_UNDERFLOW, or NaN. Without branches: loops become vectors. */
INLINE double exp_normal_f64(double x) {
  double shifted = x * 1.4426950408889634 + EXP64_ROUND;
  double n = shifted - EXP64_ROUND;
  double r = (x - n * LN2_HIGH_F64) - n * LN2_LOW_F64;
  double e = 1.0 / 6227020800.0;
  static const double coefficients[] = {1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0,
                                        1.0 / 362880.0,    1.0 / 40320.0,    1.0 / 5040.0,
                                        1.0 / 720.0,       1.0 / 120.0,      1.0 / 24.0,
                                        1.0 / 6.0,         1.0 / 2.0};
#pragma GCC unroll 11
  for (int i = 0; i < (int)(sizeof coefficients / sizeof *coefficients); i++) {
    e = e * r + coefficients[i];
  }
  double p = 1.0 + (r + r * r * e);
  uint64_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return p * power;
}

/* For x <= 0 or NaN; results below 2^-1022 are 0. */
INLINE double exp_f64(double x) { return x < EXP64_UNDERFLOW ? 0.0 : exp_normal_f64(x); }

/* The same of some numbers. Three loops, because the compiler makes a branch of the selections. */
INLINE void exp_all_f64(const double *x, int64_t n, double *exps) {
  for (int64_t i = 0; i < n; i++) {
    exps[i] = x[i] < EXP64_UNDERFLOW ? EXP64_UNDERFLOW : x[i];
  }
  for (int64_t i = 0; i < n; i++) {
    exps[i] = exp_normal_f64(exps[i]);
  }
  for (int64_t i = 0; i < n; i++) {
    exps[i] = x[i] < EXP64_UNDERFLOW ? 0.0 : exps[i];
  }
}

#endif
