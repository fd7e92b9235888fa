/* Softmax for each channel, or each head, with the moments of the rows: states of a block. */
#ifndef ATTNPOOL_CHANNELS_H
#define ATTNPOOL_CHANNELS_H

#include "channel_states.h"

/*
 * Rows whose moments are float32 sums, or float64 sums where those overflow. Their weights of a
 * panel of channels stay in L1.
 */
#define MOMENT_ROWS 64

/* Weights of the rows of a chunk: one for each channel of a panel, or the same for all. */
struct moment_weights {
  float each[MOMENT_ROWS][PANEL_COLUMNS];
  float all[MOMENT_ROWS];
};

/*
 * Moments of a chunk of rows for each channel of a panel: s = sum_t w, and with v = x - center
 * first = sum_t w v and second = sum_t w v^2. With the rounded mean as center, nothing cancels.
 */
struct moments {
  _Alignas(64) float sum[PANEL_COLUMNS];
  _Alignas(64) float center[PANEL_COLUMNS];
  _Alignas(64) float first[PANEL_COLUMNS];
  _Alignas(64) float second[PANEL_COLUMNS];
};

/* x of a row, but 0 where its weight is 0: there even an infinite x adds nothing. */
INLINE vf weighed_x(const struct row_chunk c, int64_t at, struct lanes lanes, vf weight) {
  vf x = lanes.all ? load_x(c, at) : load_x_part(c, at, lanes.n);
  return vf_zero_below(x, weight, vf_set1(FLT_MIN));
}

INLINE vf weight_of(const struct moment_weights *w, bool for_each, int64_t t, int j) {
  return for_each ? vf_load(w->each[t] + j * VL) : vf_set1(w->all[t]);
}

/*
 * Fills in all but the sums. Each channel is added up row after row. Returns whether all moments
 * are finite: otherwise see add_chunk_again.
 */
INLINE bool add_moments(const struct row_chunk c, const struct moment_weights *w, bool for_each,
                        int vectors, struct lanes lanes, int64_t at, bool squares,
                        struct moments *m) {
  vf first[PANEL_VECTORS], second[PANEL_VECTORS], center[PANEL_VECTORS];
#pragma GCC unroll 4
  for (int j = 0; j < vectors; j++) {
    first[j] = vf_set1(-0.0f);
  }
  for (int64_t t = 0; t < c.rows; t++) {
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
      vf weight = weight_of(w, for_each, t, j);
      vf x = weighed_x(c, t * c.stride + at + j * VL, lanes, weight);
      first[j] = vf_fma(weight, x, first[j]);
    }
  }
#pragma GCC unroll 4
  for (int j = 0; j < vectors; j++) {
    /* A sum is 0 or at least FLT_MIN; its NaN passes. */
    vf sum = vf_max(vf_set1(FLT_MIN), vf_load(m->sum + j * VL));
    center[j] = squares ? vf_div(first[j], sum) : vf_set1(0.0f);
    first[j] = squares ? vf_set1(-0.0f) : first[j];
    second[j] = vf_set1(0.0f);
  }
  for (int64_t t = 0; squares && t < c.rows; t++) {
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
      vf weight = weight_of(w, for_each, t, j);
      vf x = weighed_x(c, t * c.stride + at + j * VL, lanes, weight);
      vf deviation = vf_sub(x, center[j]), weighed = vf_mul(weight, deviation);
      first[j] = vf_add(first[j], weighed);
      second[j] = vf_fma(weighed, deviation, second[j]);
    }
  }
#pragma GCC unroll 4
  for (int j = 0; j < vectors; j++) {
    vf_store(m->center + j * VL, center[j]);
    vf_store(m->first + j * VL, first[j]);
    vf_store(m->second + j * VL, second[j]);
  }
  vf totals[4] = {vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f)};
#pragma GCC unroll 4
  for (int j = 0; j < vectors; j++) {
    totals[j] = vf_add(first[j], second[j]); /* the square of a large x is not finite */
  }
  return is_finite(totals);
}

/* Moments of a chunk of one channel, in float64: second is about the chunk's mean. */
struct chunk_moments {
  double sum, first, second;
};

INLINE struct chunk_moments chunk_moments_of(const struct moments *m, int64_t d, bool squares) {
  double sum = m->sum[d], rest = m->first[d];
  if (!squares) {
    return (struct chunk_moments){sum, rest, 0.0};
  }
  return (struct chunk_moments){sum, sum * m->center[d] + rest,
                                m->second[d] - rest * rest / (sum + DBL_MIN)};
}

/* Adds a chunk's moments to a state whose maximum they have, or starts it with them. */
INLINE void add_to_channel(const struct chunk_moments chunk, bool first_chunk, bool squares,
                           const struct channel_states to, int64_t d) {
  if (squares) {
    double between = squares_between(to.s[d], to.first[d], chunk.sum, chunk.first);
    to.second[d] = first_chunk ? chunk.second : to.second[d] + chunk.second + between;
  }
  to.first[d] = first_chunk ? chunk.first : to.first[d] + chunk.first;
  to.s[d] = first_chunk ? chunk.sum : to.s[d] + chunk.sum;
}

INLINE void add_chunk(const struct moments *m, int64_t columns, bool first_chunk, bool squares,
                      const struct channel_states to) {
  for (int64_t d = 0; d < columns; d++) {
    add_to_channel(chunk_moments_of(m, d, squares), first_chunk, squares, to, d);
  }
}

/* The first column of a panel, and whether each of its channels has weights of its own. */
struct chunk_place {
  int64_t at;
  bool for_each;
};

/* The moments of one channel, in float64, without the rows of weight 0. */
INLINE struct chunk_moments moments_again(const struct row_chunk *c, const struct moment_weights *w,
                                          const struct chunk_place place, int64_t d, float sum,
                                          bool squares) {
  struct chunk_moments chunk = {sum, -0.0, 0.0};
  for (int64_t t = 0; t < c->rows; t++) {
    double weight = place.for_each ? w->each[t][d] : w->all[t];
    double x = element_of(c, t * c->stride + place.at + d);
    chunk.first += weight == 0.0 ? 0.0 : weight * x;
  }
  double mean = chunk.first / chunk.sum;
  for (int64_t t = 0; squares && t < c->rows; t++) {
    double weight = place.for_each ? w->each[t][d] : w->all[t];
    double deviation = element_of(c, t * c->stride + place.at + d) - mean;
    chunk.second += weight == 0.0 ? 0.0 : weight * deviation * deviation;
  }
  return chunk;
}

/*
 * As add_chunk, but makes moments that are not finite again in float64, where none of finite rows
 * overflows. The others keep their bits, whatever their neighbours are.
 */
NOINLINE void add_chunk_again(const struct row_chunk *c, const struct moment_weights *w,
                              const struct chunk_place place, const struct moments *m,
                              int64_t columns, bool first_chunk, const struct channel_states to) {
  const bool squares = to.second != NULL;
  for (int64_t d = 0; d < columns; d++) {
    float total = m->first[d] + m->second[d];
    struct chunk_moments chunk = total - total == 0.0f
                                     ? chunk_moments_of(m, d, squares)
                                     : moments_again(c, w, place, d, m->sum[d], squares);
    add_to_channel(chunk, first_chunk, squares, to, d);
  }
}

/* The scores of channels, row after row. */
struct channel_scores {
  const float *scores;
  int64_t stride;
};

/* Sets w and the sums in m to those of a chunk of rows from t on. */
INLINE void weigh_chunk(const struct channel_scores from, int64_t t, int64_t rows, int64_t at,
                        int vectors, struct lanes lanes, const vf *shift, struct moment_weights *w,
                        struct moments *m) {
  vf sum[PANEL_VECTORS];
#pragma GCC unroll 4
  for (int j = 0; j < vectors; j++) {
    sum[j] = vf_set1(0.0f);
  }
  for (int64_t i = 0; i < rows; i++) {
    const float *scores = from.scores + (t + i) * from.stride + at;
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
      vf weight = vf_exp(vf_sub(load_lanes(scores + j * VL, lanes), shift[j]));
      vf_store(w->each[i] + j * VL, weight);
      sum[j] = vf_add(sum[j], weight);
    }
  }
#pragma GCC unroll 4
  for (int j = 0; j < vectors; j++) {
    vf_store(m->sum + j * VL, sum[j]);
  }
}

/* The states of `vectors` vectors of channels, or of some lanes of one. */
INLINE void pool_channels(const struct row_chunk x, const struct channel_scores from, int64_t at,
                          int vectors, struct lanes lanes, bool squares,
                          const struct channel_states to) {
  const int64_t columns = lanes.all ? vectors * VL : lanes.n;
  struct moment_weights w;
  struct moments m;
  vf shift[PANEL_VECTORS];
#pragma GCC unroll 4
  for (int j = 0; j < vectors; j++) {
    shift[j] = vf_set1(-INFINITY);
  }
  for (int64_t t = 0; t < x.rows; t++) {
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
      vf score = load_lanes(from.scores + t * from.stride + at + j * VL, lanes);
      shift[j] = vf_max_nan(shift[j], score);
    }
  }
#pragma GCC unroll 4
  for (int j = 0; j < vectors; j++) {
    vf_store(m.first + j * VL, shift[j]);
    shift[j] = vf_max(vf_set1(-FLT_MAX), shift[j]); /* exp(-inf - -inf) would be NaN */
  }
  for (int64_t d = 0; d < columns; d++) {
    to.m[at + d] = m.first[d];
  }
  for (int64_t t = 0; t < x.rows; t += MOMENT_ROWS) {
    int64_t n = x.rows - t < MOMENT_ROWS ? x.rows - t : MOMENT_ROWS;
    const struct row_chunk chunk = {row_at(x.x, x.bf16, t * x.stride), x.bf16, n, x.stride, NULL};
    weigh_chunk(from, t, n, at, vectors, lanes, shift, &w, &m);
    if (add_moments(chunk, &w, true, vectors, lanes, at, squares, &m)) {
      add_chunk(&m, columns, t == 0, squares, from_channel(to, at));
    } else {
      const struct chunk_place place = {at, true};
      add_chunk_again(&chunk, &w, place, &m, columns, t == 0, from_channel(to, at));
    }
  }
}

INLINE void channel_block(const struct row_chunk x, int64_t width,
                          const struct channel_scores from, bool squares,
                          const struct channel_states to) {
  const struct lanes all = {true, VL}, part = {false, (int)(width % VL)};
  int64_t at = 0;
  if (x.rows == 0) {
    clear_states(to, width);
    return;
  }
  for (; at + PANEL_COLUMNS <= width; at += PANEL_COLUMNS) {
    pool_channels(x, from, at, PANEL_VECTORS, all, squares, to);
  }
  for (; at + VL <= width; at += VL) {
    pool_channels(x, from, at, 1, all, squares, to);
  }
  if (at < width) {
    pool_channels(x, from, at, 1, part, squares, to);
  }
}

#define MAKE_CHANNEL_BLOCK(name, is_bf16, squares)                                       \
  NOINLINE void name(const struct row_chunk *c, int64_t width,                           \
                     const struct channel_scores from, const struct channel_states to) { \
    const struct row_chunk x = {c->x, is_bf16, c->rows, c->stride, NULL};                \
    channel_block(x, width, from, squares, to);                                          \
  }
MAKE_CHANNEL_BLOCK(channel_mean_f32, false, false)
MAKE_CHANNEL_BLOCK(channel_mean_bf16, true, false)
MAKE_CHANNEL_BLOCK(channel_squares_f32, false, true)
MAKE_CHANNEL_BLOCK(channel_squares_bf16, true, true)
#undef MAKE_CHANNEL_BLOCK

static void channel_block_f32(const float *x, int64_t rows, int64_t width, int64_t x_stride,
                              const float *scores, int64_t scores_stride, int32_t moments,
                              double *states, int64_t states_stride) {
  const struct row_chunk c = {x, false, rows, x_stride, NULL};
  const struct channel_scores from = {scores, scores_stride};
  const struct channel_states to = states_at(states, states_stride, moments);
  (moments > 1 ? channel_squares_f32 : channel_mean_f32)(&c, width, from, to);
}

static void channel_block_bf16(const uint16_t *x, int64_t rows, int64_t width, int64_t x_stride,
                               const float *scores, int64_t scores_stride, int32_t moments,
                               double *states, int64_t states_stride) {
  const struct row_chunk c = {x, true, rows, x_stride, NULL};
  const struct channel_scores from = {scores, scores_stride};
  const struct channel_states to = states_at(states, states_stride, moments);
  (moments > 1 ? channel_squares_bf16 : channel_mean_bf16)(&c, width, from, to);
}

/* Some columns of add_head_chunk. */
INLINE void add_head_columns(const struct row_chunk c, const struct moment_weights *w, int vectors,
                             struct lanes lanes, int64_t at, struct moments *m, bool first_chunk,
                             const struct channel_states to) {
  const int64_t columns = lanes.all ? vectors * VL : lanes.n;
  if (add_moments(c, w, false, vectors, lanes, at, true, m)) {
    add_chunk(m, columns, first_chunk, true, from_channel(to, at));
  } else {
    const struct chunk_place place = {at, false};
    add_chunk_again(&c, w, place, m, columns, first_chunk, from_channel(to, at));
  }
}

/* Adds the squares and sums of a chunk of rows, whose weights are the same for all columns. */
INLINE void add_head_chunk(const struct row_chunk c, const struct moment_weights *w, float sum,
                           int64_t width, bool first_chunk, const struct channel_states to) {
  const struct lanes all = {true, VL}, part = {false, (int)(width % VL)};
  struct moments m;
  for (int64_t d = 0; d < PANEL_COLUMNS; d++) {
    m.sum[d] = sum;
  }
  int64_t at = 0;
  for (; at + PANEL_COLUMNS <= width; at += PANEL_COLUMNS) {
    add_head_columns(c, w, PANEL_VECTORS, all, at, &m, first_chunk, to);
  }
  for (; at + VL <= width; at += VL) {
    add_head_columns(c, w, 1, all, at, &m, first_chunk, to);
  }
  if (at < width) {
    add_head_columns(c, w, 1, part, at, &m, first_chunk, to);
  }
}

NOINLINE void add_head_chunk_f32(const struct row_chunk *c, const struct moment_weights *w,
                                 float sum, int64_t width, bool first_chunk,
                                 const struct channel_states to) {
  const struct row_chunk f32 = {c->x, false, c->rows, c->stride, NULL};
  add_head_chunk(f32, w, sum, width, first_chunk, to);
}

NOINLINE void add_head_chunk_bf16(const struct row_chunk *c, const struct moment_weights *w,
                                  float sum, int64_t width, bool first_chunk,
                                  const struct channel_states to) {
  const struct row_chunk bf16 = {c->x, true, c->rows, c->stride, NULL};
  add_head_chunk(bf16, w, sum, width, first_chunk, to);
}

/* The states of one head's columns. */
INLINE void head_squares(const struct row_chunk x, int64_t width, const float *scores,
                         const struct channel_states to) {
  struct moment_weights w;
  float most = largest(scores, x.rows);
  if (most == -INFINITY) {
    clear_states(to, width);
    return;
  }
  for (int64_t d = 0; d < width; d++) {
    to.m[d] = most;
  }
  for (int64_t t = 0; t < x.rows; t += MOMENT_ROWS) {
    int64_t n = x.rows - t < MOMENT_ROWS ? x.rows - t : MOMENT_ROWS;
    const struct row_chunk c = {row_at(x.x, x.bf16, t * x.stride), x.bf16, n, x.stride, NULL};
    float sum = exp_and_sum(scores + t, n, most, w.all);
    (x.bf16 ? add_head_chunk_bf16 : add_head_chunk_f32)(&c, &w, sum, width, t == 0, to);
  }
}

INLINE void head_block(const struct row_chunk x, int64_t width, const float *scores,
                       int64_t scores_stride, int64_t heads, const struct channel_states to) {
  for (int64_t r = 0; r < heads; r++) {
    head_squares(x, width, scores + r * scores_stride, from_channel(to, r * width));
  }
}

static void head_moments_f32(const float *x, int64_t rows, int64_t width, int64_t x_stride,
                             const float *scores, int64_t scores_stride, int64_t heads,
                             double *states, int64_t states_stride) {
  const struct row_chunk c = {x, false, rows, x_stride, NULL};
  head_block(c, width, scores, scores_stride, heads, states_at(states, states_stride, 2));
}

static void head_moments_bf16(const uint16_t *x, int64_t rows, int64_t width, int64_t x_stride,
                              const float *scores, int64_t scores_stride, int64_t heads,
                              double *states, int64_t states_stride) {
  const struct row_chunk c = {x, true, rows, x_stride, NULL};
  head_block(c, width, scores, scores_stride, heads, states_at(states, states_stride, 2));
}

#endif
