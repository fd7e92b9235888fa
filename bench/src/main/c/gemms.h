/*
 * The large multiplications of a layer alone, with the same packed weights and in tiles of rows, and
 * nothing between them: the bound that a whole forward call is compared with.
 */
#ifndef GEMMS_H
#define GEMMS_H

#include <stdint.h>

#define GEMMS_API __attribute__((visibility("default")))

typedef struct gemms gemms;

enum { GEMMS_MAX_MAPS = 8 };

/* A map of rows. source: the index of an earlier map, or -1 for x. w is [outputs, inputs]. */
typedef struct {
  int64_t source, inputs, outputs;
  const float *w;
} gemms_map;

/*
 * The sizes: x is [rows, inputs], and every row passes the maps. bf16: x is in bfloat16, and so is
 * every map. tile: rows at a time, a power of two, at least 2. threads share rows. With heads > 0,
 * each `steps` rows are pooled: weights [heads, steps] times values [steps, width], in float32.
 */
typedef struct {
  int64_t rows, tile, threads;
  int64_t inputs, bf16, maps;
  int64_t heads, steps, width;
} gemms_sizes;

/* values is [width, steps], or NULL without heads. Returns NULL on failure. */
GEMMS_API gemms *gemms_new(const gemms_sizes *sizes, const gemms_map *maps, const float *values);

/*
 * Runs `samples` times `repeat` calls, cycling through the inputs from `first` on; writes the
 * nanoseconds of each sample. Returns 1, or 0 if a call failed.
 */
GEMMS_API int32_t gemms_time(gemms *all, const void *const *xs, int64_t inputs, int64_t first,
                             int64_t samples, int64_t repeat, int64_t *nanos);

/*
 * Computes the results of all maps, one after the other, of one row of x, to check the weights.
 * Returns 1, or 0.
 */
GEMMS_API int32_t gemms_row(gemms *all, const void *x, float *results);

GEMMS_API void gemms_free(gemms *all);

#endif
