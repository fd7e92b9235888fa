/* Activations and gates of several values at once. */
#ifndef ATTNPOOL_CUDA_ACTIVATION_H
#define ATTNPOOL_CUDA_ACTIVATION_H

#include "elementary.h"

#define FOR_VALUES(expression)            \
  UNROLL for (int i = 0; i < count; i++) { \
    const float x = values[i];            \
    values[i] = (expression);             \
  }                                       \
  break

/*
 * values[i] = f(values[i]) for a constant number of values. All threads have the same activation,
 * so one branch serves all values. fast: see fast_tanh.
 */
INLINE void activate(float *values, int count, int32_t activation, bool fast) {
  switch (activation) {
    case ATTNPOOL_CUDA_TANH:
      FOR_VALUES(fast ? fast_tanh(x) : tanh_f32(x));
    case ATTNPOOL_CUDA_RELU:
      FOR_VALUES(at_least(x, 0.0f));
    case ATTNPOOL_CUDA_GELU:
      FOR_VALUES(gelu_f32(x));
    case ATTNPOOL_CUDA_GELU_TANH:
      FOR_VALUES(fast ? fast_gelu_tanh(x) : gelu_tanh_f32(x));
    case ATTNPOOL_CUDA_SIGMOID:
      FOR_VALUES(fast ? fast_sigmoid(x) : sigmoid_f32(x));
    case ATTNPOOL_CUDA_LEAKY_RELU:
      FOR_VALUES(x < 0.0f ? 0.01f * x : x);
    case ATTNPOOL_CUDA_SILU:
      FOR_VALUES(fast ? fast_silu(x) : silu_f32(x));
    default: /* identity */
      break;
  }
}

#undef FOR_VALUES

/* sigmoid(x) for a gate. */
INLINE float gate(float x, bool fast) { return fast ? fast_sigmoid(x) : sigmoid_f32(x); }

#endif
