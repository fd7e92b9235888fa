#define _POSIX_C_SOURCE 199309L
#include "fused_loop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attnpool.h"
#include "packed_matmul.h"

extern int omp_get_max_threads(void);
extern void omp_set_num_threads(int);

struct fused_loop {
  int64_t batch, steps, width, units, tile;
  int bf16, x_bf16;
  size_t element; /* bytes of an element of x */
  packed_matmul *hidden;
  uint16_t *converted;
  float *b, *a, c;
  float *units_tile, *scores;
  double block_max_sum[2], *block;
  double state_max_sum[2], *state;
};

/* As in the library's TileHeight: equal tiles give equal bits. */
static int64_t tile_rows(int64_t width, int64_t units) {
  int64_t rows = 512;
  while (rows > 16 && rows * (width + units) * 4 >= (512 << 10)) {
    rows /= 2;
  }
  return rows;
}

static float *floats(int64_t count, const float *values) {
  float *copy = aligned_alloc(64, ((size_t)count * sizeof(float) + 64) / 64 * 64);
  if (copy != NULL && values != NULL) {
    memcpy(copy, values, (size_t)count * sizeof(float));
  }
  return copy;
}

static double *doubles(int64_t count) { return (double *)floats(2 * count, NULL); }

static int pin(void) {
  int before = omp_get_max_threads();
  if (before != 1) {
    omp_set_num_threads(1);
  }
  return before;
}

static void unpin(int before) {
  if (before != 1) {
    omp_set_num_threads(before);
  }
}

static void clear(fused_loop *loop) {
  loop->state_max_sum[0] = -INFINITY;
  loop->state_max_sum[1] = 0;
  memset(loop->state, 0, (size_t)loop->width * sizeof(double));
}

fused_loop *fused_loop_new(int64_t batch, int64_t steps, int64_t width, int64_t units,
                           int32_t bf16, int32_t x_bf16, const float *w, const float *b,
                           const float *a, float c) {
  fused_loop *loop = calloc(1, sizeof *loop);
  if (loop == NULL) {
    return NULL;
  }
  *loop = (fused_loop){.batch = batch, .steps = steps, .width = width, .units = units, .c = c};
  loop->bf16 = bf16;
  loop->x_bf16 = x_bf16;
  loop->element = x_bf16 ? sizeof(uint16_t) : sizeof(float);
  loop->tile = tile_rows(width, units);
  loop->b = floats(units, b);
  loop->a = floats(units, a);
  loop->units_tile = floats(loop->tile * units, NULL);
  loop->scores = floats(loop->tile, NULL);
  loop->block = doubles(width);
  loop->state = doubles(width);
  loop->converted = (uint16_t *)floats(loop->tile * width / 2 + 1, NULL);
  int before = pin();
  loop->hidden = packed_matmul_new(w, units, width, bf16, loop->tile);
  unpin(before);
  if (loop->hidden == NULL) {
    fused_loop_free(loop);
    return NULL;
  }
  return loop;
}

static int score(fused_loop *loop, const char *x, int64_t rows, int64_t rows_ahead) {
  int64_t x_row = loop->width * (int64_t)loop->element;
  const void *source = x;
  if (loop->bf16 && !loop->x_bf16) {
    if (attnpool_bf16_from_f32((const void *)x, rows, loop->width, loop->width, loop->converted, loop->width)) {
      return 0;
    }
    source = loop->converted;
  }
  return packed_matmul_run(loop->hidden, source, rows, loop->units_tile) &&
         attnpool_score_f32(loop->units_tile, rows, loop->units, loop->units, loop->b, NULL,
                            loop->a, &loop->c, 1, ATTNPOOL_TANH, NULL, loop->scores, rows,
                            x + rows * x_row, rows_ahead * x_row) == ATTNPOOL_OK;
}

static int pool(fused_loop *loop, const void *x, int64_t rows, const float *scores) {
  int64_t width = loop->width;
  double *max_sum = loop->block_max_sum;
  return (loop->x_bf16 ? attnpool_pool_block_bf16(x, rows, width, width, scores, rows, 1, max_sum,
                                                  loop->block, 0)
                       : attnpool_pool_block_f32(x, rows, width, width, scores, rows, 1, max_sum,
                                                 loop->block, 0)) == ATTNPOOL_OK;
}

/* A sequence that is whole in the tile. */
static int whole(fused_loop *loop, float *scores, float *context, float *weights) {
  if (attnpool_finish_f64(loop->block_max_sum, loop->block, loop->width, context) ||
      attnpool_weights_f32(scores, loop->steps, loop->block_max_sum, scores)) {
    return 0;
  }
  memcpy(weights, scores, (size_t)loop->steps * sizeof(float));
  return 1;
}

/* A part of a longer sequence; its raw scores wait in the place of the weights. */
static int part(fused_loop *loop, const float *scores, int64_t rows, int last, float *context,
                float *weights, int64_t row) {
  memcpy(weights + row, scores, (size_t)rows * sizeof(float));
  if (attnpool_merge_f64(loop->state_max_sum, loop->state, loop->block_max_sum, loop->block,
                         loop->width)) {
    return 0;
  }
  if (last) {
    if (attnpool_finish_f64(loop->state_max_sum, loop->state, loop->width, context) ||
        attnpool_weights_f32(weights, loop->steps, loop->state_max_sum, weights)) {
      return 0;
    }
    clear(loop);
  }
  return 1;
}

static int tile(fused_loop *loop, const char *x, int64_t row, int64_t rows, float *context,
                float *weights) {
  size_t x_row = (size_t)loop->width * loop->element;
  int64_t left = loop->batch * loop->steps - (row + rows);
  if (!score(loop, x + (size_t)row * x_row, rows, left < rows ? left : rows)) {
    return 0;
  }
  for (int64_t from = row; from < row + rows;) {
    int64_t sequence = from / loop->steps;
    int64_t first = sequence * loop->steps;
    int64_t end = first + loop->steps;
    int64_t to = end < row + rows ? end : row + rows;
    float *scores = loop->scores + (from - row);
    float *to_context = context + sequence * loop->width;
    if (!pool(loop, x + (size_t)from * x_row, to - from, scores)) {
      return 0;
    }
    int good = to - from == loop->steps
                   ? whole(loop, scores, to_context, weights + first)
                   : part(loop, scores, to - from, to == end, to_context, weights + first,
                          from - first);
    if (!good) {
      return 0;
    }
    from = to;
  }
  return 1;
}

int32_t fused_loop_run(fused_loop *loop, const void *x, float *context, float *weights) {
  int before = pin();
  int good = 1;
  int64_t all = loop->batch * loop->steps;
  clear(loop);
  for (int64_t row = 0; good && row < all;) {
    int64_t sequence_end = (row / loop->steps + 1) * loop->steps;
    int64_t end = row + loop->tile < sequence_end ? row + loop->tile : sequence_end;
    /* More whole sequences, as far as they fit. */
    while (end % loop->steps == 0 && end < all && end + loop->steps <= row + loop->tile) {
      end += loop->steps;
    }
    good = tile(loop, x, row, end - row, context, weights);
    row = end;
  }
  unpin(before);
  return good;
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int32_t fused_loop_time(fused_loop *loop, const void *const *xs, int64_t inputs, int64_t first,
                        int64_t samples, int64_t repeat, float *context, float *weights,
                        int64_t *nanos) {
  int64_t input = first;
  for (int64_t sample = 0; sample < samples; sample++) {
    int64_t start = now();
    for (int64_t call = 0; call < repeat; call++) {
      if (!fused_loop_run(loop, xs[input], context, weights)) {
        return 0;
      }
      input = input + 1 == inputs ? 0 : input + 1;
    }
    nanos[sample] = now() - start;
  }
  return 1;
}

void fused_loop_free(fused_loop *loop) {
  if (loop == NULL) {
    return;
  }
  packed_matmul_free(loop->hidden);
  free(loop->converted);
  free(loop->b);
  free(loop->a);
  free(loop->units_tile);
  free(loop->scores);
  free(loop->block);
  free(loop->state);
  free(loop);
}
