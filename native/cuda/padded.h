/* Spreads ragged rows over a padded grid, and gathers softmax weights from one. */
#ifndef ATTNPOOL_CUDA_PADDED_H
#define ATTNPOOL_CUDA_PADDED_H

#include "elementary.h"

/* Steps of the grid per block. */
#define PADDED_STEPS (4 * BLOCK_THREADS)

struct padded_job {
  const float *values; /* when gathering: the scores */
  int64_t values_stride;
  int64_t rows;
  int32_t heads;
  const int64_t *offsets;
  const int64_t *positions; /* or NULL */
  int64_t steps;
  uint32_t segments; /* blocks side by side over the steps */
  float fill;
  float epsilon;
  float *padded;
  float *weights;
  int64_t weights_stride;
};

/* What a block works on: steps from ... to - 1 of one head of a sequence. */
struct padded_place {
  int64_t grid; /* row of the grid */
  int64_t sequence;
  int64_t first; /* row of the sequence */
  int64_t rows;
  int64_t from;
  int64_t to;
  int head;
};

INLINE struct padded_place find_padded_place(const struct padded_job *job) {
  struct padded_place place;
  const uint32_t segment = block_index() % job->segments, grid = block_index() / job->segments;
  place.grid = grid;
  place.sequence = grid / (uint32_t)job->heads;
  place.head = (int)(grid % (uint32_t)job->heads);
  place.first = job->offsets[place.sequence] - job->offsets[0];
  place.rows = job->offsets[place.sequence + 1] - job->offsets[place.sequence];
  expect(place.first >= 0 && place.rows >= 0 && place.first + place.rows <= job->rows,
         "offsets go beyond the rows");
  place.from = (int64_t)segment * PADDED_STEPS;
  place.to = place.from + PADDED_STEPS < job->steps ? place.from + PADDED_STEPS : job->steps;
  return place;
}

/* The first of the sequence's rows whose position is at least that one. */
INLINE int64_t first_row_from(const int64_t *positions, int64_t rows, int64_t position) {
  int64_t low = 0;
  while (rows > 0) {
    int64_t half = rows / 2;
    const bool below = positions[low + half] < position;
    low = below ? low + half + 1 : low;
    rows = below ? rows - half - 1 : half;
  }
  return low;
}

/* The kernel that pads. */
INLINE void pad(const struct padded_job *job) {
  const struct padded_place place = find_padded_place(job);
  const float *values = job->values + place.head * job->values_stride + place.first;
  float *padded = job->padded + place.grid * job->steps;
  for (int64_t p = place.from + thread_index(); p < place.to; p += BLOCK_THREADS) {
    padded[p] = job->positions == NULL && p < place.rows ? values[p] : job->fill;
  }
  if (job->positions == NULL) {
    return;
  }
  wait_for_block();
  const int64_t *positions = job->positions + place.first;
  const int64_t origin = place.sequence * job->steps;
  int64_t t = first_row_from(positions, place.rows, origin + place.from) + thread_index();
  for (; t < place.rows && positions[t] < origin + place.to; t += BLOCK_THREADS) {
    padded[positions[t] - origin] = values[t];
  }
}

/* The largest value of all threads; every thread gets it. */
INLINE float largest_of_block(float value) {
  SHARED float largest[BLOCK_WARPS];
  UNROLL for (int apart = WARP_THREADS / 2; apart > 0; apart /= 2) {
    value = larger(value, lane_xor(value, apart));
  }
  wait_for_block(); /* for threads that still read the last result */
  largest[thread_index() / WARP_THREADS] = value;
  wait_for_block();
  for (int i = 0; i < BLOCK_WARPS; i++) {
    value = larger(value, largest[i]);
  }
  return value;
}

/* s / (s + epsilon exp(-m)) for the whole sequence; the largest weight is 1 / s. */
INLINE float epsilon_factor(const struct padded_job *job, const struct padded_place *place,
                            const float *scores, const float *padded) {
  float m = -INFINITY, most = 0.0f;
  for (int64_t t = thread_index(); t < place->rows; t += BLOCK_THREADS) {
    m = larger(m, scores[t]);
    most = larger(most, padded[t]);
  }
  m = largest_of_block(m);
  most = largest_of_block(most);
  return (float)(1.0 / (1.0 + job->epsilon * exp(-(double)m) * most));
}

/*
 * The weight of rows with a score of -infinity to which the softmax gave NaN: 0 if all scores of
 * the sequence are -infinity, NaN if another is +infinity or NaN. All threads of the block call
 * this, and it reads scores only if a thread needs to know.
 */
INLINE float weight_of_least(const struct padded_place *place, const float *scores, bool needed) {
  if (largest_of_block(needed ? 1.0f : 0.0f) == 0.0f) {
    return 0.0f;
  }
  float m = -INFINITY;
  for (int64_t t = thread_index(); t < place->rows; t += BLOCK_THREADS) {
    m = larger(m, scores[t]);
  }
  return largest_of_block(m) == -INFINITY ? 0.0f : NAN;
}

/* The kernel that gathers. */
INLINE void unpad(const struct padded_job *job) {
  const struct padded_place place = find_padded_place(job);
  const float *scores = job->values + place.head * job->values_stride + place.first;
  const float *padded = job->padded + place.grid * job->steps;
  float *weights = job->weights + place.head * job->weights_stride + place.first;
  const float factor =
      job->epsilon == 0.0f ? 1.0f : epsilon_factor(job, &place, scores, padded);
  bool spoilt = false;
  for (int64_t t = place.from + thread_index(); t < place.to && t < place.rows;
       t += BLOCK_THREADS) {
    spoilt |= scores[t] == -INFINITY && padded[t] != padded[t];
  }
  const float least = weight_of_least(&place, scores, spoilt);
  for (int64_t t = place.from + thread_index(); t < place.to && t < place.rows;
       t += BLOCK_THREADS) {
    const bool unknown = padded[t] != padded[t];
    weights[t] = scores[t] != -INFINITY ? padded[t] * factor : unknown ? least : 0.0f;
  }
}

#endif
