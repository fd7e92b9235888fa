/*
 * Compares scores with float64 at odd widths, strides and numbers of heads, with guard pages around
 * all buffers. A row and a head alone give the same bits as among others.
 */
#include "errors.h"
#include "grid.h"
#include "reference.h"
#include "rounding.h"

#include <math.h>
#include <stdio.h>

#define SENTINEL 7.0f

struct shape {
  int32_t type;
  int64_t rows, units, heads, gap;
  enum placement placement;
  bool has_bias, has_gate, is_transposed; /* row after row, as logits are */
  int32_t activation;
};

static void *hidden;
static float *bias, *gate_bias, *a, *c, *scores;
static int64_t row_elements, stride, head_stride, row_stride, score_elements;
static double most; /* error, as a fraction of the tolerance */

static int64_t at_least_one(int64_t n) { return n > 1 ? n : 1; }

static void make_inputs(const struct shape *s) {
  release_device();
  row_elements = s->has_gate ? 2 * s->units : s->units;
  stride = row_elements + s->gap;
  head_stride = s->is_transposed ? 1 : at_least_one(s->rows) + s->gap;
  row_stride = s->is_transposed ? at_least_one(s->heads) + s->gap : 1;
  const int64_t elements = elements_of(s->rows, row_elements, stride);
  hidden = on_device(s->placement, elements, (size_t)bytes_of_type(s->type));
  for (int64_t i = 0; i < elements; i++) {
    set_element(s->type, hidden, i, i % stride < row_elements ? uniform(-3.0f, 3.0f) : NAN);
  }
  bias = s->has_bias ? uniform_on_device(s->placement, s->units, -1.0f, 1.0f) : NULL;
  gate_bias = s->has_gate ? uniform_on_device(s->placement, s->units, -1.0f, 1.0f) : NULL;
  a = uniform_on_device(s->placement, s->heads * s->units, -1.0f, 1.0f);
  c = uniform_on_device(s->placement, s->heads, -1.0f, 1.0f);
  score_elements = (at_least_one(s->heads) - 1) * head_stride +
                   (at_least_one(s->rows) - 1) * row_stride + 1;
  scores = floats_on_device(s->placement, score_elements, SENTINEL);
}

static int32_t score(const struct shape *s, int64_t head, int64_t row, int64_t heads, int64_t rows,
                     float *to, int64_t to_head_stride, int64_t to_row_stride) {
  const char *from = (const char *)hidden + row * stride * bytes_of_type(s->type);
  return attnpool_cuda_score(from, s->type, rows, s->units, stride, bias, 0, gate_bias,
                             a + head * s->units, c + head, heads, s->activation, NULL, NULL, 0, to,
                             to_head_stride, to_row_stride, NULL);
}

/* The tolerated error of one unit: f(x) times the gate, where x is a rounded sum. */
static double unit_error(const struct shape *s, double x, double f, double opened) {
  const bool is_fast = s->type != ATTNPOOL_CUDA_F32;
  const bool of_x = s->activation == ATTNPOOL_CUDA_GELU ||
                    s->activation == ATTNPOOL_CUDA_GELU_TANH ||
                    s->activation == ATTNPOOL_CUDA_SILU;
  const bool of_one = is_fast && s->activation == ATTNPOOL_CUDA_SIGMOID;
  const double magnitude = of_x ? fabs(x) : of_one ? 1.0 : 2.0 * fabs(f); /* an ulp is 2 units */
  const double own = stated_error(s->activation, s->type) * magnitude + 1.2 * fabs(x); /* f' */
  const double sigmoid = stated_error(ATTNPOOL_CUDA_SIGMOID, s->type);
  const double gate = s->has_gate ? sigmoid * (is_fast ? 1.0 : 2.0 * opened) + 5.0 * opened : 0.0;
  return UNIT * (own * opened + fabs(f) * gate);
}

static void check_score(const struct shape *s, int64_t r, int64_t t, float score) {
  const int64_t lanes = s->units <= 32 ? 8 : s->units <= 64 ? 16 : 32;
  const double roundings = (double)(4 * ((s->units + 4 * lanes - 1) / (4 * lanes))) + 6.0;
  double exact = c[r], tolerance = UNIT * fabs(c[r]);
  for (int64_t d = 0; d < s->units; d++) {
    const int64_t i = t * stride + d;
    const double x = get_element(s->type, hidden, i) + (s->has_bias ? (double)bias[d] : 0.0);
    const double factor = a[r * s->units + d], f = reference_activation(s->activation, x);
    double opened = 1.0;
    if (s->has_gate) {
      const double gate = get_element(s->type, hidden, i + s->units) + (double)gate_bias[d];
      opened = reference_sigmoid(gate);
    }
    exact += factor * f * opened;
    tolerance += fabs(factor) * unit_error(s, x, f, opened);
    tolerance += UNIT * roundings * fabs(factor * f * opened);
  }
  const double error = fabs(score - exact);
  most = error > most * tolerance ? error / tolerance : most;
  CHECK(error <= tolerance,
        "%s, head %lld of %lld, row %lld of %lld, %lld units, %s, bias %d, gate %d: %.9g, not %.9g",
        type_name(s->type), (long long)r, (long long)s->heads, (long long)t, (long long)s->rows,
        (long long)s->units, activation_name(s->activation), s->has_bias, s->has_gate, score,
        exact);
}

/* Checks everything that was written, and that nothing else was. */
static void check_scores(const struct shape *s) {
  int64_t written = 0, sentinels = 0;
  for (int64_t r = 0; r < s->heads; r++) {
    for (int64_t t = 0; t < s->rows; t++, written++) {
      check_score(s, r, t, scores[r * head_stride + t * row_stride]);
    }
  }
  for (int64_t i = 0; i < score_elements; i++) {
    sentinels += scores[i] == SENTINEL;
  }
  CHECK(written + sentinels == score_elements, "%lld were to be left, %lld are",
        (long long)(score_elements - written), (long long)sentinels);
}

/* A row and a head alone. */
static void check_alone(const struct shape *s, int64_t r, int64_t t) {
  float *alone = floats_on_device(AT_END, 1, SENTINEL);
  RUN(score(s, r, t, 1, 1, alone, 1, 1));
  const float *among = &scores[r * head_stride + t * row_stride];
  CHECK(same_bits(alone, among, 1), "%s, head %lld of %lld, row %lld, %lld units: %.9g alone, %.9g",
        type_name(s->type), (long long)r, (long long)s->heads, (long long)t, (long long)s->units,
        *alone, *among);
}

static void test_shape(const struct shape *s) {
  make_inputs(s);
  RUN(score(s, 0, 0, s->heads, s->rows, scores, head_stride, row_stride));
  check_scores(s);
  for (int i = 0; i < 2 && s->rows > 0 && s->heads > 0; i++) {
    check_alone(s, (int64_t)uniform(0.0f, (float)s->heads - 0.01f),
                (int64_t)uniform(0.0f, (float)s->rows - 0.01f));
  }
}

static void test_nan_stays_in_its_row(struct shape s) {
  s.rows = 9;
  s.units = 37;
  make_inputs(&s);
  for (int64_t bad = 0; bad < s.rows; bad++) {
    const int64_t place = bad * stride + bad * (s.has_gate ? 8 : 4);
    const double kept = get_element(s.type, hidden, place);
    set_element(s.type, hidden, place, NAN);
    RUN(score(&s, 0, 0, s.heads, s.rows, scores, head_stride, row_stride));
    for (int64_t t = 0; t < s.rows; t++) {
      CHECK((isnan(scores[t * row_stride]) != 0) == (t == bad), "%s: NaN in row %lld, %g in %lld",
            activation_name(s.activation), (long long)bad, scores[t * row_stride], (long long)t);
    }
    set_element(s.type, hidden, place, kept);
  }
}

static void test_shapes(struct shape s) {
  /* Rows, units, heads: 8, 16 and 32 lanes per row; several blocks; one head, four and more. */
  static const int64_t sizes[][3] = {{3, 7, 2},   {5, 32, 1},  {5, 33, 5},   {4, 64, 4},
                                     {3, 65, 3},  {5, 0, 2},   {0, 5, 2},    {5, 9, 0},
                                     {1, 1, 1},   {4, 31, 3},  {129, 33, 5}, {65, 63, 8},
                                     {7, 64, 64}, {33, 65, 1}, {6, 128, 7},  {2, 1001, 9}};
  const size_t count = s.activation == ATTNPOOL_CUDA_TANH ? COUNT(sizes) : 5;
  for (size_t i = 0; i < count; i++) {
    s.rows = sizes[i][0];
    s.units = sizes[i][1];
    s.heads = sizes[i][2];
    test_shape(&s);
  }
  s.heads = s.has_bias ? 1 : 3;
  test_nan_stays_in_its_row(s);
}

int main(void) {
  begin("cuda.score");
  for (int32_t type = ATTNPOOL_CUDA_F32; type <= ATTNPOOL_CUDA_F16; type++) {
    for (int32_t f = ATTNPOOL_CUDA_IDENTITY; f <= ATTNPOOL_CUDA_SILU; f++) {
      for (int has_gate = 0; has_gate < 2; has_gate++) {
        struct shape s = {.type = type, .placement = AT_END, .has_gate = has_gate, .activation = f};
        test_shapes(s);
        s.placement = AT_START;
        s.gap = has_gate ? 2 : 4; /* rows are aligned, but gates of an odd width are not */
        s.has_bias = true;
        s.is_transposed = true;
        test_shapes(s);
      }
    }
  }
  /* Every number of heads, and every width where tails end. */
  struct shape s = {.rows = 6, .units = 21, .gap = 1, .activation = ATTNPOOL_CUDA_TANH};
  for (s.heads = 1; s.heads <= 64; s.heads++) {
    test_shape(&s);
  }
  s.heads = 2;
  for (s.units = 0; s.units <= 140; s.units++) {
    test_shape(&s);
  }
  release_device();
  printf("scores: at most %.3f of the tolerated error\n", most);
  return end();
}
