/* The states of one block of rows for several heads. */
#ifndef ATTNPOOL_POOL_HEADS_H
#define ATTNPOOL_POOL_HEADS_H

#include "pool.h"

/*
 * Sums some heads and some vectors of columns at a time, in registers. A vector of x, which is in
 * L2, is then loaded once for all these heads. Each sum belongs to one head and is added up row
 * after row, so that the number of heads does not change its bits.
 */
#define PANEL_HEADS 4
#define PANEL_VECTORS (MANY_REGISTERS ? 4 : 2)

typedef float panel_sums[PANEL_VECTORS * VL];
typedef float chunk_weights[CHUNK_ROWS];

/*
 * The sums of `vectors` vectors for `heads` heads. If n > 0, the last vector has only n columns.
 * Adds them to those in totals, which are then not all finite if one of them is not.
 */
INLINE void sum_panel(const struct row_chunk c, const chunk_weights *weights, int heads,
                      int vectors, int n, int64_t at, panel_sums *sums, vf *totals) {
  vf sum[PANEL_HEADS][PANEL_VECTORS];
#pragma GCC unroll 4
  for (int h = 0; h < heads; h++) {
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
      sum[h][j] = vf_set1(-0.0f);
    }
  }
  for (int64_t t = 0; t < c.rows; t++) {
    int64_t row = t * c.stride + at;
    vf x[PANEL_VECTORS];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
      x[j] = n > 0 && j == vectors - 1 ? load_x_part(c, row + j * VL, n)
                                       : load_x(c, row + j * VL);
    }
#pragma GCC unroll 4
    for (int h = 0; h < heads; h++) {
      vf weight = vf_set1(weights[h][t]);
#pragma GCC unroll 4
      for (int j = 0; j < vectors; j++) {
        sum[h][j] = vf_fma(weight, x[j], sum[h][j]);
      }
    }
  }
#pragma GCC unroll 4
  for (int h = 0; h < heads; h++) {
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
      vf_store(sums[h] + j * VL, sum[h][j]);
      totals[j] = vf_add(totals[j], sum[h][j]);
    }
  }
}

/* Less than a panel of columns, so that they are read once for all. */
INLINE void sum_rest(const struct row_chunk c, const chunk_weights *weights, int heads,
                     int vectors, int n, int64_t at, panel_sums *sums, vf *totals) {
  if (n == 0) {
    sum_panel(c, weights, heads, vectors, 0, at, sums, totals);
  } else {
    sum_panel(c, weights, heads, vectors, n, at, sums, totals);
  }
}

/* States of heads in float64. The state of head h is at h * stride. */
struct head_states {
  double *max_sum;
  double *context;
  int64_t stride;
};

INLINE void add_panel(const panel_sums *sums, int heads, bool first_chunk, int64_t at,
                      int64_t columns, const struct head_states states) {
  for (int h = 0; h < heads; h++) {
    double *to = states.context + h * states.stride + at;
    for (int64_t d = 0; d < columns; d++) {
      to[d] = first_chunk ? sums[h][d] : to[d] + sums[h][d];
    }
  }
}

/* Returns whether all sums are finite. */
INLINE bool accumulate_heads(const struct row_chunk c, const chunk_weights *weights, int heads,
                             bool first_chunk, int64_t width, const struct head_states states) {
  _Alignas(64) panel_sums sums[PANEL_HEADS];
  vf totals[4] = {vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f)};
  const int64_t panel = PANEL_VECTORS * VL;
  int64_t at = 0;
  for (; at + panel <= width; at += panel) {
    sum_panel(c, weights, heads, PANEL_VECTORS, 0, at, sums, totals);
    add_panel(sums, heads, first_chunk, at, panel, states);
  }
  if (at == width) {
    return is_finite(totals);
  }
  int n = (int)((width - at) % VL);
  switch ((width - at + VL - 1) / VL) {
    case 1:
      sum_rest(c, weights, heads, 1, n, at, sums, totals);
      break;
    case 2:
      sum_rest(c, weights, heads, 2, n, at, sums, totals);
      break;
#if MANY_REGISTERS
    case 3:
      sum_rest(c, weights, heads, 3, n, at, sums, totals);
      break;
    case 4:
      sum_rest(c, weights, heads, 4, n, at, sums, totals);
      break;
#endif
    default:
      break;
  }
  add_panel(sums, heads, first_chunk, at, width - at, states);
  return is_finite(totals);
}

NOINLINE bool accumulate_some_heads(const struct row_chunk *c, const chunk_weights *weights,
                                    int heads, bool first_chunk, int64_t width,
                                    const struct head_states states) {
  bool finite = true;
  const struct row_chunk f32 = {c->x, false, c->rows, c->stride, NULL};
  const struct row_chunk bf16 = {c->x, true, c->rows, c->stride, NULL};
#define HEADS(n) \
  case n: \
    if (c->bf16) { \
      finite = accumulate_heads(bf16, weights, n, first_chunk, width, states); \
    } else { \
      finite = accumulate_heads(f32, weights, n, first_chunk, width, states); \
    } \
    break;
  switch (heads) {
    HEADS(1)
    HEADS(2)
    HEADS(3)
    HEADS(4)
    default:
      break;
  }
#undef HEADS
  return finite;
}

/* Scores of some heads, at most PANEL_HEADS. The scores of head h are at h * stride. */
struct head_scores {
  const float *scores;
  int64_t stride;
  int heads;
};

/* Returns whether all sums are finite: only then are the states right. */
INLINE bool pool_some_heads(const void *x, bool bf16, int64_t rows, int64_t width,
                            int64_t x_stride, const struct head_scores from,
                            const float *largest_scores, const struct head_states to) {
  chunk_weights weights[PANEL_HEADS];
  double sum[PANEL_HEADS] = {0.0};
  bool finite = true;
  for (int64_t t = 0; t < rows; t += CHUNK_ROWS) {
    int64_t n = rows - t < CHUNK_ROWS ? rows - t : CHUNK_ROWS;
    for (int h = 0; h < from.heads; h++) {
      sum[h] += exp_and_sum(from.scores + h * from.stride + t, n, largest_scores[h], weights[h]);
    }
    struct row_chunk chunk = {row_at(x, bf16, t * x_stride), bf16, n, x_stride, NULL};
    finite &= accumulate_some_heads(&chunk, weights, from.heads, t == 0, width, to);
  }
  for (int h = 0; h < from.heads; h++) {
    to.max_sum[h * to.stride] = largest_scores[h];
    to.max_sum[h * to.stride + 1] = sum[h];
  }
  return finite;
}

INLINE void pool_heads(const void *x, bool bf16, int64_t rows, int64_t width, int64_t x_stride,
                       const float *scores, int64_t scores_stride, int64_t heads, double *max_sum,
                       double *context, int64_t state_stride) {
  for (int64_t head = 0; head < heads; head += PANEL_HEADS) {
    const float *first_scores = scores + head * scores_stride;
    struct head_states to = {max_sum + head * state_stride, context + head * state_stride,
                             state_stride};
    int count = heads - head < PANEL_HEADS ? (int)(heads - head) : PANEL_HEADS;
    float most[PANEL_HEADS];
    bool together = count > 1;
    for (int h = 0; h < count; h++) {
      most[h] = largest(first_scores + h * scores_stride, rows);
      together = together && most[h] != -INFINITY; /* an empty state reads no rows */
    }
    if (together) {
      struct head_scores from = {first_scores, scores_stride, count};
      if (pool_some_heads(x, bf16, rows, width, x_stride, from, most, to)) {
        continue;
      }
    }
    for (int h = 0; h < count; h++) {
      pool_block(x, bf16, rows, width, x_stride, first_scores + h * scores_stride, most[h],
                 to.max_sum + h * state_stride, to.context + h * state_stride);
    }
  }
}

static void pool_block_f32(const float *x, int64_t rows, int64_t width, int64_t x_stride,
                           const float *scores, int64_t scores_stride, int64_t heads,
                           double *max_sum, double *context, int64_t state_stride) {
  pool_heads(x, false, rows, width, x_stride, scores, scores_stride, heads, max_sum, context,
             state_stride);
}

static void pool_block_bf16(const uint16_t *x, int64_t rows, int64_t width, int64_t x_stride,
                            const float *scores, int64_t scores_stride, int64_t heads,
                            double *max_sum, double *context, int64_t state_stride) {
  pool_heads(x, true, rows, width, x_stride, scores, scores_stride, heads, max_sum, context,
             state_stride);
}

#endif
