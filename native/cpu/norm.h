/* Layer normalisation of rows in place. */
#ifndef ATTNPOOL_NORM_H
#define ATTNPOOL_NORM_H

#include "activate.h"

#include <float.h>

/* Rows that are summed at a time, each in the same order whatever their number is. */
#define NORM_ROWS 4

/* Rows whose `units` from x on are one group, and what follows its normalisation. */
struct norm_job {
  float *x;
  int64_t stride;
  double epsilon;
  uint16_t *rounded;
  int64_t rounded_stride;
};

/*
 * mean is the rounded mean of a row, rest what is missing to it: the mean of what is left when it
 * is subtracted. So a large mean takes no digits from the result. factor = 1 / sqrt(var + epsilon).
 */
struct norm_moments {
  float mean[NORM_ROWS];
  float rest[NORM_ROWS];
  float factor[NORM_ROWS];
};

INLINE void add_rows(const struct norm_job *job, int n, int64_t d, struct lanes lanes, vf *sum) {
#pragma GCC unroll 4
  for (int r = 0; r < n; r++) {
    sum[r] = vf_add(sum[r], load_lanes(job->x + r * job->stride + d, lanes));
  }
}

/* present is 1, and 0 in missing lanes, from which the mean must not be subtracted. */
INLINE void add_deviations(const struct norm_job *job, int n, int64_t d, struct lanes lanes,
                           vf present, const float *mean, vf *sum, vf *squares) {
#pragma GCC unroll 4
  for (int r = 0; r < n; r++) {
    vf x = load_lanes(job->x + r * job->stride + d, lanes);
    x = vf_sub(x, vf_mul(present, vf_set1(mean[r])));
    sum[r] = vf_add(sum[r], x);
    squares[r] = vf_fma(x, x, squares[r]);
  }
}

INLINE void clear_sums(vf *sum) {
#pragma GCC unroll 4
  for (int r = 0; r < NORM_ROWS; r++) {
    sum[r] = vf_set1(0.0f);
  }
}

/* A row whose squares exceed float32: normalised in place by float64, with no other step. */
NOINLINE void normalize_far_row(float *x, int64_t columns, double epsilon) {
  double sum = 0.0, squares = 0.0;
  for (int64_t d = 0; d < columns; d++) {
    sum += x[d];
  }
  double mean = sum / (double)columns;
  for (int64_t d = 0; d < columns; d++) {
    squares += (x[d] - mean) * (x[d] - mean);
  }
  double deviation = __builtin_sqrt(squares / (double)columns + epsilon);
  for (int64_t d = 0; d < columns; d++) {
    x[d] = (float)((x[d] - mean) / deviation);
  }
}

INLINE struct norm_moments moments_of_rows(const struct norm_job *job, int n, int64_t columns) {
  const struct lanes all = {true, VL}, part = {false, (int)(columns % VL)};
  float ones[VL], sums[NORM_ROWS], squares[NORM_ROWS];
  struct norm_moments moments;
  vf sum[NORM_ROWS], square[NORM_ROWS];
  vf_store(ones, vf_set1(1.0f));
  clear_sums(sum);
  int64_t d = 0;
  for (; d + VL <= columns; d += VL) {
    add_rows(job, n, d, all, sum);
  }
  if (d < columns) {
    add_rows(job, n, d, part, sum);
  }
  vf_sum4(sum, sums);
  for (int r = 0; r < n; r++) {
    moments.mean[r] = sums[r] / (float)columns;
  }
  clear_sums(sum);
  clear_sums(square);
  for (d = 0; d + VL <= columns; d += VL) {
    add_deviations(job, n, d, all, vf_set1(1.0f), moments.mean, sum, square);
  }
  if (d < columns) {
    vf present = vf_load_part(ones, part.n);
    add_deviations(job, n, d, part, present, moments.mean, sum, square);
  }
  vf_sum4(sum, sums);
  vf_sum4(square, squares);
  for (int r = 0; r < n; r++) {
    double rest = (double)sums[r] / (double)columns;
    double variance = (double)squares[r] / (double)columns - rest * rest;
    variance = variance < 0.0 ? 0.0 : variance; /* NaN stays */
    moments.rest[r] = (float)rest;
    moments.factor[r] = (float)(1.0 / __builtin_sqrt(variance + job->epsilon));
    if (!(variance <= DBL_MAX)) {
      normalize_far_row(job->x + r * job->stride, columns, job->epsilon);
      moments.mean[r] = moments.rest[r] = 0.0f;
      moments.factor[r] = 1.0f;
    }
  }
  return moments;
}

INLINE void normalize(const struct norm_job *job, int n, const struct unit_map map, int64_t d,
                      struct lanes lanes, const struct norm_moments *moments) {
  struct unit_constants constants = load_constants(map, d, lanes);
#pragma GCC unroll 4
  for (int r = 0; r < n; r++) {
    float *to = job->x + r * job->stride + d;
    vf x = vf_sub(load_lanes(to, lanes), vf_set1(moments->mean[r]));
    x = vf_mul(vf_sub(x, vf_set1(moments->rest[r])), vf_set1(moments->factor[r]));
    vf y = activated(shifted(map, x, constants), map.activation);
    uint16_t *narrow = job->rounded;
    store_units(y, to, narrow != NULL ? narrow + r * job->rounded_stride + d : NULL, lanes);
  }
}

INLINE void normalize_rows(const struct norm_job *job, int n, const struct unit_map map) {
  const struct lanes all = {true, VL}, part = {false, (int)(map.units % VL)};
  struct norm_moments moments = moments_of_rows(job, n, map.units);
  int64_t d = 0;
  for (; d + VL <= map.units; d += VL) {
    normalize(job, n, map, d, all, &moments);
  }
  if (d < map.units) {
    normalize(job, n, map, d, part, &moments);
  }
}

/* One group of all rows. */
INLINE void normalize_group(struct norm_job job, int64_t rows, struct unit_map map,
                            int32_t activation) {
  map = with_bias_known(map);
  map.has_scale = true;
  map.activation = activation;
  map.gated = false;
  int64_t t = 0;
  for (; t + NORM_ROWS <= rows; t += NORM_ROWS) {
    normalize_rows(&job, NORM_ROWS, map);
    job.x += NORM_ROWS * job.stride;
    job.rounded += job.rounded != NULL ? NORM_ROWS * job.rounded_stride : 0;
  }
  for (; t < rows; t++) {
    normalize_rows(&job, 1, map);
    job.x += job.stride;
    job.rounded += job.rounded != NULL ? job.rounded_stride : 0;
  }
}

#define MAKE_NORM(f)                                                 \
  NOINLINE void norm_##f(const struct norm_job *job, int64_t rows,   \
                         const struct unit_map map) {                \
    normalize_group(*job, rows, map, f);                             \
  }
EACH_ACTIVATION(MAKE_NORM)
#undef MAKE_NORM

typedef void (*norm_copy)(const struct norm_job *, int64_t, struct unit_map);

#define NORM_COPY(f) [f] = norm_##f,
static const norm_copy norm_copies[] = {EACH_ACTIVATION(NORM_COPY)};
#undef NORM_COPY

static void layer_norm_f32(float *x, int64_t rows, int64_t groups, int64_t columns,
                           int64_t x_stride, const float *weight, const float *bias,
                           double epsilon, int32_t activation, uint16_t *rounded,
                           int64_t rounded_stride) {
  float zeros[VL], ones[VL];
  for (int64_t g = 0; rows > 0 && columns > 0 && g < groups; g++) {
    int64_t at = g * columns;
    struct unit_map map = {.units = columns};
    map = with_bias_or_zeros(map, bias != NULL ? bias + at : NULL, zeros);
    map = with_scale_or_ones(map, weight != NULL ? weight + at : NULL, ones);
    const struct norm_job job = {x + at, x_stride, epsilon,
                                 rounded != NULL ? rounded + at : NULL, rounded_stride};
    norm_copies[activation](&job, rows, map);
  }
}

#endif
