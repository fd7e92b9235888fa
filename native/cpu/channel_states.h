/*
 * States of channels, each a softmax with the moments of its rows: their merging, and what they are
 * finished to.
 */
#ifndef ATTNPOOL_CHANNEL_STATES_H
#define ATTNPOOL_CHANNEL_STATES_H

#include "pool_heads.h"
#include "state.h"
#include "units.h"

#include <float.h>

/* Channels at a time: as many vectors as pool_heads.h has in a panel. */
#define PANEL_COLUMNS (PANEL_VECTORS * VL)

/* States of channels, one array after the other: see attnpool.h. */
struct channel_states {
  double *m;
  double *s;
  double *first;
  double *second; /* NULL for one moment */
};

INLINE struct channel_states states_at(double *states, int64_t stride, int32_t moments) {
  return (struct channel_states){states, states + stride, states + 2 * stride,
                                 moments > 1 ? states + 3 * stride : NULL};
}

INLINE struct channel_states from_channel(const struct channel_states states, int64_t channel) {
  return (struct channel_states){states.m + channel, states.s + channel, states.first + channel,
                                 states.second != NULL ? states.second + channel : NULL};
}

/*
 * What two sets of rows with sums a and b of weights, and sums of weighed x, have more than their
 * own squares: a b / (a + b) times the square of the difference of their means (Chan, Golub and
 * LeVeque, 1983).
 */
INLINE double squares_between(double a, double first_a, double b, double first_b) {
  double difference = first_a * b - first_b * a;
  /* A set without weight makes 0 / DBL_MIN; otherwise DBL_MIN is lost in the rounding. */
  return difference * difference / (a * b * (a + b) + DBL_MIN);
}

/* The states of channels without rows, or whose scores are all -infinity. */
INLINE void clear_states(const struct channel_states states, int64_t channels) {
  for (int64_t d = 0; d < channels; d++) {
    states.m[d] = -INFINITY;
    states.s[d] = states.first[d] = 0.0;
    if (states.second != NULL) {
      states.second[d] = 0.0;
    }
  }
}

/* States that are merged at a time: copies, which the compiler knows to be apart. */
#define MERGE_CHANNELS 64

struct merge_strip {
  double m[MERGE_CHANNELS], s[MERGE_CHANNELS], first[MERGE_CHANNELS], second[MERGE_CHANNELS];
};

INLINE void load_strip(const struct channel_states from, int64_t n, struct merge_strip *strip) {
  size_t bytes = (size_t)n * sizeof(double);
  memcpy(strip->m, from.m, bytes);
  memcpy(strip->s, from.s, bytes);
  memcpy(strip->first, from.first, bytes);
  if (from.second != NULL) {
    memcpy(strip->second, from.second, bytes);
  }
}

INLINE void store_strip(const struct merge_strip *strip, int64_t n,
                        const struct channel_states to) {
  size_t bytes = (size_t)n * sizeof(double);
  memcpy(to.m, strip->m, bytes);
  memcpy(to.s, strip->s, bytes);
  memcpy(to.first, strip->first, bytes);
  if (to.second != NULL) {
    memcpy(to.second, strip->second, bytes);
  }
}

/* Sets the factors of two states, of which that with the larger maximum is 1. */
INLINE void scales_of_strips(const struct merge_strip *a, const struct merge_strip *b, int64_t n,
                             double *scale, double *other_scale) {
  double apart[MERGE_CHANNELS], exps[MERGE_CHANNELS];
  for (int64_t d = 0; d < n; d++) {
    double m = a->m[d], other_m = b->m[d];
    double between = m < other_m ? m - other_m : other_m - m;
    apart[d] = m == other_m ? 0.0 : between; /* -inf - -inf would be NaN */
  }
  exp_all_f64(apart, n, exps);
  for (int64_t d = 0; d < n; d++) {
    scale[d] = a->m[d] < b->m[d] ? exps[d] : 1.0;
    other_scale[d] = b->m[d] < a->m[d] ? exps[d] : 1.0;
  }
}

/* Whether a moment is not finite: see scaled. */
INLINE bool has_special(const struct merge_strip *strip, int64_t n, bool squares) {
  int64_t special = 0;
  for (int64_t d = 0; d < n; d++) {
    double first = strip->first[d], second = squares ? strip->second[d] : 0.0;
    special |= (first - first != 0.0) | (second - second != 0.0);
  }
  return special != 0;
}

INLINE double scaled_if(bool special, double value, double factor) {
  return special ? scaled(value, factor) : value * factor;
}

INLINE void merge_moments(struct merge_strip *to, const struct merge_strip *other, int64_t n,
                          bool squares, bool special) {
  double scale[MERGE_CHANNELS], other_scale[MERGE_CHANNELS];
  scales_of_strips(to, other, n, scale, other_scale);
  for (int64_t d = 0; d < n; d++) {
    double s = to->s[d] * scale[d], other_s = other->s[d] * other_scale[d];
    if (squares) {
      double within = scaled_if(special, to->second[d], scale[d]) +
                      scaled_if(special, other->second[d], other_scale[d]);
      double between = squares_between(s, to->first[d] * scale[d], other_s,
                                       other->first[d] * other_scale[d]);
      bool apart = special && (scale[d] < FLT_MIN || other_scale[d] < FLT_MIN);
      to->second[d] = within + (apart && between - between != 0.0 ? 0.0 : between);
    }
    to->s[d] = s + other_s;
    to->first[d] = scaled_if(special, to->first[d], scale[d]) +
                   scaled_if(special, other->first[d], other_scale[d]);
  }
}

NOINLINE void merge_special_moments(struct merge_strip *to, const struct merge_strip *other,
                                    int64_t n, bool squares) {
  merge_moments(to, other, n, squares, true);
}

INLINE void merge_strips(struct merge_strip *to, const struct merge_strip *other, int64_t n,
                         bool squares) {
  if (has_special(to, n, squares) || has_special(other, n, squares)) {
    merge_special_moments(to, other, n, squares);
  } else {
    merge_moments(to, other, n, squares, false);
  }
  for (int64_t d = 0; d < n; d++) {
    double m = to->m[d], other_m = other->m[d];
    to->m[d] = (other_m > m) | (other_m != other_m) ? other_m : m;
  }
}

INLINE void merge_channels(const struct channel_states to, const struct channel_states from,
                           int64_t channels, bool squares) {
  struct merge_strip strip, other;
  for (int64_t at = 0; at < channels; at += MERGE_CHANNELS) {
    int64_t n = channels - at < MERGE_CHANNELS ? channels - at : MERGE_CHANNELS;
    load_strip(from_channel(to, at), n, &strip);
    load_strip(from_channel(from, at), n, &other);
    merge_strips(&strip, &other, n, squares);
    store_strip(&strip, n, from_channel(to, at));
  }
}

static void channel_merge_f64(double *states, const double *other, int64_t channels,
                              int64_t stride, int32_t moments) {
  const struct channel_states to = states_at(states, stride, moments);
  const struct channel_states from = states_at((double *)other, stride, moments);
  if (moments > 1) {
    merge_channels(to, from, channels, true);
  } else {
    merge_channels(to, from, channels, false);
  }
}

/*
 * What a channel's weights are multiplied by, 1 / (s + epsilon exp(-m)), and epsilon's share in
 * that sum, which is missing in the sum of the products. For a negative m both quotients are
 * expanded by exp m, so that nothing overflows.
 */
struct total {
  double factor;
  double missing;
};

INLINE struct total total_of(double m, double s, double epsilon) {
  if (m == -INFINITY) {
    return (struct total){0.0, 0.0};
  }
  if (epsilon == 0.0) {
    return (struct total){1.0 / s, 0.0};
  }
  double power = exp_f64(m < 0.0 ? m : -m);
  double scale = m < 0.0 ? power : 1.0, extra = m < 0.0 ? epsilon : epsilon * power;
  double sum = s * scale + extra;
  return (struct total){scale / sum, extra / sum};
}

static void channel_finish_f64(const double *states, int64_t channels, int64_t stride,
                               double epsilon, double min_variance, float *mean, float *std) {
  const struct channel_states from =
      states_at((double *)states, stride, std != NULL ? 2 : 1);
  for (int64_t d = 0; d < channels; d++) {
    const struct total total = total_of(from.m[d], from.s[d], epsilon);
    bool empty = from.m[d] == -INFINITY;
    mean[d] = empty ? 0.0f : (float)(from.first[d] * total.factor);
    if (std != NULL) {
      /* sum_t a x^2 - (sum_t a x)^2, where the weights a add up to 1 - missing. */
      double about_zero = from.first[d] / from.s[d], missing = total.missing;
      double variance = from.second[d] * total.factor;
      variance += missing == 0.0 ? 0.0 : about_zero * about_zero * missing * (1.0 - missing);
      variance = variance < min_variance ? min_variance : variance; /* NaN stays */
      std[d] = empty ? 0.0f : (float)__builtin_sqrt(variance);
    }
  }
}

static void channel_weights_f32(const float *scores, int64_t rows, int64_t channels,
                                int64_t scores_stride, const double *states, int64_t stride,
                                double epsilon, float *weights, int64_t weights_stride) {
  for (int64_t at = 0; at < channels; at += PANEL_COLUMNS) {
    int64_t n = channels - at < PANEL_COLUMNS ? channels - at : PANEL_COLUMNS;
    float shift[PANEL_COLUMNS], exps[PANEL_COLUMNS];
    double factor[PANEL_COLUMNS];
    for (int64_t d = 0; d < n; d++) {
      double m = states[at + d];
      factor[d] = total_of(m, states[stride + at + d], epsilon).factor;
      shift[d] = m == -INFINITY ? -FLT_MAX : (float)m;
    }
    for (int64_t t = 0; t < rows; t++) {
      const float *from = scores + t * scores_stride + at;
      float *to = weights + t * weights_stride + at;
      for (int64_t d = 0; d < n; d += VL) {
        const struct lanes lanes = {d + VL <= n, (int)(n - d)};
        vf score = vf_sub(load_lanes(from + d, lanes), load_lanes(shift + d, lanes));
        store_lanes(exps + d, vf_exp(score), lanes);
      }
      for (int64_t d = 0; d < n; d++) {
        to[d] = (float)(exps[d] * factor[d]);
      }
    }
  }
}

#endif
