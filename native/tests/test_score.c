/* Scores against float64, at all tail lengths, row by row, with guard pages around all buffers. */
#include "harness.h"

#include <math.h>

struct shape {
  int64_t rows, units, gap;
  enum placement placement;
  bool has_bias;
  int32_t activation;
};

static float *hidden, *bias, *a, *scores;
static int64_t stride;

static void make_inputs(const struct shape *s) {
  release_buffers();
  stride = s->units + s->gap;
  /* The gap behind the last row is not part of the matrix. */
  size_t elements = s->rows > 0 ? (size_t)((s->rows - 1) * stride + s->units) : 0;
  hidden = guarded_floats(s->placement, elements);
  for (size_t i = 0; i < elements; i++) {
    hidden[i] = (int64_t)i % stride < s->units ? uniform(-3.0f, 3.0f) : NAN;
  }
  bias = guarded_floats(s->placement, (size_t)s->units);
  a = guarded_floats(s->placement, (size_t)s->units);
  scores = guarded_floats(s->placement, (size_t)s->rows);
  fill_uniform(bias, (size_t)s->units, -1.0f, 1.0f);
  fill_uniform(a, (size_t)s->units, -1.0f, 1.0f);
  if (!s->has_bias) {
    bias = NULL;
  }
}

static void test_shape(const struct shape *s) {
  const float c = 0.37f;
  make_inputs(s);
  int32_t status = attnpool_score_f32(hidden, s->rows, s->units, stride, bias, a, c,
                                      s->activation, scores, hidden + s->rows * stride,
                                      1 << 16); /* asks for what lies behind, up to no memory */
  CHECK(status == ATTNPOOL_OK, "status %d", status);
  for (int64_t t = 0; t < s->rows; t++) {
    double exact = c, magnitude = fabs(c);
    for (int64_t d = 0; d < s->units; d++) {
      double u = (double)hidden[t * stride + d] + (s->has_bias ? (double)bias[d] : 0.0);
      double term = a[d] * (s->activation == ATTNPOOL_TANH ? tanh(u) : u);
      exact += term;
      magnitude += fabs(term) + (s->activation == ATTNPOOL_TANH ? 0.0 : fabs(a[d]));
    }
    /* 10 units for tanh of a rounded sum, and one for each addition of the longest chain. */
    double tolerance = UNIT * (16.0 + (double)s->units / 8.0) * magnitude;
    CHECK(fabs(scores[t] - exact) <= tolerance,
          "row %lld of %lld, %lld units, activation %d: %.9g, exactly %.9g", (long long)t,
          (long long)s->rows, (long long)s->units, s->activation, scores[t], exact);
    float alone;
    attnpool_score_f32(hidden + t * stride, 1, s->units, s->units, bias, a, c, s->activation,
                       &alone, NULL, 0);
    CHECK(same_bits(&alone, scores + t, 1),
          "row %lld of %lld, %lld units: alone %.9g, together %.9g", (long long)t,
          (long long)s->rows, (long long)s->units, alone, scores[t]);
  }
}

static void test_nan_stays_in_its_row(void) {
  struct shape s = {9, 37, 0, AT_END, true, ATTNPOOL_TANH};
  make_inputs(&s);
  for (int64_t bad = 0; bad < s.rows; bad++) {
    float kept = hidden[bad * stride + bad * 4];
    hidden[bad * stride + bad * 4] = NAN;
    attnpool_score_f32(hidden, s.rows, s.units, stride, bias, a, 0.0f, s.activation, scores,
                       NULL, 0);
    for (int64_t t = 0; t < s.rows; t++) {
      CHECK((isnan(scores[t]) != 0) == (t == bad), "NaN in row %lld, score %lld is %g",
            (long long)bad, (long long)t, scores[t]);
    }
    hidden[bad * stride + bad * 4] = kept;
  }
}

int main(void) {
  begin("score");
  static const int64_t large[] = {100, 127, 128, 255, 257, 768, 1001};
  for (int variant = 0; variant < 8; variant++) {
    struct shape s = {0, 0, variant & 1 ? 5 : 0, variant & 1 ? AT_START : AT_END,
                      (variant & 2) != 0, variant & 4 ? ATTNPOOL_TANH : ATTNPOOL_IDENTITY};
    for (s.units = 0; s.units <= 70; s.units++) {
      for (s.rows = 0; s.rows <= 20; s.rows += s.rows < 9 ? 1 : 11) {
        test_shape(&s);
      }
    }
    for (size_t i = 0; i < COUNT(large); i++) {
      s.units = large[i];
      s.rows = 7;
      test_shape(&s);
    }
  }
  test_nan_stays_in_its_row();
  return end();
}
