/*
 * The large multiplications of a layer alone, with the same packed weights and in tiles of rows, and
 * nothing between them: the bound that a whole forward call is compared with.
 */
#ifndef GEMMS_H
#define GEMMS_H

#include <stdint.h>

#define GEMMS_API __attribute__((visibility("default")))

typedef struct gemms gemms;

/*
 * The sizes: x is [rows, inputs]. p is [width, inputs], or NULL if rows are not projected; then
 * width = inputs. w is [units, width], with the map of a gate below it. bf16: x is in bfloat16, and
 * so is every multiplication. tile: rows at a time, a power of two, at least 2. threads share rows.
 */
typedef struct {
  int64_t rows, tile, threads;
  int64_t inputs, width, units;
  int64_t bf16;
} gemms_sizes;

/* Returns NULL on failure. */
GEMMS_API gemms *gemms_new(const gemms_sizes *sizes, const float *p, const float *w);

/*
 * Runs `samples` times `repeat` calls, cycling through the inputs from `first` on; writes the
 * nanoseconds of each sample. Returns 1, or 0 if a call failed.
 */
GEMMS_API int32_t gemms_time(gemms *all, const void *const *xs, int64_t inputs, int64_t first,
                             int64_t samples, int64_t repeat, int64_t *nanos);

/* Computes W (P x) [units] of one row of x [inputs], to check the weights. Returns 1, or 0. */
GEMMS_API int32_t gemms_row(gemms *all, const void *x, float *units);

GEMMS_API void gemms_free(gemms *all);

#endif
