/* Compares weighted sums and block states with float64, with guard pages around all buffers. */
#include "harness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct shape {
  int64_t rows, width, gap;
  enum placement placement;
  bool bf16;
};

static float *x, *weights, *sums;
static double *context, *max_sum;
static uint16_t *narrow;
static int64_t stride;

static float element(const struct shape *s, int64_t t, int64_t d) {
  size_t i = (size_t)(t * stride + d);
  return s->bf16 ? float_of_bits((uint32_t)narrow[i] << 16) : x[i];
}

/* Fills x or narrow. The weights serve as scores, too. */
static void make_inputs(const struct shape *s) {
  release_buffers();
  stride = s->width + s->gap;
  size_t elements = s->rows > 0 ? (size_t)((s->rows - 1) * stride + s->width) : 0;
  x = guarded_floats(s->placement, s->bf16 ? 0 : elements);
  narrow = guarded(s->placement, s->bf16 ? elements : 0, sizeof *narrow);
  for (size_t i = 0; i < elements; i++) {
    float value = (int64_t)i % stride < s->width ? uniform(-2.0f, 2.0f) : NAN;
    if (s->bf16) {
      narrow[i] = (uint16_t)(bits_of_float(value) >> 16);
    } else {
      x[i] = value;
    }
  }
  weights = guarded_floats(s->placement, (size_t)s->rows);
  fill_uniform(weights, (size_t)s->rows, -6.0f, 6.0f);
  sums = guarded_floats(s->placement, (size_t)s->width);
  fill_uniform(sums, (size_t)s->width, 5.0f, 6.0f);
  context = guarded_doubles(s->placement, (size_t)s->width);
  max_sum = guarded_doubles(s->placement, 2);
  for (int64_t d = 0; d < s->width; d++) {
    context[d] = 5.5;
  }
}

static void pool(const struct shape *s) {
  int32_t status =
      s->bf16 ? attnpool_pool_block_bf16(narrow, s->rows, s->width, stride, weights, s->rows, 1,
                                         max_sum, context, 0)
              : attnpool_pool_block_f32(x, s->rows, s->width, stride, weights, s->rows, 1, max_sum,
                                        context, 0);
  CHECK(status == ATTNPOOL_OK, "status %d", status);
}

/*
 * Compares column d with the exact weighted sum. chain is the longest chain of float32 additions,
 * extra the relative error of a weight.
 */
static void check_column(const struct shape *s, int64_t d, double value,
                         const double *exact_weights, double chain, double extra) {
  double exact = 0.0, magnitude = 0.0;
  for (int64_t t = 0; t < s->rows; t++) {
    double term = exact_weights[t] * element(s, t, d);
    exact += term;
    magnitude += fabs(term);
  }
  CHECK(fabs(value - exact) <= (UNIT * chain + extra) * magnitude,
        "%lld x %lld, bf16 %d, column %lld: %.9g, exactly %.9g", (long long)s->rows,
        (long long)s->width, s->bf16, (long long)d, value, exact);
}

/* The rows of a chunk. */
static double chain_of_chunk(const struct shape *s) {
  return (double)(s->rows < 256 ? s->rows : 256) + 2.0;
}

static void test_weighted_sum(const struct shape *s) {
  make_inputs(s);
  double *exact_weights = malloc(((size_t)s->rows + 1) * sizeof *exact_weights);
  for (int64_t t = 0; t < s->rows; t++) {
    exact_weights[t] = weights[t];
  }
  int32_t status = attnpool_weighted_sum_f32(x, s->rows, s->width, stride, weights, sums);
  CHECK(status == ATTNPOOL_OK, "status %d", status);
  for (int64_t d = 0; d < s->width; d++) {
    /* Float32 sums within a chunk, then of the chunks. */
    double chain = chain_of_chunk(s) + (double)(s->rows / 256);
    check_column(s, d, sums[d], exact_weights, chain, 0.0);
  }
  free(exact_weights);
}

static void test_pool_block(const struct shape *s) {
  make_inputs(s);
  pool(s);
  double *exact_weights = malloc(((size_t)s->rows + 1) * sizeof *exact_weights);
  double most = -INFINITY, sum = 0.0;
  for (int64_t t = 0; t < s->rows; t++) {
    most = weights[t] > most ? weights[t] : most;
  }
  for (int64_t t = 0; t < s->rows; t++) {
    exact_weights[t] = exp(weights[t] - most);
    sum += exact_weights[t];
  }
  /* 2 ulp for exp, and up to half an ulp of 12 because e - m is rounded. */
  const double weight_error = 2 * 2 * UNIT + 8 * UNIT;
  CHECK(max_sum[0] == most, "maximum %.9g, exactly %.9g", max_sum[0], most);
  CHECK(fabs(max_sum[1] - sum) <= (weight_error + 80 * UNIT) * sum, "sum %.9g, exactly %.9g",
        max_sum[1], sum);
  for (int64_t d = 0; d < s->width; d++) {
    check_column(s, d, context[d], exact_weights, chain_of_chunk(s), weight_error);
  }
  free(exact_weights);
}

/* The same values at another address and stride give the same bits. */
static void test_placement_does_not_matter(const struct shape *s) {
  make_inputs(s);
  pool(s);
  size_t bytes = s->bf16 ? sizeof *narrow : sizeof *x;
  char *copy = guarded(AT_END, (size_t)(s->rows * (s->width + 3)), bytes);
  for (int64_t t = 0; t < s->rows; t++) {
    const char *from = s->bf16 ? (const char *)narrow : (const char *)x;
    memcpy(copy + (size_t)(t * (s->width + 3)) * bytes, from + (size_t)(t * stride) * bytes,
           (size_t)s->width * bytes);
  }
  double *first = context, *first_state = max_sum;
  context = guarded_doubles(AT_START, (size_t)s->width);
  max_sum = guarded_doubles(AT_START, 2);
  stride = s->width + 3;
  x = (float *)copy;
  narrow = (uint16_t *)copy;
  pool(s);
  CHECK(same_doubles(first, context, (size_t)s->width) && same_doubles(first_state, max_sum, 2),
        "%lld x %lld, bf16 %d", (long long)s->rows, (long long)s->width, s->bf16);
}

static void test_special_scores(void) {
  struct shape s = {21, 19, 0, AT_END, false};
  make_inputs(&s);
  weights[3] = -INFINITY;
  weights[17] = 1e4f;
  pool(&s);
  for (int64_t d = 0; d < 19; d++) {
    CHECK(context[d] == x[17 * stride + d], "one dominant row: %g", context[d]);
  }
  CHECK(max_sum[0] == 1e4f && max_sum[1] == 1.0f, "state %g, %g", max_sum[0], max_sum[1]);
  weights[20] = NAN;
  pool(&s);
  CHECK(isnan(max_sum[0]) && isnan(max_sum[1]) && isnan(context[18]), "state %g, %g, %g",
        max_sum[0], max_sum[1], context[18]);
  weights[20] = 0.0f;
  weights[2] = NAN;
  pool(&s);
  CHECK(isnan(max_sum[0]) && isnan(max_sum[1]), "state %g, %g", max_sum[0], max_sum[1]);
  for (int64_t rows = 0; rows <= 21; rows += 21) {
    for (int64_t t = 0; t < rows; t++) {
      weights[t] = -INFINITY;
    }
    s.rows = rows;
    pool(&s);
    CHECK(max_sum[0] == -INFINITY && max_sum[1] == 0.0f && context[0] == 0.0f &&
              context[18] == 0.0f,
          "empty state of %lld rows: %g, %g, %g", (long long)rows, max_sum[0], max_sum[1],
          context[0]);
  }
}

/* Rows near the limit of float32: their sums overflow it, but their mean does not. */
static void test_huge_rows(int64_t rows, int64_t width, bool bf16) {
  struct shape s = {rows, width, 0, AT_END, bf16};
  make_inputs(&s);
  float *mean = guarded_floats(AT_END, (size_t)width);
  double *exact_weights = malloc((size_t)rows * sizeof *exact_weights);
  double sum = 0.0;
  for (int64_t t = 0; t < rows; t++) {
    weights[t] = uniform(-1.0f, 1.0f);
    for (int64_t d = 0; d < width; d++) {
      /* Every third column is small: it keeps the bits that it has without the others. */
      float value = d % 3 == 2 ? uniform(-1.0f, 1.0f) : d % 3 == 1 && t % 2 ? -3e38f : 3e38f;
      if (bf16) {
        narrow[t * stride + d] = (uint16_t)(bits_of_float(value) >> 16);
      } else {
        x[t * stride + d] = value;
      }
    }
  }
  pool(&s);
  for (int64_t t = 0; t < rows; t++) {
    exact_weights[t] = exp(weights[t] - max_sum[0]);
    sum += exact_weights[t];
  }
  for (int64_t d = 0; d < width; d++) {
    check_column(&s, d, context[d], exact_weights, chain_of_chunk(&s), 8 * UNIT);
  }
  int32_t status = attnpool_finish_f64(max_sum, context, width, mean);
  CHECK(status == ATTNPOOL_OK, "status %d", status);
  for (int64_t d = 0; d < width; d++) {
    CHECK(isfinite(mean[d]), "%lld x %lld, bf16 %d, column %lld: %g", (long long)rows,
          (long long)width, bf16, (long long)d, mean[d]);
  }
  if (width > 2 && !bf16) {
    double alone, alone_max_sum[2];
    attnpool_pool_block_f32(x + 2, rows, 1, stride, weights, rows, 1, alone_max_sum, &alone, 0);
    CHECK(same_doubles(&alone, context + 2, 1), "%.17g and %.17g", alone, context[2]);
    for (int64_t t = 0; t < rows; t++) {
      weights[t] = (float)(exact_weights[t] / sum);
    }
    attnpool_weighted_sum_f32(x, rows, width, stride, weights, sums);
    CHECK(isfinite(sums[0]) && isfinite(sums[1]), "%g, %g", sums[0], sums[1]);
  }
  free(exact_weights);
}

/* A row of weight 0 adds nothing, even if it is infinite or NaN; others do. */
static void test_infinite_rows(void) {
  struct shape s = {21, 19, 0, AT_END, false};
  make_inputs(&s);
  weights[4] = -INFINITY;
  weights[5] = -200.0f;
  pool(&s);
  double before[19];
  memcpy(before, context, sizeof before);
  for (int64_t d = 0; d < 19; d++) {
    x[4 * stride + d] = d % 2 ? NAN : INFINITY;
    x[5 * stride + d] = -INFINITY;
  }
  x[6 * stride + 3] = INFINITY;
  x[7 * stride + 4] = -INFINITY;
  x[8 * stride + 5] = NAN;
  x[9 * stride + 6] = INFINITY;
  x[10 * stride + 6] = -INFINITY;
  pool(&s);
  for (int64_t d = 0; d < 19; d++) {
    bool right = d == 3   ? context[d] == INFINITY
                 : d == 4 ? context[d] == -INFINITY
                 : d < 7 && d > 4
                     ? isnan(context[d])
                     : fabs(context[d] - before[d]) <= 21 * UNIT * 2.0 * max_sum[1];
    CHECK(right, "column %lld: %g, without infinite rows %g", (long long)d, context[d], before[d]);
  }
}

int main(void) {
  begin("pool");
  for (int variant = 0; variant < 4; variant++) {
    struct shape s = {0, 0, variant & 1 ? 3 : 0, variant & 1 ? AT_START : AT_END,
                      (variant & 2) != 0};
    for (s.width = 0; s.width <= 70; s.width++) {
      for (s.rows = 0; s.rows <= 20; s.rows += s.rows < 4 ? 1 : 8) {
        test_pool_block(&s);
        test_placement_does_not_matter(&s);
        if (!s.bf16) {
          test_weighted_sum(&s);
        }
      }
    }
    static const int64_t large[][2] = {{255, 70}, {256, 100}, {257, 129}, {600, 64},
                                       {3, 300},  {40, 768},  {300, 1025}, {513, 2100}};
    for (size_t i = 0; i < COUNT(large); i++) {
      s.rows = large[i][0];
      s.width = large[i][1];
      test_pool_block(&s);
      test_placement_does_not_matter(&s);
      if (!s.bf16) {
        test_weighted_sum(&s);
      }
    }
  }
  test_special_scores();
  for (int64_t width = 1; width <= 70; width++) {
    test_huge_rows(2, width, false);
    test_huge_rows(300, width, width % 2 != 0);
  }
  test_huge_rows(2, 2100, false);
  test_infinite_rows();
  return end();
}
