#include "reference.h"

#include "attnpool.h"

#include <math.h>

/* Keeps its relative accuracy for either sign of x. */
double reference_sigmoid(double x) {
  return x < 0 ? exp(x) / (1.0 + exp(x)) : 1.0 / (1.0 + exp(-x));
}

double reference_activation(int32_t activation, double x) {
  switch (activation) {
    case ATTNPOOL_TANH:
      return tanh(x);
    case ATTNPOOL_RELU:
      return x < 0 ? 0.0 : x;
    case ATTNPOOL_GELU:
      return x * 0.5 * erfc(-x * sqrt(0.5));
    case ATTNPOOL_GELU_TANH:
      /* (1 + tanh y) / 2 = sigmoid 2y */
      return x * reference_sigmoid(2.0 * sqrt(2.0 / acos(-1.0)) * (x + 0.044715 * x * x * x));
    case ATTNPOOL_SIGMOID:
      return reference_sigmoid(x);
    case ATTNPOOL_LEAKY_RELU:
      return x < 0 ? x / 100.0 : x;
    case ATTNPOOL_SILU:
      return x * reference_sigmoid(x);
    default:
      return x;
  }
}

const char *activation_name(int32_t activation) {
  static const char *const names[] = {"identity",  "tanh",    "relu",       "gelu",
                                      "gelu_tanh", "sigmoid", "leaky_relu", "silu"};
  return names[activation];
}
