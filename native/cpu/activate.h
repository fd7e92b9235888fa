/* Applies scale, bias, activation and gate to whole rows in memory. */
#ifndef ATTNPOOL_ACTIVATE_H
#define ATTNPOOL_ACTIVATE_H

#include "units.h"

INLINE void store_units(vf v, float *to, uint16_t *rounded, struct lanes lanes) {
  store_lanes(to, v, lanes);
  if (rounded == NULL) {
    return;
  }
  if (lanes.all) {
    vf_store_bf16(rounded, v);
  } else {
    vf_store_bf16_part(rounded, v, lanes.n);
  }
}

/* Writes the units of some rows. They may overwrite the hidden sums. */
INLINE void activate_rows(const float *hidden, int64_t rows, int64_t stride,
                          const struct unit_map map, float *to, int64_t to_stride,
                          uint16_t *rounded, int64_t rounded_stride) {
  const struct lanes all = {true, VL}, part = {false, (int)(map.units % VL)};
  for (int64_t t = 0; t < rows; t++) {
    const float *from = hidden + t * stride;
    float *row = to + t * to_stride;
    uint16_t *narrow = rounded != NULL ? rounded + t * rounded_stride : NULL;
    int64_t d = 0;
    for (; d + VL <= map.units; d += VL) {
      vf v = load_units(map, from, d, load_constants(map, d, all), all);
      store_units(v, row + d, narrow != NULL ? narrow + d : NULL, all);
    }
    if (d < map.units) {
      vf v = load_units(map, from, d, load_constants(map, d, part), part);
      store_units(v, row + d, narrow != NULL ? narrow + d : NULL, part);
    }
  }
}

/* Rows to activate in place. */
struct activate_job {
  float *x;
  int64_t rows;
  int64_t stride;
  uint16_t *rounded;
  int64_t rounded_stride;
};

#define MAKE_ACTIVATE(f)                                                              \
  NOINLINE void activate_##f(const struct activate_job *job, struct unit_map map) {   \
    map = with_bias_known(map);                                                       \
    map.has_scale = true;                                                             \
    map.activation = f;                                                               \
    map.gated = false;                                                                \
    activate_rows(job->x, job->rows, job->stride, map, job->x, job->stride,           \
                  job->rounded, job->rounded_stride);                                 \
  }
EACH_ACTIVATION(MAKE_ACTIVATE)
#undef MAKE_ACTIVATE

typedef void (*activate_copy)(const struct activate_job *, struct unit_map);

#define ACTIVATE_COPY(f) [f] = activate_##f,
static const activate_copy activate_copies[] = {EACH_ACTIVATION(ACTIVATE_COPY)};
#undef ACTIVATE_COPY

static void activate_f32(float *x, int64_t rows, int64_t width, int64_t x_stride,
                         const float *scale, const float *bias, int32_t activation,
                         uint16_t *rounded, int64_t rounded_stride) {
  const struct activate_job job = {x, rows, x_stride, rounded, rounded_stride};
  float zeros[VL], ones[VL];
  struct unit_map map = with_bias_or_zeros((struct unit_map){.units = width}, bias, zeros);
  activate_copies[activation](&job, with_scale_or_ones(map, scale, ones));
}

#endif
