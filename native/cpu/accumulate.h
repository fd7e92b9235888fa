/* context = weights . x over many rows. */
#ifndef ATTNPOOL_ACCUMULATE_H
#define ATTNPOOL_ACCUMULATE_H

#include "vec/vec.h"

#include <stdbool.h>
#include <string.h>

/*
 * Rows are added one after another to the float32 sum of their chunk, and chunks to the context. So
 * the rounding error grows with the size and the number of the chunks, not with the rows; with a
 * float64 context, with the size of a chunk alone. The order depends on the number of rows only,
 * never on addresses or strides. Memory is read as one plain stream, row after row. Reading several
 * rows at a time, or a column block of all rows, saves loads and stores of sums, but halves the
 * rate when x is not in cache.
 *
 * A float32 sum of finite rows may overflow, and 0 times infinity is NaN. So sums that are not
 * finite are made again in float64, without the rows of weight 0: see sum_again.
 */
#define CHUNK_ROWS 256

/* Columns summed at a time; their chunk sums take 4 KiB of stack. */
#define CHUNK_COLUMNS 1024

/* Rows of one chunk, float32 or bfloat16, and their weights. */
struct row_chunk {
  const void *x;
  bool bf16;
  int64_t rows;
  int64_t stride;
  const float *weights;
};

INLINE vf load_x(const struct row_chunk c, int64_t at) {
  return c.bf16 ? vf_load_bf16((const uint16_t *)c.x + at) : vf_load((const float *)c.x + at);
}

INLINE vf load_x_part(const struct row_chunk c, int64_t at, int n) {
  return c.bf16 ? vf_load_bf16_part((const uint16_t *)c.x + at, n)
                : vf_load_part((const float *)c.x + at, n);
}

/*
 * The sums of `vectors` vectors of columns and of n < VL more, all in registers. Every sum starts
 * from -0, the neutral element of addition, so that a single row of weight 1 comes out bit for
 * bit.
 */
INLINE void sum_in_registers(const struct row_chunk c, int vectors, int n, int64_t at,
                             float *sums) {
  vf sum[8], rest = vf_set1(-0.0f);
#pragma GCC unroll 8
  for (int j = 0; j < vectors; j++) {
    sum[j] = vf_set1(-0.0f);
  }
  for (int64_t t = 0; t < c.rows; t++) {
    vf weight = vf_set1(c.weights[t]);
    int64_t row = t * c.stride + at;
#pragma GCC unroll 8
    for (int j = 0; j < vectors; j++) {
      sum[j] = vf_fma(weight, load_x(c, row + j * VL), sum[j]);
    }
    if (n > 0) {
      rest = vf_fma(weight, load_x_part(c, row + vectors * VL, n), rest);
    }
  }
#pragma GCC unroll 8
  for (int j = 0; j < vectors; j++) {
    vf_store(sums + j * VL, sum[j]);
  }
  if (n > 0) {
    vf_store_part(sums + vectors * VL, rest, n);
  }
}

/* Costs nothing at run time. Without it the optimizer may interchange the loops around it. */
INLINE void keep_loop_order(void) { __asm__ volatile("" ::: "memory"); }

/*
 * As sum_in_registers for any number of vectors, with the sums in memory, where they stay in L1.
 * The plain countdown was the fastest loop of several: unrolled by 2, 4 or 8 it takes up to a third
 * longer.
 */
INLINE void sum_in_memory(const struct row_chunk c, int64_t vectors, int64_t at, float *sums) {
  for (int64_t d = 0; d < vectors * VL; d++) {
    sums[d] = -0.0f;
  }
  for (int64_t t = 0; t < c.rows; t++) {
    vf weight = vf_set1(c.weights[t]);
    int64_t from = t * c.stride + at;
    float *to = sums;
    for (int64_t left = vectors; left > 0; left--) {
      vf_store(to, vf_fma(weight, load_x(c, from), vf_load(to)));
      from += VL;
      to += VL;
    }
    keep_loop_order();
  }
}

INLINE void sum_columns(const struct row_chunk c, int64_t at, int64_t width, float *sums) {
  int64_t vectors = width / VL;
  int n = (int)(width % VL);
  switch (vectors) {
    case 0:
      sum_in_registers(c, 0, n, at, sums);
      break;
    case 1:
      sum_in_registers(c, 1, n, at, sums);
      break;
    case 2:
      sum_in_registers(c, 2, n, at, sums);
      break;
    case 3:
      sum_in_registers(c, 3, n, at, sums);
      break;
    case 4:
      sum_in_registers(c, 4, n, at, sums);
      break;
    case 5:
      sum_in_registers(c, 5, n, at, sums);
      break;
    case 6:
      sum_in_registers(c, 6, n, at, sums);
      break;
    case 7:
      sum_in_registers(c, 7, n, at, sums);
      break;
    case 8:
      sum_in_registers(c, 8, n, at, sums);
      break;
    default:
      sum_in_memory(c, vectors, at, sums);
      if (n > 0) {
        sum_in_registers(c, 0, n, at + vectors * VL, sums + vectors * VL);
      }
  }
}

NOINLINE void sum_chunk_f32(const struct row_chunk *c, int64_t at, int64_t width, float *sums) {
  const struct row_chunk f32 = {c->x, false, c->rows, c->stride, c->weights};
  sum_columns(f32, at, width, sums);
}

NOINLINE void sum_chunk_bf16(const struct row_chunk *c, int64_t at, int64_t width, float *sums) {
  const struct row_chunk bf16 = {c->x, true, c->rows, c->stride, c->weights};
  sum_columns(bf16, at, width, sums);
}

/* Sets sums to the weighted sum of the chunk's rows, columns at ... at + width - 1. */
INLINE void sum_chunk(const struct row_chunk *c, int64_t at, int64_t width, float *sums) {
  if (c->bf16) {
    sum_chunk_bf16(c, at, width, sums);
  } else {
    sum_chunk_f32(c, at, width, sums);
  }
}

/*
 * Whether a sum of all these lanes is finite: it is not if one of them is not, nor if they are so
 * large that it overflows.
 */
INLINE bool is_finite(const vf v[4]) {
  vf all[4] = {vf_add(vf_add(v[0], v[1]), vf_add(v[2], v[3])), vf_set1(0.0f), vf_set1(0.0f),
               vf_set1(0.0f)};
  float sums[4];
  vf_sum4(all, sums);
  return sums[0] - sums[0] == 0.0f;
}

/* As is_finite, for values in memory. */
INLINE bool all_finite(const float *values, int64_t n) {
  vf sum[4] = {vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f)};
  int64_t d = 0;
  for (; d + 4 * VL <= n; d += 4 * VL) {
    for (int j = 0; j < 4; j++) {
      sum[j] = vf_add(sum[j], vf_load(values + d + j * VL));
    }
  }
  for (; d + VL <= n; d += VL) {
    sum[0] = vf_add(sum[0], vf_load(values + d));
  }
  if (d < n) {
    sum[1] = vf_add(sum[1], vf_load_part(values + d, (int)(n - d)));
  }
  return is_finite(sum);
}

INLINE float element_of(const struct row_chunk *c, int64_t at) {
  if (!c->bf16) {
    return ((const float *)c->x)[at];
  }
  uint32_t bits = (uint32_t)((const uint16_t *)c->x)[at] << 16;
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/*
 * Makes the sums that are not finite again, in float64, where no sum of finite rows overflows. A
 * row of weight 0 adds nothing, even if it is infinite. The others stay as they are, so that the
 * bits of a column do not depend on its neighbours.
 */
NOINLINE void sum_again(const struct row_chunk *c, int64_t at, int64_t columns, const float *sums,
                        double *again) {
  for (int64_t d = 0; d < columns; d++) {
    again[d] = -0.0;
  }
  for (int64_t t = 0; t < c->rows; t++) {
    if (c->weights[t] != 0.0f) {
      for (int64_t d = 0; d < columns; d++) {
        again[d] += (double)c->weights[t] * element_of(c, t * c->stride + at + d);
      }
    }
  }
  for (int64_t d = 0; d < columns; d++) {
    again[d] = sums[d] - sums[d] == 0.0f ? sums[d] : again[d];
  }
}

/* Adds the weighted sum of one chunk to the context; the first chunk overwrites it. */
INLINE void accumulate_f32(const struct row_chunk c, bool first_chunk, int64_t width,
                           float *context) {
  _Alignas(64) float sums[CHUNK_COLUMNS];
  for (int64_t at = 0; at < width; at += CHUNK_COLUMNS) {
    int64_t columns = width - at < CHUNK_COLUMNS ? width - at : CHUNK_COLUMNS;
    float *to = first_chunk ? context + at : sums;
    sum_chunk(&c, at, columns, to);
    if (!all_finite(to, columns)) {
      double again[CHUNK_COLUMNS];
      sum_again(&c, at, columns, to, again);
      for (int64_t d = 0; d < columns; d++) {
        to[d] = (float)again[d];
      }
    }
    for (int64_t d = 0; !first_chunk && d < columns; d++) {
      context[at + d] += sums[d];
    }
  }
}

NOINLINE void add_sums_again(const struct row_chunk *c, int64_t at, int64_t columns,
                             const float *sums, bool first_chunk, double *to) {
  double again[CHUNK_COLUMNS];
  sum_again(c, at, columns, sums, again);
  for (int64_t d = 0; d < columns; d++) {
    to[d] = first_chunk ? again[d] : to[d] + again[d];
  }
}

/* As accumulate_f32, for a float64 context. */
INLINE void accumulate_f64(const struct row_chunk c, bool first_chunk, int64_t width,
                           double *context) {
  _Alignas(64) float sums[CHUNK_COLUMNS];
  for (int64_t at = 0; at < width; at += CHUNK_COLUMNS) {
    int64_t columns = width - at < CHUNK_COLUMNS ? width - at : CHUNK_COLUMNS;
    double *to = context + at;
    sum_chunk(&c, at, columns, sums);
    if (!all_finite(sums, columns)) {
      add_sums_again(&c, at, columns, sums, first_chunk, to);
    } else if (first_chunk) {
      for (int64_t d = 0; d < columns; d++) {
        to[d] = sums[d];
      }
    } else {
      for (int64_t d = 0; d < columns; d++) {
        to[d] += sums[d];
      }
    }
  }
}

#endif
