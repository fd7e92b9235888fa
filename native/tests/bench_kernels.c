/*
 * Times the kernels of the tier in use (cap it with ATTNPOOL_MAX_TIER). Not built by default:
 *   cmake --build BUILD --target bench_kernels && BUILD/tests/bench_kernels
 * Each figure is the best of several runs of some milliseconds.
 */
#define _POSIX_C_SOURCE 200809L
#include "attnpool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RUNS 15
#define RUN_SECONDS 0.004
#define HOT_BYTES (512 << 10)
#define COLD_BYTES (256 << 20)

static float *x, *hidden, *a, *bias, *scores, *context;
static uint16_t *x16;
static float max_sum[2];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *random_floats(size_t n) {
  float *p = aligned_alloc(64, n * sizeof *p);
  if (p == NULL) {
    exit(1);
  }
  unsigned state = 12345;
  for (size_t i = 0; i < n; i++) {
    state = state * 1664525u + 1013904223u;
    p[i] = (float)(int)state * 0x1p-30f;
  }
  return p;
}

struct job {
  int64_t rows, width;
  int32_t activation;
};

static void score(struct job j) {
  attnpool_score_f32(hidden, j.rows, j.width, j.width, bias, a, 0.5f, j.activation, scores, NULL, 0);
}

static void pool(struct job j) {
  attnpool_pool_block_f32(x, j.rows, j.width, j.width, scores, max_sum, context);
}

static void pool_bf16(struct job j) {
  attnpool_pool_block_bf16(x16, j.rows, j.width, j.width, scores, max_sum, context);
}

static void sum(struct job j) {
  attnpool_weighted_sum_f32(x, j.rows, j.width, j.width, scores, context);
}

static void convert(struct job j) {
  attnpool_bf16_from_f32(x, j.rows, j.width, j.width, x16, j.width);
}

/* Nanoseconds of one call. */
static double best(void (*kernel)(struct job), struct job j) {
  double least = 1e9;
  long calls = 1;
  for (int run = -3; run < RUNS; run++) {
    double start = now();
    for (long i = 0; i < calls; i++) {
      kernel(j);
    }
    double elapsed = now() - start;
    if (run < 0) {
      calls = (long)(RUN_SECONDS * (double)calls / (elapsed + 1e-9)) + 1;
    } else if (elapsed / (double)calls < least) {
      least = elapsed / (double)calls;
    }
  }
  return least * 1e9;
}

static void probes(void) {
  float sink;
  double flops, f32 = 0, bf16 = 0;
  for (int run = 0; run < RUNS; run++) {
    double start = now();
    attnpool_probe_f32(200000, &sink, &flops);
    double rate = flops / (now() - start);
    f32 = rate > f32 ? rate : f32;
    start = now();
    attnpool_probe_bf16(200000, &sink, &flops);
    rate = flops / (now() - start);
    bf16 = rate > bf16 ? rate : bf16;
  }
  printf("peak GF/s: f32 %.0f, bf16 %.0f\n", f32 * 1e-9, bf16 * 1e-9);
}

int main(void) {
  x = random_floats(COLD_BYTES / sizeof *x);
  hidden = random_floats(HOT_BYTES / sizeof *hidden);
  scores = random_floats(COLD_BYTES / sizeof *x / 16);
  a = random_floats(4096);
  bias = random_floats(4096);
  context = random_floats(4096);
  x16 = aligned_alloc(64, COLD_BYTES / sizeof *x * sizeof *x16);
  if (x16 == NULL) {
    return 1;
  }
  memset(x16, 0, COLD_BYTES / sizeof *x * sizeof *x16);
  printf("tier %s (detected %s)\n", attnpool_tier(), attnpool_detected_tier());
  probes();
  printf("%6s %6s %12s %12s %10s %10s %10s %10s %10s\n", "width", "rows", "tanh ns/el",
         "ident ns/el", "pool GB/s", "bf16 GB/s", "cvt GB/s", "cold GB/s", "wsum GB/s");
  const int64_t widths[] = {16, 50, 64, 100, 128, 256, 300, 512, 768, 1024};
  for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
    struct job j = {HOT_BYTES / 4 / widths[i], widths[i], ATTNPOOL_TANH};
    struct job cold = {COLD_BYTES / 4 / widths[i], widths[i], ATTNPOOL_TANH};
    double elements = (double)(j.rows * j.width);
    double tanh_ns = best(score, j) / elements;
    j.activation = ATTNPOOL_IDENTITY;
    printf("%6lld %6lld %12.4f %12.4f %10.1f %10.1f %10.1f %10.1f %10.1f\n", (long long)j.width,
           (long long)j.rows, tanh_ns, best(score, j) / elements, 4 * elements / best(pool, j),
           2 * elements / best(pool_bf16, j), 4 * elements / best(convert, j),
           4 * (double)(cold.rows * cold.width) / best(pool, cold),
           4 * (double)(cold.rows * cold.width) / best(sum, cold));
  }
  return 0;
}
