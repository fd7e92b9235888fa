/*
 * Times the kernels of the tier in use (cap it with ATTNPOOL_MAX_TIER). Not built by default:
 *   cmake --build BUILD --target bench_kernels && BUILD/cpu/tests/bench_kernels
 * Each figure is the best of several runs of a few milliseconds.
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

#define HEADS 8
#define ROWS 256

#define MANY_HEADS 8921
#define MANY_WIDTH 50

static float *x, *hidden, *a, *bias, *work, *scores, *context;
static uint16_t *x16;
static double max_sum[2], *state;
static const float c[MANY_HEADS] = {0.5f};

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
  int64_t heads;
  int gated;
};

static void score(struct job j) {
  attnpool_score_f32(hidden, j.rows, j.width, j.gated ? 2 * j.width : j.width, bias,
                     j.gated ? bias : NULL, a, c, j.heads, j.activation, work, scores, j.rows,
                     NULL, 0);
}

/* Without a hidden layer: scores of x itself. */
static void linear(struct job j) {
  attnpool_score_f32(hidden, j.rows, j.width, j.width, NULL, NULL, a, c, j.heads,
                     ATTNPOOL_IDENTITY, work, scores, j.rows, NULL, 0);
}

static void pool(struct job j) {
  attnpool_pool_block_f32(x, j.rows, j.width, j.width, scores, j.rows, 1, max_sum, state, 0);
}

static void pool_bf16(struct job j) {
  attnpool_pool_block_bf16(x16, j.rows, j.width, j.width, scores, j.rows, 1, max_sum, state, 0);
}

static void sum(struct job j) {
  attnpool_weighted_sum_f32(x, j.rows, j.width, j.width, scores, context);
}

static void convert(struct job j) {
  attnpool_bf16_from_f32(x, j.rows, j.width, j.width, x16, j.width);
}

/* Nanoseconds per call. */
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

/* Nanoseconds per hidden unit of a tile. */
static void score_line(const char *name, void (*kernel)(struct job), struct job j) {
  const int64_t widths[] = {64, 128, 256, 768};
  printf("%-10s %5lld %5s", name, (long long)j.heads, j.gated ? "yes" : "no");
  for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
    j.rows = ROWS;
    j.width = widths[i];
    printf(" %8.4f", best(kernel, j) / (double)(ROWS * widths[i]));
  }
  printf("\n");
}

static void scores_by_kind(void) {
  static const char *const names[] = {"identity",  "tanh",    "relu",       "gelu",
                                      "gelu_tanh", "sigmoid", "leaky_relu", "silu"};
  printf("%-10s %5s %5s %8s %8s %8s %8s  ns/el, %d rows\n", "score", "heads", "gate", "64", "128",
         "256", "768", ROWS);
  for (int32_t f = ATTNPOOL_IDENTITY; f <= ATTNPOOL_SILU; f++) {
    for (int gated = 0; gated < 2; gated++) {
      score_line(names[f], score, (struct job){.activation = f, .heads = 1, .gated = gated});
    }
  }
  for (int64_t heads = 2; heads <= HEADS; heads *= 4) {
    score_line("tanh", score, (struct job){.activation = ATTNPOOL_TANH, .heads = heads});
    score_line("linear", linear, (struct job){.heads = heads});
  }
}

/* Nanoseconds per value of a tile. */
static void activated(struct job j) {
  attnpool_activate_f32(hidden, j.rows, j.width, j.width, NULL, bias, j.activation, NULL, 0);
}

static void normalized(struct job j) {
  attnpool_layer_norm_f32(hidden, j.rows, 1, j.width, j.width, bias, bias, 1e-5, j.activation, NULL,
                          0);
}

static void channels(struct job j) {
  attnpool_channel_block_f32(x, j.rows, j.width, j.width, scores, j.width, (int32_t)j.heads, state,
                             j.width);
}

static void channel_merge(struct job j) {
  attnpool_channel_merge_f64(state, state + 4 * j.width, j.width, j.width, (int32_t)j.heads);
}

static void channel_weights(struct job j) {
  attnpool_channel_weights_f32(scores, j.rows, j.width, j.width, state, j.width, 0.0, context,
                               j.width);
}

static void rows_and_channels(void) {
  const int64_t widths[] = {64, 128, 256, 512, 1024};
  printf("%6s %10s %10s  ns/el, %d rows\n", "width", "relu", "norm relu", ROWS);
  for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
    struct job j = {ROWS, widths[i], ATTNPOOL_RELU, 1, 0};
    double elements = (double)(j.rows * j.width);
    printf("%6lld %10.4f %10.4f\n", (long long)j.width, best(activated, j) / elements,
           best(normalized, j) / elements);
  }
  const int64_t channel_rows[] = {16, 64, 100, 256};
  printf("%6s %6s %10s %10s %10s %10s  ns/el; merges ns/channel\n", "width", "rows", "mean",
         "mean, std", "weights", "merge");
  for (size_t i = 0; i < sizeof channel_rows / sizeof *channel_rows; i++) {
    struct job j = {channel_rows[i], 1536, 0, 1, 0};
    double elements = (double)(j.rows * j.width), one = best(channels, j) / elements;
    j.heads = 2;
    double two = best(channels, j) / elements;
    printf("%6lld %6lld %10.4f %10.4f %10.4f %10.4f\n", (long long)j.width, (long long)j.rows, one,
           two, best(channel_weights, j) / elements, best(channel_merge, j) / (double)j.width);
  }
}

static void many_pool(struct job j) {
  attnpool_pool_block_f32(x, j.rows, j.width, j.width, scores, j.rows, j.heads, state, state + 8,
                          8 + j.width);
}

/* Thousands of heads, as in label-wise attention. */
static void many_heads(void) {
  const int64_t rows[] = {64, 256, 600}, heads[] = {8, 512, MANY_HEADS};
  printf("%6s %6s %6s %12s %12s %12s %12s  GF/s\n", "heads", "width", "rows", "tanh score",
         "linear score", "pool", "pool ns/row");
  for (size_t h = 0; h < sizeof heads / sizeof *heads; h++) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      struct job j = {rows[i], MANY_WIDTH, ATTNPOOL_TANH, heads[h], 0};
      double flops = 2.0 * (double)(j.rows * j.width * j.heads);
      double tanh_ns = best(score, j), linear_ns = best(linear, j), pool_ns = best(many_pool, j);
      printf("%6lld %6lld %6lld %12.1f %12.1f %12.1f %12.4f\n", (long long)j.heads,
             (long long)j.width, (long long)j.rows, flops / tanh_ns, flops / linear_ns,
             flops / pool_ns, pool_ns / (double)(j.rows * j.heads));
    }
  }
}

int main(int count, char **arguments) {
  x = random_floats(COLD_BYTES / sizeof *x);
  hidden = random_floats(2 * ROWS * 1024);
  scores = random_floats(COLD_BYTES / sizeof *x / 16);
  a = random_floats(MANY_HEADS * MANY_WIDTH);
  work = random_floats(4 * 1024);
  bias = random_floats(4096);
  context = random_floats(256 * 1536);
  state = (double *)random_floats(2 * MANY_HEADS * (8 + MANY_WIDTH));
  x16 = aligned_alloc(64, COLD_BYTES / sizeof *x * sizeof *x16);
  if (x16 == NULL) {
    return 1;
  }
  memset(x16, 0, COLD_BYTES / sizeof *x * sizeof *x16);
  printf("tier %s (detected %s)\n", attnpool_tier(), attnpool_detected_tier());
  probes();
  if (count > 1 && strcmp(arguments[1], "new") == 0) {
    rows_and_channels();
    many_heads();
    return 0;
  }
  scores_by_kind();
  rows_and_channels();
  many_heads();
  printf("%6s %6s %12s %12s %10s %10s %10s %10s %10s\n", "width", "rows", "tanh ns/el",
         "ident ns/el", "pool GB/s", "bf16 GB/s", "cvt GB/s", "cold GB/s", "wsum GB/s");
  const int64_t widths[] = {16, 50, 64, 100, 128, 256, 300, 512, 768, 1024};
  for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
    struct job j = {HOT_BYTES / 4 / widths[i], widths[i], ATTNPOOL_TANH, 1, 0};
    struct job cold = {COLD_BYTES / 4 / widths[i], widths[i], ATTNPOOL_TANH, 1, 0};
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
