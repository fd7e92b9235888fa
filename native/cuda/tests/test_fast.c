/*
 * Compares activations of every bfloat16 and float16 element with float64. Most use tanh, which on
 * a GPU is good to 11 bits only; on the host it is more accurate.
 */
#include "errors.h"
#include "grid.h"
#include "reference.h"
#include "rounding.h"

#include <math.h>

#define PATTERNS 65536

/* For every pattern of two bytes: f(x) as float32, and rounded to the type of x. */
static void test_every_element(int32_t activation, int32_t type) {
  uint16_t *x = on_device(AT_END, PATTERNS, sizeof *x);
  float *y = floats_on_device(AT_END, PATTERNS, 7.0f);
  for (uint32_t bits = 0; bits < PATTERNS; bits++) {
    x[bits] = (uint16_t)bits;
  }
  const float *no_bias = negative_zeros_on_device(PATTERNS);
  RUN(attnpool_cuda_activate(x, type, 1, PATTERNS, PATTERNS, no_bias, activation, y,
                             ATTNPOOL_CUDA_F32, PATTERNS, NULL));
  struct worst worst = {0.0, 0.0};
  for (uint32_t bits = 0; bits < PATTERNS; bits++) {
    const double from = value_of_element(type, bits);
    const double exact = reference_activation(activation, from);
    CHECK(is_element(type, x[bits], round_to_type(type, y[bits])), "%s of %s %.9g: %.9g is %04x",
          activation_name(activation), type_name(type), from, y[bits], (unsigned)x[bits]);
    if (isnan(from)) {
      CHECK(isnan(y[bits]), "%s of NaN: %.9g", activation_name(activation), y[bits]);
    } else if (isinf(from)) {
      const bool at_minus_infinity = activation == ATTNPOOL_CUDA_IDENTITY ||
                                     activation == ATTNPOOL_CUDA_TANH ||
                                     activation == ATTNPOOL_CUDA_LEAKY_RELU;
      const double limit = from > 0 || at_minus_infinity ? exact : 0.0;
      CHECK(y[bits] == limit, "%s of %g: %.9g",
            activation_name(activation), from, y[bits]);
    } else {
      note_error(&worst, activation_error(activation, type, y[bits], from, exact), from);
    }
  }
  check_worst(type_name(type), activation_name(activation), &worst,
              stated_error(activation, type));
  release_device();
}

int main(void) {
  begin("cuda.fast");
  for (int32_t f = ATTNPOOL_CUDA_IDENTITY; f <= ATTNPOOL_CUDA_SILU; f++) {
    test_every_element(f, ATTNPOOL_CUDA_BF16);
    test_every_element(f, ATTNPOOL_CUDA_F16);
  }
  return end();
}
