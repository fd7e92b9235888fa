#include "grid.h"

#include <math.h>

#include "call.h"
#include "context.h"
#include "memory.h"
#include "notes.h"
#include "stream.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_ALLOCATIONS 32

static struct allocation allocations[MAX_ALLOCATIONS];
static int allocation_count;
static char complaint[200];
static bool complained;
static int64_t kernels;

const char *latest_complaint(void) { return complaint; }

int64_t kernels_started(void) { return kernels; }

void *on_device(enum placement placement, int64_t n, size_t element_bytes) {
  void *base = guarded(placement, (size_t)n, element_bytes); /* fails before there are too many */
  const struct allocation a = {base, (size_t)n * element_bytes, DEVICE_MEMORY, 0};
  allocations[allocation_count++] = a;
  return base;
}

float *floats_on_device(enum placement placement, int64_t n, float value) {
  float *values = on_device(placement, n, sizeof *values);
  for (int64_t i = 0; i < n; i++) {
    values[i] = value;
  }
  return values;
}

float *negative_zeros_on_device(int64_t n) { return floats_on_device(AT_END, n, -0.0f); }

float *uniform_on_device(enum placement placement, int64_t n, float low, float high) {
  float *values = on_device(placement, n, sizeof *values);
  fill_uniform(values, (size_t)n, low, high);
  return values;
}

int64_t *longs_on_device(const int64_t *values, int64_t n) {
  return memcpy(on_device(AT_END, n, sizeof *values), values, (size_t)n * sizeof *values);
}

int32_t *ints_on_device(const int32_t *values, int64_t n) {
  return memcpy(on_device(AT_END, n, sizeof *values), values, (size_t)n * sizeof *values);
}

void release_device(void) {
  release_buffers();
  allocation_count = 0;
}

int64_t elements_of(int64_t rows, int64_t width, int64_t stride) {
  return rows > 0 ? (rows - 1) * stride + width : 0;
}

struct tiles cut_tiles(const int64_t *lengths, int64_t sequences) {
  int64_t count = 0, row = 0;
  for (int64_t b = 0; b < sequences; b++) {
    count += (lengths[b] + ATTNPOOL_CUDA_TILE_ROWS - 1) / ATTNPOOL_CUDA_TILE_ROWS;
  }
  struct tiles tiles = {0, on_device(AT_END, count + 1, sizeof *tiles.rows),
                        on_device(AT_END, count, sizeof *tiles.sequences),
                        on_device(AT_END, sequences + 1, sizeof *tiles.of)};
  for (int64_t b = 0; b < sequences; b++) {
    for (int64_t left = lengths[b]; left > 0; left -= ATTNPOOL_CUDA_TILE_ROWS) {
      tiles.sequences[tiles.count++] = (int32_t)b;
      row += left < ATTNPOOL_CUDA_TILE_ROWS ? left : ATTNPOOL_CUDA_TILE_ROWS;
      tiles.rows[tiles.count] = row;
    }
    tiles.of[b + 1] = tiles.count;
  }
  return tiles;
}

/* --- replacements for the rest of the fake, which its launch.c calls --- */

void fake_misuse(const char *format, ...) {
  va_list values;
  va_start(values, format);
  vsnprintf(complaint, sizeof complaint, format, values);
  va_end(values);
  complained = true;
}

const struct allocation *fake_find(const void *at) {
  for (int i = 0; i < allocation_count; i++) {
    const struct allocation *a = &allocations[i];
    if ((const char *)at >= a->base && (const char *)at < a->base + a->bytes) {
      return a;
    }
  }
  return NULL;
}

bool fake_is_device(const char *what, const void *at, int64_t bytes, int device) {
  (void)device;
  const struct allocation *a = fake_find(at);
  if (a == NULL || bytes > a->base + a->bytes - (const char *)at) {
    fake_misuse("%s: %lld bytes that are not there", what, (long long)bytes);
    return false;
  }
  return true;
}

int fake_current_device(void) { return 0; }

int32_t fake_enter(const char *function) {
  (void)function;
  return 0;
}

int32_t fake_leave(int32_t status) { return status; }

void fake_count_kernel(void) { kernels++; }

int32_t fake_enqueue(const char *name, fake_operation *run, const void *argument, size_t bytes,
                       cudaStream_t stream) {
  (void)name;
  (void)stream;
  (void)bytes;
  complained = false;
  run((void *)argument); /* run only reads it */
  return complained ? cudaErrorLaunchFailure : cudaSuccess;
}

double partial_scale_of(double s) { return s > 1.0 ? exp2(-ceil(log2(s))) : 1.0; }
