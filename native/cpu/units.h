/* Turns rows of hidden sums into the units that are scored: scale, bias, activation, gate. */
#ifndef ATTNPOOL_UNITS_H
#define ATTNPOOL_UNITS_H

#include "activation.h"

#include <stdbool.h>
#include <stddef.h>

/* has_scale, has_bias, activation and gated are constants wherever this is inlined. */
struct unit_map {
  int64_t units;
  bool has_scale;
  const float *scale;
  int64_t scale_mask; /* as bias_mask, with VL ones */
  bool has_bias;
  const float *bias;
  int64_t bias_mask; /* for the offset into bias: -1, or 0 to read the same VL zeros always */
  const float *gate_bias;
  int32_t activation;
  bool gated;
};

/* Whether the units are the hidden sums, unchanged. */
INLINE bool is_plain(const struct unit_map map) {
  return !map.has_scale && !map.has_bias && !map.gated && map.activation == ATTNPOOL_IDENTITY;
}

/* VL units, or the last n < VL units, where the other lanes are 0. */
struct lanes {
  bool all;
  int n;
};

INLINE vf load_lanes(const float *p, struct lanes lanes) {
  return lanes.all ? vf_load(p) : vf_load_part(p, lanes.n);
}

INLINE void store_lanes(float *p, vf v, struct lanes lanes) {
  if (lanes.all) {
    vf_store(p, v);
  } else {
    vf_store_part(p, v, lanes.n);
  }
}

/*
 * Gives the map a bias where there is none: -0, which changes no value, so that the loops need no
 * second copy. zeros has VL floats and lives as long as the map.
 */
INLINE struct unit_map with_bias_or_zeros(struct unit_map map, const float *bias, float *zeros) {
  vf_store(zeros, vf_set1(-0.0f));
  map.has_bias = true;
  map.bias = bias != NULL ? bias : zeros;
  map.bias_mask = bias != NULL ? -1 : 0;
  return map;
}

/* Likewise a scale: 1, which changes no value either. */
INLINE struct unit_map with_scale_or_ones(struct unit_map map, const float *scale, float *ones) {
  vf_store(ones, vf_set1(1.0f));
  map.has_scale = true;
  map.scale = scale != NULL ? scale : ones;
  map.scale_mask = scale != NULL ? -1 : 0;
  return map;
}

/* Shows the compiler that the map has a bias. */
INLINE struct unit_map with_bias_known(struct unit_map map) {
  map.has_bias = true;
  return map;
}

/* What one vector of units is computed with, loaded once for several rows. */
struct unit_constants {
  vf scale;
  vf bias;
  vf gate;
};

INLINE struct unit_constants load_constants(const struct unit_map map, int64_t d,
                                            struct lanes lanes) {
  vf none = vf_set1(0.0f);
  return (struct unit_constants){
      map.has_scale ? load_lanes(map.scale + (d & map.scale_mask), lanes) : none,
      map.has_bias ? load_lanes(map.bias + (d & map.bias_mask), lanes) : none,
      map.gated ? load_lanes(map.gate_bias + d, lanes) : none,
  };
}

/* x scale + bias, as far as the map has them. */
INLINE vf shifted(const struct unit_map map, vf x, const struct unit_constants constants) {
  if (map.has_scale) {
    return vf_fma(x, constants.scale, map.has_bias ? constants.bias : vf_set1(-0.0f));
  }
  return map.has_bias ? vf_add(x, constants.bias) : x;
}

/* One vector of units, from unit d on, of a row of hidden sums. */
INLINE vf load_units(const struct unit_map map, const float *hidden, int64_t d,
                     const struct unit_constants constants, struct lanes lanes) {
  vf x = shifted(map, load_lanes(hidden + d, lanes), constants);
  if (!map.gated) {
    return activated(x, map.activation);
  }
  vf gate = load_lanes(hidden + map.units + d, lanes);
  return gated(x, vf_add(gate, constants.gate), map.activation);
}

#endif
