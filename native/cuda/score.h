/* Scores, fused: the units of a row and their dot products with the heads' score vectors. */
#ifndef ATTNPOOL_CUDA_SCORE_H
#define ATTNPOOL_CUDA_SCORE_H

#include "activation.h"

/* Rows that share each load of a parameter. */
#define SCORE_ROWS 4 /* at most 8, the fewest lanes per row */

/* Heads that share each unit. */
#define SCORE_HEADS 4

struct score_job {
  const void *hidden;
  int64_t hidden_stride;
  int64_t rows;
  int32_t units;
  int32_t heads;
  const float *bias; /* or NULL */
  int64_t bias_stride;
  const float *gate_bias; /* or NULL */
  const float *a;
  const float *c;
  int32_t activation;
  int32_t lane_bits;       /* 3, 4 or 5, for 8 to 32 lanes that share a row */
  bool hidden_aligned;     /* to multiples of four elements */
  bool parameters_aligned; /* so are bias, gate_bias and a */
  uint32_t head_groups;    /* blocks for the same rows, one after another */
  uint32_t tile_blocks;    /* blocks of a whole tile, if there are tiles */
  const int64_t *tile_rows; /* or NULL */
  const int32_t *tile_sequences;
  float *scores;
  int64_t head_stride;
  int64_t row_stride;
};

/* What one thread works on: four columns of every 4 * lanes, in some rows. */
struct score_place {
  int64_t row;
  int rows; /* may be 0 or less; the lanes still take part in sums */
  int lane; /* among those of its rows */
  int head;
  int heads; /* at least 1 */
  const float *bias;
};

INLINE struct score_place find_score_place(const struct score_job *job, int head_group_heads) {
  struct score_place place;
  const uint32_t block = block_index() / job->head_groups;
  place.head = (int)(block_index() % job->head_groups) * head_group_heads;
  place.heads = job->heads - place.head;
  place.lane = thread_index() & ((1 << job->lane_bits) - 1);
  const int block_rows = (BLOCK_THREADS >> job->lane_bits) * SCORE_ROWS;
  const int row_in_block = (thread_index() >> job->lane_bits) * SCORE_ROWS;
  int64_t end = job->rows;
  place.bias = job->bias;
  if (job->tile_rows == NULL) {
    place.row = (int64_t)block * block_rows + row_in_block;
  } else {
    const uint32_t tile = block / job->tile_blocks;
    const int part = (int)(block % job->tile_blocks);
    const int64_t first = job->tile_rows[0];
    place.row = job->tile_rows[tile] - first + part * block_rows + row_in_block;
    end = job->tile_rows[tile + 1] - first;
    expect(place.row >= 0 && end <= job->rows, "tile_rows go beyond the rows");
    place.bias += job->tile_sequences[tile] * job->bias_stride;
    expect(simt_is_device(place.bias, job->units * 4), "a tile's sequence has no bias");
  }
  int64_t rows = end - place.row;
  place.rows = rows < SCORE_ROWS ? (int)rows : SCORE_ROWS;
  return place;
}

INLINE void load_hidden(const struct score_job *job, const struct score_place *place, int32_t type,
                        int64_t column, int n, struct quad *quads) {
  load_quads(job->hidden, type, place->row * job->hidden_stride + column, job->hidden_stride,
             SCORE_ROWS, place->rows, n, job->hidden_aligned, quads);
}

INLINE void add_bias(const struct quad *hidden, int32_t type, const float *bias, float *units) {
  UNROLL for (int r = 0; r < SCORE_ROWS; r++) {
    UNROLL for (int i = 0; i < QUAD; i++) {
      units[r * QUAD + i] = quad_element(hidden[r], type, i) + bias[i];
    }
  }
}

/* Units d ... d + 3 of each row. Missing units are f(0) g(0); their factor is zero. */
INLINE void make_units(const struct score_job *job, const struct score_place *place, int32_t type,
                       bool gated, int d, int n, float *units) {
  const bool fast = type != F32;
  struct quad hidden[SCORE_ROWS], gates[SCORE_ROWS];
  float bias[QUAD];
  load_hidden(job, place, type, d, n, hidden);
  if (gated) {
    load_hidden(job, place, type, (int64_t)job->units + d, n, gates);
  }
  load_floats(place->bias, d, n, job->parameters_aligned, bias);
  add_bias(hidden, type, bias, units);
  activate(units, SCORE_ROWS * QUAD, job->activation, fast);
  if (gated) {
    float opened[SCORE_ROWS * QUAD];
    load_floats(job->gate_bias, d, n, job->parameters_aligned, bias);
    add_bias(gates, type, bias, opened);
    UNROLL for (int i = 0; i < SCORE_ROWS * QUAD; i++) {
      units[i] *= gate(opened[i], fast);
    }
  }
}

/* sums += a * units, for the heads of this block. */
INLINE void add_terms(const struct score_job *job, const struct score_place *place, int heads,
                      int d, int n, const float *units, float *sums) {
  UNROLL for (int h = 0; h < heads; h++) {
    float a[QUAD];
    int64_t row = (int64_t)(place->head + h) * job->units;
    load_floats(job->a, row + d, h < place->heads ? n : 0, job->parameters_aligned, a);
    UNROLL for (int r = 0; r < SCORE_ROWS; r++) {
      UNROLL for (int i = 0; i < QUAD; i++) {
        const int to = h * SCORE_ROWS + r;
        sums[to] = fmaf(a[i], units[r * QUAD + i], sums[to]);
      }
    }
  }
}

/* Adds up the lanes' sums, distant lanes first; every lane gets the total. */
INLINE float sum_over_lanes(float sum, int lane_bits) {
  for (int apart = 1 << lane_bits >> 1; apart > 0; apart >>= 1) {
    sum += lane_xor(sum, apart);
  }
  return sum;
}

/* The kernel. heads, the heads of a block, is 1 or SCORE_HEADS. */
INLINE void score(const struct score_job *job, int32_t type, int heads, bool gated) {
  const struct score_place place = find_score_place(job, heads);
  float sums[SCORE_HEADS * SCORE_ROWS];
  UNROLL for (int i = 0; i < heads * SCORE_ROWS; i++) {
    sums[i] = 0.0f;
  }
  for (int d = place.lane * QUAD; d < job->units; d += QUAD << job->lane_bits) {
    float units[SCORE_ROWS * QUAD];
    make_units(job, &place, type, gated, d, job->units - d, units);
    add_terms(job, &place, heads, d, job->units - d, units, sums);
  }
  UNROLL for (int h = 0; h < heads; h++) {
    UNROLL for (int r = 0; r < SCORE_ROWS; r++) {
      float sum = sum_over_lanes(sums[h * SCORE_ROWS + r], job->lane_bits);
      if (place.lane == r && r < place.rows && h < place.heads) {
        int head = place.head + h;
        job->scores[head * job->head_stride + (place.row + r) * job->row_stride] =
            sum + job->c[head];
      }
    }
  }
}

#endif
