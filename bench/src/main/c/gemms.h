/*
 * A layer's large multiplications alone, over the same packed weights and in tiles of rows, without
 * anything between them: the bound that a whole forward call is measured against.
 */
#ifndef GEMMS_H
#define GEMMS_H

#include <stdint.h>

#define GEMMS_API __attribute__((visibility("default")))

typedef struct gemms gemms;

/*
 * The sizes: x is [rows, inputs]. p is [width, inputs], or NULL where rows are not projected; then
 * width = inputs. w is [units, width], with a gate's map below it. bf16: x comes in it and all is
 * multiplied in it. tile: rows at a time, a power of two of at least 2. threads share the rows.
 */
typedef struct {
  int64_t rows, tile, threads;
  int64_t inputs, width, units;
  int64_t bf16;
} gemms_sizes;

/* NULL on failure. */
GEMMS_API gemms *gemms_new(const gemms_sizes *sizes, const float *p, const float *w);

/*
 * `samples` times `repeat` calls, going round the inputs from `first` on; writes the nanoseconds
 * of each sample. Returns 1, or 0 if a call failed.
 */
GEMMS_API int32_t gemms_time(gemms *all, const void *const *xs, int64_t inputs, int64_t first,
                             int64_t samples, int64_t repeat, int64_t *nanos);

/* W (P x) [units] of one row of x [inputs], for a check of the weights. Returns 1, or 0. */
GEMMS_API int32_t gemms_row(gemms *all, const void *x, float *units);

GEMMS_API void gemms_free(gemms *all);

#endif
