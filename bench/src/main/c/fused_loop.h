/*
 * The fused plan with one thread in C: the library calls of the Java engine in the same order, for
 * a batch without masks and one head. The difference from attnpool is what Java costs.
 */
#ifndef FUSED_LOOP_H
#define FUSED_LOOP_H

#include <stdint.h>

#define LOOP_API __attribute__((visibility("default")))

typedef struct fused_loop fused_loop;

/* W is [units, width], b and a are [units]. bf16: multiply in bfloat16; x_bf16: x is in bfloat16. */
LOOP_API fused_loop *fused_loop_new(int64_t batch, int64_t steps, int64_t width, int64_t units,
                                    int32_t bf16, int32_t x_bf16, const float *w, const float *b,
                                    const float *a, float c);

/* Runs one call: x [batch, steps, width] to context [batch, width] and weights [batch, steps]. */
LOOP_API int32_t fused_loop_run(fused_loop *loop, const void *x, float *context, float *weights);

/*
 * Runs `samples` times `repeat` calls, cycling through the inputs from `first` on; writes the
 * nanoseconds of each sample. Returns 1, or 0 if a call failed.
 */
LOOP_API int32_t fused_loop_time(fused_loop *loop, const void *const *xs, int64_t inputs,
                                 int64_t first, int64_t samples, int64_t repeat, float *context,
                                 float *weights, int64_t *nanos);

LOOP_API void fused_loop_free(fused_loop *loop);

#endif
