/*
 * Compares states of tiles with float64 for all types and layouts, with guard pages around buffers.
 */
#include "batch.h"
#include "rounding.h"

#include <math.h>
#include <stdio.h>

static const int64_t lengths[] = {0, 1, 2, 256, 0, 31, 300, 7, 255, 0};

static double most; /* error, as a fraction of the tolerance */

static void check(const struct batch *in, const char *what, double value, double exact,
                  double tolerance) {
  const double error = fabs(value - exact);
  most = error > most * tolerance && tolerance > 0 ? error / tolerance : most;
  CHECK(error <= tolerance, "%s, type %d, %lld wide, %lld heads: %.9g, exactly %.9g", what,
        in->type, (long long)in->width, (long long)in->heads, value, exact);
}

/* The weights of one tile's rows for one head, and their relative errors in units. */
struct weights {
  int64_t first, rows;
  double most, weight[ATTNPOOL_CUDA_TILE_ROWS], error[ATTNPOOL_CUDA_TILE_ROWS];
};

static struct weights weights_of(const struct batch *in, int64_t tile, int64_t head, bool given) {
  struct weights w = {.first = in->tiles.rows[tile], .most = given ? 0.0 : -INFINITY};
  w.rows = in->tiles.rows[tile + 1] - w.first;
  for (int64_t t = 0; t < w.rows && !given; t++) {
    w.most = fmax(w.most, *value_at(in, head, w.first + t));
  }
  for (int64_t t = 0; t < w.rows; t++) {
    const double e = *value_at(in, head, w.first + t);
    w.weight[t] = given ? e : w.most == -INFINITY ? 0.0 : exp(e - w.most);
    /* e - m is rounded, and exp adds 2 ulp, which are 4 units. */
    w.error[t] = given || w.weight[t] == 0.0 ? 0.0 : fabs(e - w.most) + 4.0;
  }
  return w;
}

static void check_column(const struct batch *in, const struct weights *w, int64_t d, double value) {
  /* The rows that a thread sums, the threads, and two for products of errors. */
  const int64_t step = in->width <= 32 ? 32 : in->width <= 64 ? 16 : 8;
  const double roundings = (double)((w->rows + step - 1) / step + step) + 2.0;
  double exact = 0.0, tolerance = 0.0;
  for (int64_t t = 0; t < w->rows; t++) {
    const double term = w->weight[t] * element_at_row(in, w->first + t, d);
    exact += term;
    tolerance += UNIT * (roundings + w->error[t]) * fabs(term);
  }
  check(in, "context", value, exact, tolerance);
}

static void check_states(const struct batch *in, const struct states *states, bool given) {
  for (int64_t i = 0; i < in->tiles.count * in->heads; i++) {
    const struct weights w = weights_of(in, i / in->heads, i % in->heads, given);
    double sum = given ? 1.0 : 0.0, tolerance = 0.0;
    for (int64_t t = 0; t < w.rows && !given; t++) {
      sum += w.weight[t];
      tolerance += UNIT * (w.error[t] + 14.0) * w.weight[t]; /* 8 rows per lane, 5 sums of lanes */
    }
    CHECK(states->max_sum[2 * i] == w.most, "m %.9g, exactly %.9g", states->max_sum[2 * i], w.most);
    check(in, "s", states->max_sum[2 * i + 1], sum, tolerance);
    const double scale = partial_scale_of(states->max_sum[2 * i + 1]);
    for (int64_t d = 0; d < in->width; d++) {
      check_column(in, &w, d, states->context[i * in->width + d] / scale);
    }
  }
}

static void test_batch(struct batch *in) {
  make_batch(in);
  const struct states states = pool_batch(in, 0);
  check_states(in, &states, false);
  for (int64_t i = 0; i < in->heads * in->values_stride - in->gap; i++) {
    in->values[i] = in->values[i] == -INFINITY ? 0.0f : in->values[i];
  }
  const struct states given = pool_batch(in, ATTNPOOL_CUDA_WEIGHTS);
  check_states(in, &given, true);
  release_device();
}

/* Rows whose float32 sums overflow, and infinite ones of weight 0. */
static void test_far_rows(int32_t type, int64_t width, int64_t heads) {
  static const int64_t rows[] = {300, 1, 256};
  struct batch in = {.type = type, .width = width, .heads = heads, .lengths = rows,
                     .sequences = COUNT(rows)};
  make_batch(&in);
  const double far = type == ATTNPOOL_CUDA_F16 ? 65504.0 : 0x1.fep127; /* the largest of the type */
  for (int64_t t = 0; t < in.rows; t++) {
    for (int64_t r = 0; r < heads; r++) {
      *value_at(&in, r, t) = t % 3 == 1 && t != 300 ? -200.0f : (float)r;
    }
    for (int64_t d = 0; d < width; d++) {
      double x = d % 3 == 2 && t % 2 == 1 ? -far : far;
      x = t % 3 == 1 && t != 300 ? (d % 2 == 0 ? INFINITY : NAN) : x;
      set_element(type, in.x, t * in.stride + d, x);
    }
  }
  const struct states states = pool_batch(&in, 0);
  for (int64_t i = 0; i < in.tiles.count * heads; i++) {
    const int64_t first = in.tiles.rows[i / heads], end = in.tiles.rows[i / heads + 1];
    for (int64_t d = 0; d < width; d++) {
      double exact = 0.0;
      for (int64_t t = first; t < end; t++) {
        const double e = *value_at(&in, i % heads, t);
        exact += e < -100.0 ? 0.0 : element_at_row(&in, t, d);
      }
      const double scale = partial_scale_of(states.max_sum[2 * i + 1]);
      check(&in, "far context", states.context[i * width + d] / scale, exact,
            UNIT * 40.0 * far * (double)(end - first));
    }
  }
  release_device();
}

/* Without heads, without tiles, and without columns, where x and the contexts may be NULL. */
static void test_nothing(void) {
  struct batch in = {.heads = 2, .lengths = lengths, .sequences = COUNT(lengths)};
  make_batch(&in);
  in.x = NULL;
  const struct states states = room_for_states(&in);
  RUN(attnpool_cuda_pool(NULL, in.type, in.rows, 0, 0, in.values, in.rows, 2, 0, in.tiles.rows,
                         in.tiles.count, states.max_sum, NULL, NULL));
  check_states(&in, &states, false);
  const int64_t kernels = kernels_started();
  states.max_sum[0] = 7.0f;
  RUN(attnpool_cuda_pool(in.values, in.type, 0, 4, 4, in.values, 0, 2, 0, in.tiles.rows, 0,
                         states.max_sum, states.context, NULL));
  RUN(attnpool_cuda_pool(in.values, in.type, 2, 4, 4, in.values, 2, 0, 0, in.tiles.rows, 1,
                         states.max_sum, states.context, NULL));
  CHECK(kernels_started() == kernels && states.max_sum[0] == 7.0f, "%lld kernels",
        (long long)(kernels_started() - kernels));
  release_device();
}

int main(void) {
  begin("cuda.pool");
  static const int64_t widths[] = {1, 2, 3, 4, 31, 32, 33, 64, 65, 127, 128, 131, 300};
  for (int32_t type = ATTNPOOL_CUDA_F32; type <= ATTNPOOL_CUDA_F16; type++) {
    struct batch in = {.type = type, .lengths = lengths, .sequences = COUNT(lengths)};
    for (size_t i = 0; i < COUNT(widths); i++) {
      in.width = widths[i];
      in.heads = 1 + (int64_t)i % 6;
      in.gap = i % 2 == 0 ? 0 : 4 - (int64_t)i % 4;
      in.placement = i % 4 < 2 ? AT_END : AT_START;
      test_batch(&in);
    }
    in.width = 5;
    in.heads = 64;
    test_batch(&in);
  }
  for (int32_t type = ATTNPOOL_CUDA_F32; type <= ATTNPOOL_CUDA_F16; type++) {
    test_far_rows(type, 37, 1);
    test_far_rows(type, 130, 5);
  }
  test_nothing();
  printf("states of tiles: at most %.3f of the tolerated error\n", most);
  return end();
}
