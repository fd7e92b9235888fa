/* Elements of two bytes by their definition, in float64; the kernels' conversions work on bits. */
#ifndef ATTNPOOL_CUDA_TESTS_ROUNDING_H
#define ATTNPOOL_CUDA_TESTS_ROUNDING_H

#include <stdbool.h>
#include <stdint.h>

/* The value of an element of that attnpool_cuda_type. */
double value_of_element(int32_t type, uint32_t bits);

/* The nearest value of that type, ties to even. */
double round_to_type(int32_t type, double value);

/* Whether an element has that value and its sign. All NaNs count as equal. */
bool is_element(int32_t type, uint32_t bits, double value);

/* "f32", "bf16" or "f16" */
const char *type_name(int32_t type);

int64_t bytes_of_type(int32_t type);

/* Reads element i of an array, and sets it to the rounded value. */
double get_element(int32_t type, const void *array, int64_t i);
void set_element(int32_t type, void *array, int64_t i, double value);

#endif
