/*
 * Compares scores with float64 at all tail lengths, row by row, with guard pages around all
 * buffers.
 */
#include "harness.h"
#include "reference.h"

#include <math.h>

struct shape {
  int64_t rows, units, heads, gap;
  enum placement placement;
  bool has_bias, has_gate;
  int32_t activation;
};

static float *hidden, *bias, *gate_bias, *a, *c, *work, *scores;
static int64_t stride, scores_stride;

static float *uniform_floats(const struct shape *s, int64_t n, float low, float high) {
  float *values = guarded_floats(s->placement, (size_t)n);
  fill_uniform(values, (size_t)n, low, high);
  return values;
}

static void make_inputs(const struct shape *s) {
  release_buffers();
  int64_t row = s->has_gate ? 2 * s->units : s->units;
  stride = row + s->gap;
  scores_stride = s->rows + s->gap;
  /* The gap after the last row is not part of the matrix. */
  size_t elements = s->rows > 0 ? (size_t)((s->rows - 1) * stride + row) : 0;
  hidden = guarded_floats(s->placement, elements);
  for (size_t i = 0; i < elements; i++) {
    hidden[i] = (int64_t)i % stride < row ? uniform(-3.0f, 3.0f) : NAN;
  }
  bias = s->has_bias ? uniform_floats(s, s->units, -1.0f, 1.0f) : NULL;
  gate_bias = s->has_gate ? uniform_floats(s, s->units, -1.0f, 1.0f) : NULL;
  a = uniform_floats(s, s->heads * s->units, -1.0f, 1.0f);
  c = uniform_floats(s, s->heads, -1.0f, 1.0f);
  work = s->heads > 1 ? guarded_floats(s->placement, (size_t)(4 * s->units)) : NULL;
  scores = uniform_floats(s, (s->heads - 1) * scores_stride + s->rows, 7.0f, 7.0f);
}

static void check_score(const struct shape *s, int64_t r, int64_t t) {
  double exact = c[r], magnitude = fabs(c[r]);
  for (int64_t d = 0; d < s->units; d++) {
    double x = (double)hidden[t * stride + d] + (s->has_bias ? (double)bias[d] : 0.0);
    double factor = a[r * s->units + d], term = factor * reference_activation(s->activation, x);
    double gate = 1.0;
    if (s->has_gate) {
      gate = reference_sigmoid((double)hidden[t * stride + s->units + d] + (double)gate_bias[d]);
    }
    exact += gate * term;
    /* The error of most activations grows with the argument, not with the value. */
    bool by_value = s->activation == ATTNPOOL_TANH || s->activation == ATTNPOOL_SIGMOID;
    magnitude += gate * (fabs(term) + (by_value ? 0.0 : fabs(factor * x)));
  }
  /* 10 units for tanh of a rounded sum, and one per addition of the longest chain. */
  double tolerance = UNIT * (16.0 + (double)s->units / 8.0) * magnitude;
  float score = scores[r * scores_stride + t];
  CHECK(fabs(score - exact) <= tolerance,
        "head %lld, row %lld of %lld, %lld units, %s, bias %d, gate %d: %.9g, exactly %.9g",
        (long long)r, (long long)t, (long long)s->rows, (long long)s->units,
        activation_name(s->activation), s->has_bias, s->has_gate, score, exact);
}

/* One row and one head alone give the same bits as among others. */
static void check_alone(const struct shape *s, int64_t r, int64_t t) {
  float alone, score = scores[r * scores_stride + t];
  attnpool_score_f32(hidden + t * stride, 1, s->units, stride, bias, gate_bias, a + r * s->units,
                     c + r, 1, s->activation, NULL, &alone, 1, NULL, 0);
  CHECK(same_bits(&alone, &score, 1),
        "head %lld of %lld, row %lld of %lld, %lld units, %s: alone %.9g, together %.9g",
        (long long)r, (long long)s->heads, (long long)t, (long long)s->rows, (long long)s->units,
        activation_name(s->activation), alone, score);
}

static void test_shape(const struct shape *s) {
  make_inputs(s);
  int32_t status = attnpool_score_f32(
      hidden, s->rows, s->units, stride, bias, gate_bias, a, c, s->heads, s->activation, work,
      scores, scores_stride, hidden + s->rows * stride,
      1 << 16); /* prefetches beyond the buffer, where there is no memory */
  CHECK(status == ATTNPOOL_OK, "status %d", status);
  for (int64_t r = 0; r < s->heads; r++) {
    for (int64_t t = 0; t < s->rows; t++) {
      check_score(s, r, t);
      check_alone(s, r, t);
    }
    for (int64_t t = s->rows; r + 1 < s->heads && t < scores_stride; t++) {
      CHECK(scores[r * scores_stride + t] == 7.0f, "wrote between the heads: %g",
            scores[r * scores_stride + t]);
    }
  }
}

static void test_nan_stays_in_its_row(int64_t heads, int32_t activation, bool has_gate) {
  struct shape s = {9, 37, heads, 0, AT_END, true, has_gate, activation};
  make_inputs(&s);
  for (int64_t bad = 0; bad < s.rows; bad++) {
    float *place = hidden + bad * stride + bad * (has_gate ? 8 : 4);
    float kept = *place;
    *place = NAN;
    attnpool_score_f32(hidden, s.rows, s.units, stride, bias, gate_bias, a, c, heads, activation,
                       work, scores, scores_stride, NULL, 0);
    for (int64_t t = 0; t < s.rows; t++) {
      CHECK((isnan(scores[t]) != 0) == (t == bad), "%s: NaN in row %lld, score %lld is %g",
            activation_name(activation), (long long)bad, (long long)t, scores[t]);
    }
    *place = kept;
  }
}

/* Without heads nothing is read or written, even if there is no scratch. */
static void test_no_heads(void) {
  struct shape s = {5, 9, 1, 0, AT_END, true, false, ATTNPOOL_TANH};
  make_inputs(&s);
  int32_t status = attnpool_score_f32(hidden, 5, 9, stride, bias, NULL, a, c, 0, ATTNPOOL_TANH,
                                      NULL, scores, 5, NULL, 0);
  CHECK(status == ATTNPOOL_OK && scores[0] == 7.0f, "status %d, %g", status, scores[0]);
}

static void test_units(struct shape s, bool all_rows) {
  static const int64_t large[] = {100, 127, 128, 255, 257, 768, 1001};
  for (s.units = 0; s.units <= 70; s.units++) {
    for (s.rows = 0; s.rows <= 20; s.rows += all_rows && s.rows < 9 ? 1 : 11) {
      test_shape(&s);
    }
  }
  for (size_t i = 0; i < COUNT(large); i++) {
    s.units = large[i];
    s.rows = 7;
    test_shape(&s);
  }
}

/* So many heads that units are copied, or that score vectors are taken in parts. */
static void test_many_heads(struct shape s) {
  static const int64_t shapes[][3] = {{16, 1, 4},   {17, 15, 9},  {33, 16, 9},   {16, 50, 13},
                                      {33, 256, 5}, {33, 257, 9}, {140, 1001, 9}};
  for (size_t i = 0; i < COUNT(shapes); i++) {
    s.heads = shapes[i][0];
    s.units = shapes[i][1];
    s.rows = shapes[i][2];
    test_shape(&s);
  }
}

int main(void) {
  begin("score");
  for (int variant = 0; variant < 4; variant++) {
    for (int32_t f = ATTNPOOL_IDENTITY; f <= ATTNPOOL_SILU; f++) {
      struct shape s = {.gap = variant & 1 ? 5 : 0,
                        .placement = variant & 1 ? AT_START : AT_END,
                        .has_bias = (variant & 2) != 0,
                        .activation = f};
      for (s.heads = 1; s.heads <= 5; s.heads += 2) {
        s.has_gate = false;
        test_units(s, f <= ATTNPOOL_TANH);
        s.has_gate = true;
        test_units(s, false);
      }
    }
  }
  for (int32_t f = ATTNPOOL_IDENTITY; f <= ATTNPOOL_SILU; f++) {
    test_nan_stays_in_its_row(1, f, false);
    test_nan_stays_in_its_row(3, f, false);
    test_nan_stays_in_its_row(1, f, true);
    test_nan_stays_in_its_row(3, f, true);
  }
  test_no_heads();
  test_many_heads((struct shape){.gap = 3, .has_bias = true, .activation = ATTNPOOL_TANH});
  test_many_heads((struct shape){.placement = AT_END, .activation = ATTNPOOL_IDENTITY});
  test_many_heads((struct shape){.placement = AT_END, .has_bias = true, .has_gate = true});
  return end();
}
