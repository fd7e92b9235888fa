/*
 * y = x · Wᵀ by oneDNN, with W packed once and a primitive for each power of two of rows: the same
 * calls as in the library's Java classes Matmul and MatmulCall.
 */
#ifndef PACKED_MATMUL_H
#define PACKED_MATMUL_H

#include <stdint.h>

typedef struct packed_matmul packed_matmul;

/* w is row-major [outputs, inputs]; rows is a power of two, at least 2. Returns NULL on failure. */
packed_matmul *packed_matmul_new(const float *w, int64_t outputs, int64_t inputs, int bf16,
                                 int64_t rows);

/* x has `rows` rows, in bfloat16 if the weights are; y is in float32. */
int packed_matmul_run(packed_matmul *matmul, const void *x, int64_t rows, float *y);

void packed_matmul_free(packed_matmul *matmul);

#endif
