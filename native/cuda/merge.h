/* Merges the states of tiles into those of their sequences. */
#ifndef ATTNPOOL_CUDA_MERGE_H
#define ATTNPOOL_CUDA_MERGE_H

#include "partial.h"

/* Tiles merged at a time: each thread finds the factors of one. */
#define MERGE_TILES BLOCK_THREADS

/* Columns per block when many tiles are merged: all threads load, one warp adds. */
#define MERGE_COLUMNS WARP_THREADS

struct merge_job {
  const float *partial_max_sum;
  const float *partial_context;
  int64_t first_tile;
  int64_t tiles;
  int32_t width;
  int32_t heads;
  uint32_t slices; /* blocks side by side over the columns */
  bool weights;
  bool resume;
  bool writes_max_sum;
  float epsilon;
  const int64_t *sequence_tiles;
  double *max_sum;
  double *state_context; /* or NULL */
  float *context;        /* or NULL */
};

/* What a block works on: some columns of one head of a sequence, and the tiles of this call. */
struct merge_place {
  int64_t state;
  int64_t from; /* first tile */
  int64_t to;
  int head;
  int column; /* of the thread; -1 if it adds none */
  bool first; /* whether it is the first block of the state */
};

/*
 * What the threads share. The state of a tile is multiplied by add, and the sum so far by keep. One
 * of the two is 1; but add has what undoes the partial_scale of the tile's context besides, and
 * s is multiplied by that scale instead, which changes no bits.
 */
struct merge_factors {
  double keep[MERGE_TILES];
  double add[MERGE_TILES];
  float s[MERGE_TILES];
  float largest[BLOCK_WARPS];
  float m;
  double sum;
};

INLINE struct merge_place find_merge_place(const struct merge_job *job, int columns) {
  struct merge_place place;
  const uint32_t slice = block_index() % job->slices, state = block_index() / job->slices;
  const int column = (int)slice * columns + thread_index();
  const int64_t *range = job->sequence_tiles + state / (uint32_t)job->heads;
  expect(range[0] <= range[1], "sequence_tiles do not ascend");
  place.state = state;
  place.head = (int)(state % (uint32_t)job->heads);
  place.from = range[0] - job->first_tile;
  place.to = range[1] - job->first_tile;
  place.from = place.from < 0 ? 0 : place.from;
  place.to = place.to > job->tiles ? job->tiles : place.to;
  place.column = thread_index() < columns && column < job->width ? column : -1;
  place.first = slice == 0;
  return place;
}

/* exp(x - m) for x <= m, and 1 for x = m even if both are infinite. */
INLINE double merge_factor(float x, float m) {
  return x == m ? 1.0 : x == -INFINITY ? 0.0 : exp((double)x - (double)m);
}

/* The largest value among this lane and those below it. */
INLINE float largest_so_far(float m) {
  UNROLL for (int lanes = 1; lanes < WARP_THREADS; lanes *= 2) {
    m = larger(m, lane_below(m, lanes));
  }
  return m;
}

/* The factors of each thread's tile, from the largest scores up to this tile and before it. */
INLINE void find_factors(const struct merge_job *job, const struct merge_place *place, int64_t tile,
                         struct merge_factors *factors) {
  const int thread = thread_index(), warp = thread / WARP_THREADS;
  float own = -INFINITY, s = 0.0f;
  if (tile + thread < place->to) {
    const float *max_sum =
        job->partial_max_sum + ((tile + thread) * job->heads + place->head) * 2;
    own = max_sum[0];
    s = max_sum[1];
  }
  const float so_far = largest_so_far(own);
  float before = lane_below(so_far, 1);
  before = thread % WARP_THREADS == 0 ? -INFINITY : before;
  if (thread % WARP_THREADS == WARP_THREADS - 1) {
    factors->largest[warp] = so_far;
  }
  wait_for_block();
  before = larger(factors->m, before);
  for (int i = 0; i < warp; i++) {
    before = larger(before, factors->largest[i]);
  }
  const float m = larger(before, own);
  factors->keep[thread] = merge_factor(before, m);
  /* An empty state adds -0, which does not even change the sign of a zero. */
  const float scale = partial_scale(s);
  factors->add[thread] = own == -INFINITY ? -0.0 : merge_factor(own, m) / (double)scale;
  factors->s[thread] = s * scale;
  wait_for_block();
  if (thread == BLOCK_THREADS - 1) {
    factors->m = m;
  }
}

/* The first thread adds up the sums. */
INLINE void add_sums(int count, struct merge_factors *factors) {
  if (thread_index() == 0) {
    double sum = factors->sum;
    for (int i = 0; i < count; i++) {
      sum = fma(sum, factors->keep[i], factors->s[i] * factors->add[i]);
    }
    factors->sum = sum;
  }
}

/* Returns context plus the contexts of `count` tiles, added one after another. */
INLINE double add_contexts(const float *tiles, int64_t stride, int count,
                           const struct merge_factors *factors, double context) {
  int i = 0;
  for (; i + 8 <= count; i += 8) {
    float next[8]; /* all in flight before the first is added */
    UNROLL for (int j = 0; j < 8; j++) {
      next[j] = tiles[(i + j) * stride];
    }
    UNROLL for (int j = 0; j < 8; j++) {
      context = fma(context, factors->keep[i + j], next[j] * factors->add[i + j]);
    }
  }
  for (; i < count; i++) {
    context = fma(context, factors->keep[i], tiles[i * stride] * factors->add[i]);
  }
  return context;
}

/*
 * As add_contexts if a context is not finite: where exp(m - M) is below 2^-126, rows have weight 0,
 * and then even infinite ones add nothing. max_sum is that of the first tile.
 */
SELDOM double add_contexts_again(const float *tiles, int64_t stride, int count,
                                 const float *max_sum, int heads,
                                 const struct merge_factors *factors, double context) {
  for (int i = 0; i < count; i++) {
    const double scale = partial_scale(max_sum[(int64_t)i * heads * 2 + 1]);
    const double next = tiles[i * stride], keep = factors->keep[i], add = factors->add[i];
    const bool drops = keep < FLT_MIN && !is_finite(context);
    const bool drops_next = add * scale < FLT_MIN && !is_finite(next);
    context = fma(drops ? 0.0 : context, keep, drops_next ? 0.0 : next * add);
  }
  return context;
}

/* Loads this block's columns of some tiles, with all threads. */
INLINE void stage_contexts(const float *tiles, int64_t stride, int count, int columns,
                           float (*staged)[MERGE_COLUMNS]) {
  const int lane = thread_index() % WARP_THREADS;
  UNROLL for (int i = 0; i < MERGE_TILES / BLOCK_WARPS; i++) {
    const int tile = thread_index() / WARP_THREADS + i * BLOCK_WARPS;
    if (tile < count && lane < columns) {
      staged[tile][lane] = tiles[tile * stride + lane];
    }
  }
}

INLINE void write_state(const struct merge_job *job, const struct merge_place *place,
                        const struct merge_factors *factors, double context) {
  const double m = factors->m, sum = factors->sum;
  const bool empty = factors->m == -INFINITY;
  if (place->first && job->writes_max_sum && thread_index() == 0) {
    job->max_sum[place->state * 2] = m;
    job->max_sum[place->state * 2 + 1] = empty ? 0.0 : sum;
  }
  if (place->column < 0) {
    return;
  }
  const int64_t at = place->state * job->width + place->column;
  if (job->state_context != NULL) {
    job->state_context[at] = empty ? 0.0 : context;
  }
  if (job->context != NULL) {
    const double divisor = job->epsilon == 0.0f ? sum : sum + job->epsilon * exp(-m);
    job->context[at] = empty ? 0.0f : (float)(job->weights ? context : context / divisor);
  }
}

/*
 * The kernel. The sum of a column over tiles is a chain of one fused multiply-add per tile, a few
 * cycles each. many: all threads first bring the columns into shared memory, so that the chain does
 * not wait for memory. Otherwise each thread has a column.
 */
INLINE void merge(const struct merge_job *job, bool many) {
  SHARED struct merge_factors factors;
  SHARED float staged[MERGE_TILES][MERGE_COLUMNS];
  const int columns = many ? MERGE_COLUMNS : BLOCK_THREADS;
  const struct merge_place place = find_merge_place(job, columns);
  const int first_column = (int)(block_index() % job->slices) * columns;
  const int64_t stride = (int64_t)job->heads * job->width;
  const bool resumed = job->resume;
  if (thread_index() == 0) {
    factors.m = resumed ? (float)job->max_sum[place.state * 2] : -INFINITY;
    factors.sum = resumed ? job->max_sum[place.state * 2 + 1] : 0.0;
  }
  wait_for_block();
  double context = -0.0; /* of an empty state, whose context is 0 in memory */
  if (resumed && place.column >= 0 && factors.m != -INFINITY) {
    context = job->state_context[place.state * job->width + place.column];
  }
  for (int64_t tile = place.from; tile < place.to; tile += MERGE_TILES) {
    const int count = place.to - tile < MERGE_TILES ? (int)(place.to - tile) : MERGE_TILES;
    const float *tiles = job->partial_context + (tile * job->heads + place.head) * job->width;
    if (many) {
      stage_contexts(tiles + first_column, stride, count, job->width - first_column, staged);
    }
    find_factors(job, &place, tile, &factors);
    add_sums(count, &factors);
    if (place.column >= 0) {
      const float *columns_at = many ? &staged[0][thread_index()] : tiles + place.column;
      const int64_t apart = many ? MERGE_COLUMNS : stride;
      const double added = add_contexts(columns_at, apart, count, &factors, context);
      context = is_finite(added)
                    ? added
                    : add_contexts_again(
                          columns_at, apart, count,
                          job->partial_max_sum + (tile * job->heads + place.head) * 2, job->heads,
                          &factors, context);
    }
    wait_for_block();
  }
  write_state(job, &place, &factors, context);
}

#endif
