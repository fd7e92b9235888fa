#include "errors.h"

#include "attnpool_cuda.h"
#include "harness.h"

#include <math.h>
#include <stdio.h>

double ulps(double value, double exact) {
  int exponent;
  frexp(exact, &exponent);
  exponent = exponent < -125 ? -125 : exponent;
  return fabs(value - exact) * ldexp(1.0, 24 - exponent);
}

double activation_error(int32_t activation, int32_t type, double value, double x, double exact) {
  if (activation == ATTNPOOL_CUDA_GELU || activation == ATTNPOOL_CUDA_GELU_TANH ||
      activation == ATTNPOOL_CUDA_SILU) {
    return fabs(value - exact) / (fabs(x) * UNIT + 0x1p-144);
  }
  if (activation == ATTNPOOL_CUDA_SIGMOID && type != ATTNPOOL_CUDA_F32) {
    return fabs(value - exact) / UNIT;
  }
  if (activation == ATTNPOOL_CUDA_SIGMOID && exact < 0x1p-126) {
    return value >= 0.0 && value < 0x1p-126 ? 0.0 : INFINITY;
  }
  return ulps(value, exact);
}

double stated_error(int32_t activation, int32_t type) {
  static const double stated[] = {0, 5, 0, 6, 3, 3, 1, 3},
                      fast[] = {0, 5, 0, 6, 5, 3, 1, 4};
  return type == ATTNPOOL_CUDA_F32 ? stated[activation] : fast[activation];
}

void note_error(struct worst *worst, double error, double x) {
  if (!(error <= worst->error)) {
    worst->error = error;
    worst->x = x;
  }
}

void check_worst(const char *type, const char *function, const struct worst *worst, double bound) {
  printf("%s of %s: at most %.3f (at %.9g), stated %g\n", function, type, worst->error, worst->x,
         bound);
  CHECK(worst->error <= bound, "%s of %s: %.3f at %.9g", function, type, worst->error, worst->x);
}
