/* Activations in float64 by the C library, which the kernels are compared with. */
#ifndef ATTNPOOL_TESTS_REFERENCE_H
#define ATTNPOOL_TESTS_REFERENCE_H

#include <stdint.h>

double reference_sigmoid(double x);

/* f(x) for an attnpool_activation. */
double reference_activation(int32_t activation, double x);

const char *activation_name(int32_t activation);

#endif
