/* Errors of a function's values, and the worst of many. */
#ifndef ATTNPOOL_CUDA_TESTS_ERRORS_H
#define ATTNPOOL_CUDA_TESTS_ERRORS_H

#include <stdint.h>

/* Distance in units in the last place of the float nearest to exact (normal range). */
double ulps(double value, double exact);

/*
 * The error of f(x) for an attnpool_cuda_activation, and its bound. For float32 elements both are
 * as in attnpool.h: in ulp or, for both kinds of gelu and for silu, in units of 2^-24 |x|. The fast
 * forms for other elements use tanh. With the host's tanh, which is good to 5 ulp, (1 + tanh) / 2
 * is within 3 * 2^-24, gelu's two products and its argument add 2 units, and silu's product 1.
 */
double activation_error(int32_t activation, int32_t type, double value, double x, double exact);
double stated_error(int32_t activation, int32_t type);

/* The worst error so far, and where it was. */
struct worst {
  double error, x;
};

/* NaN counts as the worst error. */
void note_error(struct worst *worst, double error, double x);

/* Prints it, and fails if it exceeds the bound. */
void check_worst(const char *type, const char *function, const struct worst *worst, double bound);

#endif
