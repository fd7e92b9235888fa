/* Partial softmax states of tiles. */
#ifndef ATTNPOOL_CUDA_POOL_H
#define ATTNPOOL_CUDA_POOL_H

#include "partial.h"

#define TILE_ROWS ATTNPOOL_CUDA_TILE_ROWS

/* Heads that share each read of a row: at most one per warp. */
#define POOL_HEADS 4

/* Rows that a thread loads before it needs the first. */
#define POOL_ROWS 8

struct pool_job {
  const void *x;
  int64_t x_stride;
  int64_t rows;
  int32_t width;
  bool x_aligned;
  bool weights; /* the values are weights, not scores */
  int32_t heads;
  const float *values;
  int64_t values_stride;
  const int64_t *tile_rows;
  float *max_sum;
  float *context;
  int32_t lane_bits;    /* 3, 4 or 5, for 8 to 32 lanes that share a row, four columns each */
  uint32_t slices;      /* blocks side by side over the columns */
  uint32_t head_groups; /* blocks for the same columns, one after another */
};

/* What one thread works on: four columns of every step-th row of a tile. */
struct pool_place {
  int64_t tile;
  int64_t first; /* row */
  int rows;
  int row; /* the thread's first row, from the tile's first */
  int step;
  int first_column; /* of the block */
  int column;
  int head;
  int heads; /* at least 1 */
  bool writes_max_sum;
};

INLINE struct pool_place find_pool_place(const struct pool_job *job, int block_heads) {
  struct pool_place place;
  const uint32_t block = block_index() / job->head_groups;
  place.head = (int)(block_index() % job->head_groups) * block_heads;
  place.heads = job->heads - place.head < block_heads ? job->heads - place.head : block_heads;
  const int slice = (int)(block % job->slices);
  place.tile = block / job->slices;
  place.first = job->tile_rows[place.tile] - job->tile_rows[0];
  place.rows = (int)(job->tile_rows[place.tile + 1] - job->tile_rows[place.tile]);
  expect(place.rows > 0 && place.rows <= TILE_ROWS, "a tile has no rows or too many");
  expect(place.first >= 0 && place.first + place.rows <= job->rows, "tile_rows go beyond the rows");
  place.row = thread_index() >> job->lane_bits;
  place.step = BLOCK_THREADS >> job->lane_bits;
  place.first_column = slice * (QUAD << job->lane_bits);
  place.column =
      place.first_column + (thread_index() & ((1 << job->lane_bits) - 1)) * QUAD;
  place.writes_max_sum = slice == 0;
  return place;
}

/* Loads the thread's rows from that one on, at most POOL_ROWS. */
INLINE void load_rows(const struct pool_job *job, const struct pool_place *place, int32_t type,
                      int row, struct quad *x) {
  const int rows = (place->rows - row + place->step - 1) >> (BLOCK_BITS - job->lane_bits);
  load_quads(job->x, type, (place->first + row) * job->x_stride + place->column,
             place->step * job->x_stride, POOL_ROWS, rows, job->width - place->column,
             job->x_aligned, x);
}

/*
 * One warp computes a head's weights exp(e - m), each lane for every 32nd row. The lanes' sums are
 * added pairwise, distant lanes first. Returns m, and the partial_scale of the head's context.
 */
INLINE float weigh_rows(const struct pool_job *job, const struct pool_place *place, int head,
                        float *weights, float *scale) {
  const int lane = thread_index() % WARP_THREADS;
  const float *values = job->values + head * job->values_stride + place->first;
  float e[TILE_ROWS / WARP_THREADS], m = -INFINITY, s = 0.0f;
  UNROLL for (int i = 0; i < TILE_ROWS / WARP_THREADS; i++) {
    int t = lane + i * WARP_THREADS;
    e[i] = t < place->rows ? values[t] : job->weights ? 0.0f : -INFINITY;
    m = larger(m, e[i]);
  }
  UNROLL for (int apart = WARP_THREADS / 2; apart > 0; apart /= 2) {
    m = larger(m, lane_xor(m, apart));
  }
  UNROLL for (int i = 0; i < TILE_ROWS / WARP_THREADS; i++) {
    float weight = m == -INFINITY ? 0.0f : exp_f32(e[i] - m);
    weights[lane + i * WARP_THREADS] = job->weights ? e[i] : weight;
    s += weight;
  }
  UNROLL for (int apart = WARP_THREADS / 2; apart > 0; apart /= 2) {
    s += lane_xor(s, apart);
  }
  m = job->weights ? 0.0f : m;
  *scale = job->weights ? 1.0f : partial_scale(s);
  if (lane == 0 && place->writes_max_sum) {
    float *max_sum = job->max_sum + (place->tile * job->heads + head) * 2;
    max_sum[0] = m;
    max_sum[1] = job->weights ? 1.0f : s;
  }
  return m;
}

/* sums += weights * x, row after row. */
INLINE void add_rows(const struct pool_place *place, int32_t type, int row, const struct quad *x,
                     int heads, float (*weights)[TILE_ROWS], float *sums) {
  UNROLL for (int i = 0; i < POOL_ROWS; i++) {
    int t = row + i * place->step;
    if (t < place->rows) {
      UNROLL for (int h = 0; h < heads; h++) {
        UNROLL for (int j = 0; j < QUAD; j++) {
          sums[h * QUAD + j] =
              fmaf(weights[h][t], quad_element(x[i], type, j), sums[h * QUAD + j]);
        }
      }
    }
  }
}

/*
 * A thread's sum of a column again in float64, where no sum of finite rows overflows, and without
 * the rows of weight 0, which add nothing even if they are infinite. at is the column in the
 * thread's first row; rows are `step` apart in the weights and `stride` elements in x.
 */
SELDOM double sum_again(const void *x, int32_t type, int64_t at, int64_t stride,
                        const float *weights, int row, int rows, int step) {
  double sum = -0.0;
  for (int t = row; t < rows; t += step) {
    if (weights[t] != 0.0f) {
      sum += (double)weights[t] * (double)quad_element(load_quad(x, type, at, 1, false), type, 0);
    }
    at += stride;
  }
  return sum;
}

/* A thread's sum of column place->column + j for one head, times that head's scale. */
INLINE float scaled_sum(const struct pool_job *job, const struct pool_place *place, int32_t type,
                        int j, const float *weights, float sum, float scale) {
  if (is_finite(sum) || place->column + j >= job->width) {
    return sum * scale;
  }
  const int64_t at = (place->first + place->row) * job->x_stride + place->column + j;
  return (float)(sum_again(job->x, type, at, place->step * job->x_stride, weights, place->row,
                           place->rows, place->step) *
                 (double)scale);
}

/*
 * The kernel. heads, the heads of a block, is 1 or POOL_HEADS. One thread sums rows t, t + step,
 * ...; the threads' sums are added in the order of t. Sums start from -0, the neutral element of
 * addition, so that a single row of weight 1 comes out bit for bit.
 */
INLINE void pool(const struct pool_job *job, int32_t type, int heads) {
  SHARED float weights[POOL_HEADS][TILE_ROWS];
  SHARED float largest[POOL_HEADS];
  SHARED float scale[POOL_HEADS];
  SHARED float shares[BLOCK_THREADS * QUAD];
  const struct pool_place place = find_pool_place(job, heads);
  struct quad x[POOL_ROWS];
  load_rows(job, &place, type, place.row, x); /* in flight while the weights are computed */
  int warp = thread_index() / WARP_THREADS;
  if (warp < place.heads) {
    float warp_scale;
    largest[warp] = weigh_rows(job, &place, place.head + warp, weights[warp], &warp_scale);
    scale[warp] = warp_scale; /* all lanes write the same */
  }
  wait_for_block();
  float sums[POOL_HEADS * QUAD];
  UNROLL for (int i = 0; i < heads * QUAD; i++) {
    sums[i] = -0.0f;
  }
  for (int t = place.row; t < place.rows; t += POOL_ROWS * place.step) {
    if (t > place.row) {
      load_rows(job, &place, type, t, x);
    }
    add_rows(&place, type, t, x, heads, weights, sums);
  }
  UNROLL for (int h = 0; h < heads; h++) {
    UNROLL for (int j = 0; j < QUAD; j++) {
      shares[thread_index() * QUAD + j] =
          h < place.heads
              ? scaled_sum(job, &place, type, j, weights[h], sums[h * QUAD + j], scale[h])
              : 0.0f;
    }
    wait_for_block();
    const int columns = QUAD << job->lane_bits;
    const int column = place.first_column + thread_index();
    if (thread_index() < columns && column < job->width && h < place.heads) {
      float sum = shares[thread_index()];
      for (int i = 1; i < place.step; i++) {
        sum += shares[i * columns + thread_index()];
      }
      job->context[(place.tile * job->heads + place.head + h) * job->width + column] =
          largest[h] == -INFINITY ? 0.0f : sum;
    }
    wait_for_block();
  }
}

#endif
