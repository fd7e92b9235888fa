/*
 * The kernels and launchers as the fake CUDA builds them. The rest of the fake is replaced for
 * these tests: a launch runs at once, and device memory has guard pages.
 */
#ifndef ATTNPOOL_CUDA_TESTS_GRID_H
#define ATTNPOOL_CUDA_TESTS_GRID_H

#include "attnpool_cuda.h"
#include "harness.h"

/* Fails unless the launcher and its kernel succeed. */
#define RUN(call)                                                                     \
  do {                                                                                \
    const int32_t status_ = (call);                                                   \
    CHECK(status_ == ATTNPOOL_CUDA_OK, "status %d, %s", status_, latest_complaint()); \
  } while (0)

/* The last complaint of a launcher or a kernel. */
const char *latest_complaint(void);

/* How many kernels have been started. */
int64_t kernels_started(void);

/* Device memory filled with zeros. The first or last of its n elements lies at a guard page. */
void *on_device(enum placement placement, int64_t n, size_t element_bytes);
float *floats_on_device(enum placement placement, int64_t n, float value);
float *uniform_on_device(enum placement placement, int64_t n, float low, float high);

/* A neutral bias. A bias of zeros, or no bias, turns -0 into 0. */
float *negative_zeros_on_device(int64_t n);

/* Copies of n values. */
int64_t *longs_on_device(const int64_t *values, int64_t n);
int32_t *ints_on_device(const int32_t *values, int64_t n);

/* Frees all device memory. */
void release_device(void);

/* The elements of a matrix without the gap after its last row. */
int64_t elements_of(int64_t rows, int64_t width, int64_t stride);

/* Rows cut into tiles; the arrays are in device memory. */
struct tiles {
  int64_t count;
  int64_t *rows;      /* count + 1 */
  int32_t *sequences; /* count */
  int64_t *of;        /* sequence_tiles: sequences + 1 */
};
struct tiles cut_tiles(const int64_t *lengths, int64_t sequences);

/* What the context of a tile is multiplied by: see attnpool_cuda.h. */
double partial_scale_of(double s);

#endif
