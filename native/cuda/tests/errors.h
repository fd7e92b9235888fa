/* How far the value of a function is from the exact one, and the worst of many. */
#ifndef ATTNPOOL_CUDA_TESTS_ERRORS_H
#define ATTNPOOL_CUDA_TESTS_ERRORS_H

#include <stdint.h>

/* Distance in units of the last place of the float nearest to exact (normal range). */
double ulps(double value, double exact);

/*
 * The error of f(x) for an attnpool_cuda_activation, and its bound. For float32 elements they are
 * those of attnpool.h: ulp or, for both kinds of gelu, units of 2^-24 |x|. The fast forms of other
 * elements are made of tanh; with that of the host, of 5 ulp, (1 + tanh) / 2 is within 3 * 2^-24,
 * whatever the ulp, and gelu's two products and its argument add 2 units.
 */
double activation_error(int32_t activation, int32_t type, double value, double x, double exact);
double stated_error(int32_t activation, int32_t type);

/* The worst error seen of something, and where. */
struct worst {
  double error, x;
};

/* NaN is the worst of all. */
void note_error(struct worst *worst, double error, double x);

/* Prints it, and fails where it is beyond the bound. */
void check_worst(const char *type, const char *function, const struct worst *worst, double bound);

#endif
