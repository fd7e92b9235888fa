/* Scores, fused: the units of a row and their dot products with the heads' score vectors. */
#ifndef ATTNPOOL_SCORE_H
#define ATTNPOOL_SCORE_H

#include "activate.h"
#include "ahead.h"
#include "units.h"

#define SCORE_ROWS 4

/* Heads whose sums of those rows fit in registers together, where there are 32. */
#define SCORE_HEADS 2

/* With so many heads, units are copied to where no vector of them lies in two cache lines. */
#define ALIGNED_HEADS 16
#define ALIGNED_UNITS 256

/* Score vectors that are taken together, so that they stay in L2 while rows go by. */
#define SCORE_HEAD_BYTES (256 << 10)

/*
 * Adds the terms of one vector of units, from unit d on, to each row's sum. Missing lanes add 0 *
 * f(0) = 0.
 */
INLINE void score_add(const float *hidden, int n, int64_t stride, int64_t d, struct lanes lanes,
                      const struct unit_map map, const float *a, vf *sum) {
  struct unit_constants constants = load_constants(map, d, lanes);
  vf factor = load_lanes(a + d, lanes);
#pragma GCC unroll 4
  for (int r = 0; r < n; r++) {
    sum[r] = vf_fma(factor, load_units(map, hidden + r * stride, d, constants, lanes), sum[r]);
  }
}

/*
 * One head's scores of n <= SCORE_ROWS rows. Each row goes through the same operations in the same
 * order whatever n is: even and odd vectors are added to two sums, then the sums, then the lanes.
 */
INLINE void score_rows(const float *hidden, int n, int64_t stride, const struct unit_map map,
                       const float *a, float c, float *scores) {
  const struct lanes all = {true, VL};
  vf even[SCORE_ROWS], odd[SCORE_ROWS];
#pragma GCC unroll 4
  for (int r = 0; r < SCORE_ROWS; r++) {
    even[r] = odd[r] = vf_set1(0.0f);
  }
  int64_t d = 0;
  for (; d + 2 * VL <= map.units; d += 2 * VL) {
    score_add(hidden, n, stride, d, all, map, a, even);
    score_add(hidden, n, stride, d + VL, all, map, a, odd);
  }
  if (d + VL <= map.units) {
    score_add(hidden, n, stride, d, all, map, a, even);
    d += VL;
  }
  if (d < map.units) {
    struct lanes part = {false, (int)(map.units - d)};
    score_add(hidden, n, stride, d, part, map, a, odd);
  }
#pragma GCC unroll 4
  for (int r = 0; r < SCORE_ROWS; r++) {
    even[r] = vf_add(even[r], odd[r]);
  }
  float sums[SCORE_ROWS];
  vf_sum4(even, sums);
  for (int r = 0; r < n; r++) {
    scores[r] = sums[r] + c;
  }
}

/* Rows to score, and where the scores go. */
struct score_job {
  const float *hidden;
  int64_t rows;
  int64_t stride;
  const float *a;
  const float *c;
  int64_t heads;
  float *work;
  float *scores;
  int64_t scores_stride;
};

/* A single head, whose units need not go through memory. */
INLINE void score_one_head(const struct score_job *job, struct ahead ahead,
                           const struct unit_map map) {
  const float *hidden = job->hidden, *a = job->a;
  const int64_t rows = job->rows, stride = job->stride;
  const float c = job->c[0];
  float *scores = job->scores;
  int64_t t = 0;
  for (; t + SCORE_ROWS <= rows; t += SCORE_ROWS) {
    ask_ahead(&ahead);
    score_rows(hidden + t * stride, SCORE_ROWS, stride, map, a, c, scores + t);
  }
  for (; t < rows; t++) {
    score_rows(hidden + t * stride, 1, stride, map, a, c, scores + t);
  }
}

/* Adds the terms of one vector of units of SCORE_ROWS rows for SCORE_HEADS heads. */
INLINE void tile_add(const float *units, int64_t stride, int64_t width, int64_t d,
                     struct lanes lanes, const float *a, vf *sum) {
  vf u[SCORE_ROWS];
#pragma GCC unroll 4
  for (int r = 0; r < SCORE_ROWS; r++) {
    u[r] = vf_in_register(load_lanes(units + r * stride + d, lanes));
  }
#pragma GCC unroll 2
  for (int h = 0; h < SCORE_HEADS; h++) {
    vf factor = load_lanes(a + h * width + d, lanes);
#pragma GCC unroll 4
    for (int r = 0; r < SCORE_ROWS; r++) {
      sum[h * SCORE_ROWS + r] = vf_fma(factor, u[r], sum[h * SCORE_ROWS + r]);
    }
  }
}

/* SCORE_HEADS heads' scores of SCORE_ROWS rows of units, with the operations of score_rows. */
INLINE void score_tile(const float *units, int64_t stride, int64_t width, const float *a,
                       const float *c, float *scores, int64_t scores_stride) {
  const struct lanes all = {true, VL};
  vf even[SCORE_HEADS * SCORE_ROWS], odd[SCORE_HEADS * SCORE_ROWS];
#pragma GCC unroll 8
  for (int i = 0; i < SCORE_HEADS * SCORE_ROWS; i++) {
    even[i] = odd[i] = vf_set1(0.0f);
  }
  int64_t d = 0;
  for (; d + 2 * VL <= width; d += 2 * VL) {
    tile_add(units, stride, width, d, all, a, even);
    tile_add(units, stride, width, d + VL, all, a, odd);
  }
  if (d + VL <= width) {
    tile_add(units, stride, width, d, all, a, even);
    d += VL;
  }
  if (d < width) {
    struct lanes part = {false, (int)(width - d)};
    tile_add(units, stride, width, d, part, a, odd);
  }
#pragma GCC unroll 8
  for (int i = 0; i < SCORE_HEADS * SCORE_ROWS; i++) {
    even[i] = vf_add(even[i], odd[i]);
  }
  vf_store_sums(even, c, scores, scores + scores_stride);
}

/* Scores rows t ... t + n - 1, whose units are in memory, for every head. */
NOINLINE void score_units(const struct score_job *job, const float *units, int64_t n,
                          int64_t stride, int64_t width, int64_t t) {
  const struct unit_map as_they_are = {.units = width};
  int64_t r = 0;
  for (; MANY_REGISTERS && n == SCORE_ROWS && r + SCORE_HEADS <= job->heads; r += SCORE_HEADS) {
    score_tile(units, stride, width, job->a + r * width, job->c + r,
               job->scores + r * job->scores_stride + t, job->scores_stride);
  }
  for (; r < job->heads; r++) {
    const float *a = job->a + r * width;
    float *scores = job->scores + r * job->scores_stride + t;
    if (n == SCORE_ROWS) {
      score_rows(units, SCORE_ROWS, stride, as_they_are, a, job->c[r], scores);
      continue;
    }
    for (int64_t i = 0; i < n; i++) {
      score_rows(units + i * stride, 1, stride, as_they_are, a, job->c[r], scores + i);
    }
  }
}

/* Some heads: writes the units of a few rows, which stay in L1, then scores them for all these. */
INLINE void score_some_heads(const struct score_job *job, struct ahead ahead,
                             const struct unit_map map) {
  _Alignas(64) float aligned[SCORE_ROWS][ALIGNED_UNITS];
  const bool align = MANY_REGISTERS && job->heads >= ALIGNED_HEADS && map.units <= ALIGNED_UNITS;
  for (int64_t t = 0; t < job->rows; t += SCORE_ROWS) {
    const float *hidden = job->hidden + t * job->stride;
    int64_t n = job->rows - t < SCORE_ROWS ? job->rows - t : SCORE_ROWS;
    ask_ahead(&ahead);
    if (align && n == SCORE_ROWS) {
      activate_rows(hidden, SCORE_ROWS, job->stride, map, aligned[0], ALIGNED_UNITS, NULL, 0);
      score_units(job, aligned[0], SCORE_ROWS, ALIGNED_UNITS, map.units, t);
    } else if (is_plain(map)) {
      score_units(job, hidden, n, job->stride, map.units, t);
    } else {
      activate_rows(hidden, n, job->stride, map, job->work, map.units, NULL, 0);
      score_units(job, job->work, n, map.units, map.units, t);
    }
  }
}

/* Several heads. With thousands, the units are made again for each part of them. */
INLINE void score_heads(const struct score_job *job, struct ahead ahead,
                        const struct unit_map map) {
  const int64_t bytes = (map.units + 1) * (int64_t)sizeof(float);
  const int64_t together = SCORE_HEAD_BYTES / bytes + SCORE_HEADS;
  for (int64_t head = 0; head < job->heads; head += together) {
    struct score_job some = *job;
    some.a += head * map.units;
    some.c += head;
    some.heads = job->heads - head < together ? job->heads - head : together;
    some.scores += head * job->scores_stride;
    score_some_heads(&some, ahead, map);
    ahead.lines = 0; /* once is enough */
  }
}

INLINE void score_as(const struct score_job *job, struct ahead ahead, struct unit_map map,
                     int32_t activation, bool is_gated) {
  map.has_scale = false;
  map.activation = activation;
  map.gated = is_gated;
  if (job->heads == 1) {
    score_one_head(job, ahead, map);
  } else {
    score_heads(job, ahead, map);
  }
}

/*
 * A copy of the loops for each activation, without and with a gate. tanh always has a bias here
 * (see below), so that the compiler need not mask its offsets.
 */
#define MAKE_SCORE(f)                                                                     \
  NOINLINE void score_##f(const struct score_job *job, struct ahead ahead,                \
                          struct unit_map map) {                                          \
    map.bias_mask = (f) == ATTNPOOL_TANH ? -1 : map.bias_mask;                            \
    score_as(job, ahead, with_bias_known(map), f, false);                                 \
  }                                                                                       \
  NOINLINE void score_gated_##f(const struct score_job *job, struct ahead ahead,          \
                                const struct unit_map map) {                              \
    score_as(job, ahead, with_bias_known(map), f, true);                                  \
  }
EACH_ACTIVATION(MAKE_SCORE)
#undef MAKE_SCORE

/* Copies without a bias: for the linear form, and for tanh, where adding zeros would cost 4 %. */
NOINLINE void score_plain(const struct score_job *job, struct ahead ahead,
                          const struct unit_map map) {
  score_as(job, ahead, (struct unit_map){.units = map.units}, ATTNPOOL_IDENTITY, false);
}

NOINLINE void score_unbiased_tanh(const struct score_job *job, struct ahead ahead,
                                  const struct unit_map map) {
  score_as(job, ahead, (struct unit_map){.units = map.units}, ATTNPOOL_TANH, false);
}

typedef void (*score_copy)(const struct score_job *, struct ahead, struct unit_map);

#define SCORE_COPIES(f) [f] = {score_##f, score_gated_##f},
static const score_copy score_copies[][2] = {EACH_ACTIVATION(SCORE_COPIES)};
#undef SCORE_COPIES

static void score_f32(const float *hidden, int64_t rows, int64_t units, int64_t hidden_stride,
                      const float *bias, const float *gate_bias, const float *a, const float *c,
                      int64_t heads, int32_t activation, float *work, float *scores,
                      int64_t scores_stride, const void *ahead_from, int64_t ahead_bytes) {
  const struct score_job job = {hidden, rows, hidden_stride, a,      c,
                                heads,  work, scores,        scores_stride};
  float zeros[VL];
  struct unit_map map = {.units = units, .gate_bias = gate_bias};
  map = with_bias_or_zeros(map, bias, zeros);
  score_copy copy = score_copies[activation][gate_bias != NULL];
  if (bias == NULL && gate_bias == NULL && activation == ATTNPOOL_IDENTITY) {
    copy = score_plain;
  } else if (bias == NULL && gate_bias == NULL && activation == ATTNPOOL_TANH) {
    copy = score_unbiased_tanh;
  }
  copy(&job, over_groups(ahead_from, ahead_bytes, rows / SCORE_ROWS), map);
}

#endif
