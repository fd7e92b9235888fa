/*
 * Scores of a ragged batch in which each sequence has its own bias. They have the same bits as
 * those of the sequence alone, whichever tiles a call is given.
 */
#include "grid.h"
#include "rounding.h"

#include <math.h>
#include <string.h>

#define SENTINEL 7.0f

struct shape {
  int32_t type;
  int64_t units, heads, gap;
  bool has_gate;
};

/* Empty sequences first, last and between; less than a tile, one tile, and more. */
static const int64_t lengths[] = {0, 3, 256, 0, 0, 257, 1, 600, 255, 0};
#define SEQUENCES ((int64_t)COUNT(lengths))

static int64_t rows, stride, bias_stride, scores_stride;
static void *hidden;
static float *bias, *gate_bias, *a, *c, *scores;

static void make_inputs(const struct shape *s) {
  rows = 0;
  for (int64_t b = 0; b < SEQUENCES; b++) {
    rows += lengths[b];
  }
  const int64_t row = s->has_gate ? 2 * s->units : s->units;
  stride = row + s->gap;
  bias_stride = s->units + s->gap;
  scores_stride = rows + s->gap;
  hidden = on_device(AT_END, elements_of(rows, row, stride), (size_t)bytes_of_type(s->type));
  for (int64_t i = 0; i < elements_of(rows, row, stride); i++) {
    set_element(s->type, hidden, i, i % stride < row ? uniform(-3.0f, 3.0f) : NAN);
  }
  bias = uniform_on_device(AT_END, elements_of(SEQUENCES, s->units, bias_stride), -1.0f, 1.0f);
  gate_bias = s->has_gate ? uniform_on_device(AT_END, s->units, -1.0f, 1.0f) : NULL;
  a = uniform_on_device(AT_END, s->heads * s->units, -1.0f, 1.0f);
  c = uniform_on_device(AT_END, s->heads, -1.0f, 1.0f);
  scores = floats_on_device(AT_END, elements_of(s->heads, rows, scores_stride), SENTINEL);
}

/* Scores tiles first ... first + count - 1 into the scores of the whole batch. */
static int32_t score_tiles(const struct shape *s, const struct tiles *tiles, int64_t first,
                           int64_t count) {
  const int64_t from = tiles->rows[first], to = tiles->rows[first + count];
  return attnpool_cuda_score((const char *)hidden + from * stride * bytes_of_type(s->type), s->type,
                             to - from, s->units, stride, bias, bias_stride, gate_bias, a, c,
                             s->heads, ATTNPOOL_CUDA_TANH, tiles->rows + first,
                             tiles->sequences + first, count, scores + from, scores_stride, 1,
                             NULL);
}

/* The scores of each sequence by itself. */
static void score_sequences(const struct shape *s, const struct tiles *tiles, float *alone) {
  for (int64_t b = 0; b < SEQUENCES; b++) {
    const int64_t from = tiles->rows[tiles->of[b]], n = tiles->rows[tiles->of[b + 1]] - from;
    if (n > 0) {
      RUN(attnpool_cuda_score((const char *)hidden + from * stride * bytes_of_type(s->type),
                              s->type, n, s->units, stride, bias + b * bias_stride, 0, gate_bias, a,
                              c, s->heads, ATTNPOOL_CUDA_TANH, NULL, NULL, 0, alone + from,
                              scores_stride, 1, NULL));
    }
  }
}

static void check_run(const struct shape *s, const struct tiles *tiles, int64_t first,
                      int64_t count, const float *alone) {
  for (int64_t i = 0; i < elements_of(s->heads, rows, scores_stride); i++) {
    scores[i] = SENTINEL;
  }
  RUN(score_tiles(s, tiles, first, count));
  for (int64_t i = 0; i < elements_of(s->heads, rows, scores_stride); i++) {
    const int64_t t = i % scores_stride;
    const bool inside = t >= tiles->rows[first] && t < tiles->rows[first + count];
    const float want = inside ? alone[i] : SENTINEL;
    CHECK(same_bits(&scores[i], &want, 1),
          "%s, %lld units, tiles %lld + %lld, row %lld: %g, not %g", type_name(s->type),
          (long long)s->units, (long long)first, (long long)count, (long long)t, scores[i], want);
  }
}

static void test_shape(const struct shape *s) {
  make_inputs(s);
  const struct tiles tiles = cut_tiles(lengths, SEQUENCES);
  float *alone = floats_on_device(AT_END, elements_of(s->heads, rows, scores_stride), SENTINEL);
  score_sequences(s, &tiles, alone);
  check_run(s, &tiles, 0, tiles.count, alone);
  check_run(s, &tiles, 1, 3, alone); /* which begin and end within sequences */
  check_run(s, &tiles, 4, 2, alone);
  check_run(s, &tiles, tiles.count - 1, 1, alone);
  check_run(s, &tiles, 2, 0, alone);
  release_device();
}

/* Errors that a GPU would not notice. */
static void test_wrong_tiles(void) {
  const struct shape s = {ATTNPOOL_CUDA_F32, 8, 1, 0, false};
  make_inputs(&s);
  const struct tiles tiles = cut_tiles(lengths, SEQUENCES);
  tiles.sequences[tiles.count - 1] = (int32_t)SEQUENCES;
  int32_t status = score_tiles(&s, &tiles, 0, tiles.count);
  CHECK(status < 0 && strstr(latest_complaint(), "has no bias") != NULL, "status %d, %s", status,
        latest_complaint());
  tiles.rows[tiles.count]++;
  rows++;
  status = attnpool_cuda_score(hidden, s.type, rows - 1, s.units, stride, bias, bias_stride, NULL,
                               a, c, 1, ATTNPOOL_CUDA_TANH, tiles.rows, tiles.sequences,
                               tiles.count, scores, scores_stride, 1, NULL);
  CHECK(status < 0 && strstr(latest_complaint(), "beyond the rows") != NULL, "status %d, %s",
        status, latest_complaint());
  release_device();
}

int main(void) {
  begin("cuda.score_tiles");
  for (int32_t type = ATTNPOOL_CUDA_F32; type <= ATTNPOOL_CUDA_F16; type++) {
    for (int64_t heads = 1; heads <= 5; heads += 4) {
      struct shape s = {type, 17, heads, 0, heads > 1};
      test_shape(&s); /* nothing aligned */
      s.units = 64;
      s.gap = 4;
      test_shape(&s); /* everything */
      s.gap = 1;
      test_shape(&s);
    }
  }
  test_wrong_tiles();
  return end();
}
