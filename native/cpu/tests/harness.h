/* What the kernel tests share: checks, seeded random numbers, and buffers with guard pages. */
#ifndef ATTNPOOL_TESTS_HARNESS_H
#define ATTNPOOL_TESTS_HARNESS_H

#include "attnpool.h"

#include <stdbool.h>
#include <stddef.h>

/* Rounding unit of float32. */
#define UNIT 0x1p-24

#define COUNT(array) (sizeof(array) / sizeof *(array))

/*
 * Call this first: it seeds the random numbers, and fails unless the tier in use is the requested
 * one.
 */
void begin(const char *name);

/* The exit status of main. */
int end(void);

/* If the condition is false, prints it with its place, the given values, the tier and the seed. */
#define CHECK(condition, ...)                             \
  do {                                                    \
    if (!(condition)) {                                   \
      failed(__FILE__, __LINE__, #condition, __VA_ARGS__); \
    }                                                     \
  } while (0)

__attribute__((format(printf, 4, 5))) void failed(const char *file, int line,
                                                  const char *condition, const char *format, ...);

/* The tier that this processor should get, by the flags that the operating system reports. */
const char *expected_detected_tier(void);

/* The rank of a tier among those of this architecture; -1 if it is none of them. */
int tier_rank(const char *tier);

float uniform(float low, float high);
void fill_uniform(float *values, size_t n, float low, float high);

float float_of_bits(uint32_t bits);
uint32_t bits_of_float(float value);
bool same_bits(const float *a, const float *b, size_t n);
bool same_doubles(const double *a, const double *b, size_t n); /* bits, too */

/*
 * n elements with a protected page right after the last (AT_END) or right before the first
 * (AT_START). Touching that page kills the test. All buffers live until release_buffers.
 */
enum placement { AT_START, AT_END };
void *guarded(enum placement placement, size_t n, size_t element_bytes);
float *guarded_floats(enum placement placement, size_t n);
double *guarded_doubles(enum placement placement, size_t n);
void release_buffers(void);

#endif
