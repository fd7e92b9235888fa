/* Activations and gates of one vector. */
#ifndef ATTNPOOL_ACTIVATION_H
#define ATTNPOOL_ACTIVATION_H

#include "attnpool.h"
#include "elementary.h"

/*
 * The activation is a constant wherever this is inlined, so that one case remains, and no division
 * by 1.
 */
INLINE struct vf_ratio ratio_of_activation(vf x, int32_t activation) {
  const vf one = vf_set1(1.0f);
  switch (activation) {
    case ATTNPOOL_TANH:
      return ratio_of_tanh(x);
    case ATTNPOOL_RELU:
      return (struct vf_ratio){vf_max(vf_set1(0.0f), x), one};
    case ATTNPOOL_GELU:
      return ratio_of_gelu(x);
    case ATTNPOOL_GELU_TANH:
      return ratio_of_gelu_tanh(x);
    case ATTNPOOL_SIGMOID:
      return (struct vf_ratio){one, one_plus_exp_minus(x)};
    case ATTNPOOL_LEAKY_RELU:
      return (struct vf_ratio){vf_max(vf_mul(vf_set1(LEAKY_SLOPE), x), x), one};
    case ATTNPOOL_SILU:
      return ratio_of_silu(x);
    default:
      return (struct vf_ratio){x, one};
  }
}

INLINE vf activated(vf x, int32_t activation) {
  struct vf_ratio f = ratio_of_activation(x, activation);
  return vf_div(f.p, f.q);
}

/* f(x) sigmoid(gate), with a single division. */
INLINE vf gated(vf x, vf gate, int32_t activation) {
  struct vf_ratio f = ratio_of_activation(x, activation);
  return vf_div(f.p, vf_mul(f.q, one_plus_exp_minus(gate)));
}

/* Expands make(f) for each activation f. */
#define EACH_ACTIVATION(make) \
  make(ATTNPOOL_IDENTITY)     \
  make(ATTNPOOL_TANH)         \
  make(ATTNPOOL_RELU)         \
  make(ATTNPOOL_GELU)         \
  make(ATTNPOOL_GELU_TANH)    \
  make(ATTNPOOL_SIGMOID)      \
  make(ATTNPOOL_LEAKY_RELU)   \
  make(ATTNPOOL_SILU)

#endif
