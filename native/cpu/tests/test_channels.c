/*
 * States of channels and of heads with moments: blocks, merges, what they are finished to, weights.
 * Compares with float64, with guard pages around all buffers.
 */
#include "harness.h"

#include <math.h>
#include <string.h>

#define WORST 1e-5 /* of a standard deviation */

struct shape {
  int64_t rows, channels, block;
  float spread; /* of the scores */
  float mean;   /* of x, whose deviations are about 1 */
  int32_t moments;
  bool bf16;
  double epsilon, min_variance;
};

static const struct shape usual = {.rows = 100, .channels = 33, .block = 100, .spread = 3.0f,
                                   .moments = 2};

static float *x, *scores, *mean, *std;
static uint16_t *narrow;
static double *states, *others;

static void make_inputs(const struct shape *s, int64_t score_count) {
  release_buffers();
  size_t size = (size_t)(s->rows * s->channels);
  x = guarded_floats(AT_END, size);
  narrow = guarded(AT_END, size, sizeof *narrow);
  scores = guarded_floats(AT_END, (size_t)score_count);
  fill_uniform(scores, (size_t)score_count, -s->spread, s->spread);
  for (size_t i = 0; i < size; i++) {
    x[i] = s->mean + uniform(-1.0f, 1.0f) + uniform(-1.0f, 1.0f);
    narrow[i] = (uint16_t)(bits_of_float(x[i]) >> 16);
    x[i] = s->bf16 ? float_of_bits((uint32_t)narrow[i] << 16) : x[i];
  }
  mean = guarded_floats(AT_END, (size_t)s->channels);
  std = guarded_floats(AT_START, (size_t)s->channels);
}

static void check_ok(int32_t status) { CHECK(status == ATTNPOOL_OK, "status %d", status); }

static void pool(const struct shape *s, int64_t first, int64_t rows, double *to) {
  const int64_t at = first * s->channels;
  check_ok(s->bf16 ? attnpool_channel_block_bf16(narrow + at, rows, s->channels, s->channels,
                                                 scores + at, s->channels, s->moments, to,
                                                 s->channels)
                   : attnpool_channel_block_f32(x + at, rows, s->channels, s->channels,
                                                scores + at, s->channels, s->moments, to,
                                                s->channels));
}

/* The state of all rows, merged from blocks. */
static void pool_in_blocks(const struct shape *s) {
  size_t size = (size_t)((2 + s->moments) * s->channels);
  states = guarded_doubles(AT_END, size);
  others = guarded_doubles(AT_END, size);
  pool(s, 0, 0, states);
  for (int64_t t = 0; t < s->rows; t += s->block) {
    pool(s, t, s->rows - t < s->block ? s->rows - t : s->block, others);
    check_ok(attnpool_channel_merge_f64(states, others, s->channels, s->channels, s->moments));
  }
}

static void finish(const struct shape *s) {
  check_ok(attnpool_channel_finish_f64(states, s->channels, s->channels, s->epsilon,
                                       s->min_variance, mean, s->moments > 1 ? std : NULL));
}

/* sum_t exp(e_t - m) and the weights' divisor, for column d of scores with that stride. */
struct exact {
  double most, sum, mean, variance, magnitude;
};

static struct exact exact_of(const struct shape *s, const float *e, int64_t e_stride,
                             const float *values) {
  struct exact exact = {.most = -INFINITY};
  double about = 0.0, sum = 0.0, squares = 0.0, left = 0.0;
  for (int64_t t = 0; t < s->rows; t++) {
    exact.most = e[t * e_stride] > exact.most ? e[t * e_stride] : exact.most;
  }
  for (int64_t t = 0; t < s->rows; t++) {
    double w = exp(e[t * e_stride] - exact.most);
    sum += w;
    about += w == 0.0 ? 0.0 : w * values[t * s->channels];
  }
  if (exact.most == -INFINITY) {
    return exact;
  }
  exact.sum = sum + s->epsilon * exp(-exact.most);
  for (int64_t t = 0; t < s->rows; t++) {
    double w = exp(e[t * e_stride] - exact.most), v = values[t * s->channels] - about / sum;
    squares += w == 0.0 ? 0.0 : w * v * v;
    left += w == 0.0 ? 0.0 : w * v;
    exact.magnitude += w == 0.0 ? 0.0 : w / exact.sum * fabs(values[t * s->channels]);
  }
  exact.mean = about / exact.sum;
  /* sum_t a x^2 - mean^2 without cancellation. */
  double share = sum / exact.sum, centre = about / sum + left / sum;
  exact.variance = (squares - left * left / sum) / exact.sum +
                   centre * centre * share * (1.0 - share);
  return exact;
}

static void check_results(const struct shape *s, const char *what, int64_t d,
                          const struct exact *exact) {
  if (exact->most == -INFINITY) {
    CHECK(mean[d] == 0.0f && (s->moments == 1 || std[d] == 0.0f), "empty: mean %g", mean[d]);
    return;
  }
  /* e - m is rounded to half an ulp of twice the spread; the sums have chunks of 64 rows. */
  double tolerance = UNIT * (20.0 + 4.0 * s->spread);
  CHECK(fabs(mean[d] - exact->mean) <= tolerance * exact->magnitude + UNIT * fabs(exact->mean),
        "%s, %lld x %lld by %lld, channel %lld: mean %.9g, exactly %.9g", what,
        (long long)s->rows, (long long)s->channels, (long long)s->block, (long long)d, mean[d],
        exact->mean);
  if (s->moments > 1) {
    double least = s->min_variance;
    double want = sqrt(exact->variance > least ? exact->variance : least);
    CHECK(fabs(std[d] - want) <= WORST * want + tolerance * 1e-3,
          "%s, %lld x %lld by %lld, channel %lld of mean %g: std %.9g, exactly %.9g", what,
          (long long)s->rows, (long long)s->channels, (long long)s->block, (long long)d,
          (double)s->mean, std[d], want);
  }
}

static void check_weights(const struct shape *s) {
  size_t size = (size_t)(s->rows * s->channels);
  float *weights = guarded_floats(AT_END, size);
  check_ok(attnpool_channel_weights_f32(scores, s->rows, s->channels, s->channels, states,
                                        s->channels, s->epsilon, weights, s->channels));
  for (int64_t d = 0; d < s->channels; d++) {
    struct exact exact = exact_of(s, scores + d, s->channels, x + d);
    for (int64_t t = 0; t < s->rows; t++) {
      double want = exp(scores[t * s->channels + d] - exact.most) / exact.sum;
      float weight = weights[t * s->channels + d];
      CHECK(fabs(weight - want) <= UNIT * (20.0 + 4.0 * s->spread) * want + 0x1p-126,
            "row %lld, channel %lld: weight %.9g, exactly %.9g", (long long)t, (long long)d,
            weight, want);
    }
  }
  check_ok(attnpool_channel_weights_f32(scores, s->rows, s->channels, s->channels, states,
                                        s->channels, s->epsilon, scores, s->channels));
  CHECK(same_bits(scores, weights, size), "in place: %g", size > 0 ? scores[0] : 0.0f);
}

static void test_channels(struct shape s) {
  make_inputs(&s, s.rows * s.channels);
  pool_in_blocks(&s);
  finish(&s);
  for (int64_t d = 0; d < s.channels; d++) {
    struct exact exact = exact_of(&s, scores + d, s.channels, x + d);
    CHECK(states[d] == exact.most, "maximum %g, not %g", states[d], exact.most);
    check_results(&s, "channels", d, &exact);
  }
  check_weights(&s);
}

static void test_heads(struct shape s, int64_t width, int64_t heads) {
  const int64_t channels = heads * width;
  s.channels = width;
  make_inputs(&s, heads * s.rows);
  states = guarded_doubles(AT_END, (size_t)(4 * channels));
  others = guarded_doubles(AT_END, (size_t)(4 * channels));
  mean = guarded_floats(AT_END, (size_t)channels);
  std = guarded_floats(AT_START, (size_t)channels);
  for (int64_t t = 0; t == 0 || t < s.rows; t += s.block) {
    int64_t n = s.rows - t < s.block ? s.rows - t : s.block;
    double *to = t == 0 ? states : others;
    check_ok(s.bf16 ? attnpool_head_moments_bf16(narrow + t * width, n, width, width, scores + t,
                                                 s.rows, heads, to, channels)
                    : attnpool_head_moments_f32(x + t * width, n, width, width, scores + t, s.rows,
                                                heads, to, channels));
    if (t > 0) {
      check_ok(attnpool_channel_merge_f64(states, others, channels, channels, 2));
    }
  }
  check_ok(attnpool_channel_finish_f64(states, channels, channels, s.epsilon, s.min_variance, mean,
                                       std));
  for (int64_t i = 0; i < channels; i++) {
    struct exact exact = exact_of(&s, scores + i / width * s.rows, 1, x + i % width);
    check_results(&s, "heads", i, &exact);
  }
}

/* A channel alone has the bits that it has among others, and gaps are left alone. */
static void test_bits_of_one_channel(int64_t channels, int32_t moments) {
  struct shape s = usual;
  s.channels = channels;
  s.moments = moments;
  make_inputs(&s, s.rows * s.channels);
  const int64_t stride = channels + 3;
  double *all = guarded_doubles(AT_START, (size_t)((1 + moments) * stride + channels)), alone[4];
  for (int64_t i = 0; i < (1 + moments) * stride + channels; i++) {
    all[i] = 5.5;
  }
  check_ok(attnpool_channel_block_f32(x, s.rows, channels, channels, scores, channels, moments, all,
                                      stride));
  for (int64_t i = 0; i < (1 + moments) * stride + channels; i++) {
    CHECK(i % stride < channels || all[i] == 5.5, "wrote between arrays: %g", all[i]);
  }
  for (int64_t d = 0; d < channels; d++) {
    check_ok(attnpool_channel_block_f32(x + d, s.rows, 1, channels, scores + d, channels, moments,
                                        alone, 1));
    for (int32_t i = 0; i < 2 + moments; i++) {
      CHECK(same_doubles(alone + i, all + i * stride + d, 1),
            "channel %lld of %lld, array %d: alone %.17g, together %.17g", (long long)d,
            (long long)channels, i, alone[i], all[i * stride + d]);
    }
  }
}

static void test_one_row_is_exact(int64_t channels) {
  struct shape s = usual;
  s.rows = s.block = 1;
  s.channels = channels;
  s.min_variance = 0.25;
  for (s.moments = 1; s.moments <= 2; s.moments++) {
    make_inputs(&s, channels);
    pool_in_blocks(&s);
    finish(&s);
    for (int64_t d = 0; d < channels; d++) {
      float weight;
      CHECK(mean[d] == x[d] && (s.moments == 1 || std[d] == 0.5f), "%.9g of %.9g, std %g", mean[d],
            x[d], s.moments == 1 ? 0.5f : std[d]);
      attnpool_channel_weights_f32(scores + d, 1, 1, 1, states + d, channels, 0.0, &weight, 1);
      CHECK(weight == 1.0f, "weight %.9g", weight);
    }
  }
}

static void test_merge_commutes(int64_t channels) {
  struct shape s = usual;
  s.channels = channels;
  make_inputs(&s, s.rows * channels);
  double *copies[4];
  for (int i = 0; i < 4; i++) {
    copies[i] = guarded_doubles(i & 1 ? AT_START : AT_END, (size_t)(4 * channels));
    pool(&s, i % 2 * 60, i % 2 == 0 ? 60 : 40, copies[i]);
  }
  check_ok(attnpool_channel_merge_f64(copies[0], copies[1], channels, channels, 2));
  check_ok(attnpool_channel_merge_f64(copies[3], copies[2], channels, channels, 2));
  CHECK(same_doubles(copies[0], copies[3], (size_t)(4 * channels)), "%lld channels",
        (long long)channels);
}

/*
 * Channel 0 has no scores but -infinity, channel 1 has them in the rows whose x is infinite or NaN,
 * channel 2 has a NaN among its scores, channel 3 a NaN among its x.
 */
static void test_special_values(int32_t moments, bool in_blocks) {
  enum { ROWS = 5, CHANNELS = 5 };
  struct shape s = usual;
  s.rows = ROWS;
  s.channels = CHANNELS;
  s.block = in_blocks ? 2 : ROWS;
  s.moments = moments;
  make_inputs(&s, ROWS * CHANNELS);
  for (int t = 0; t < ROWS; t++) {
    scores[t * CHANNELS] = -INFINITY;
    x[t * CHANNELS] = t == 1 ? NAN : INFINITY;
  }
  x[1 * CHANNELS + 1] = INFINITY;
  x[3 * CHANNELS + 1] = NAN;
  scores[1 * CHANNELS + 1] = scores[3 * CHANNELS + 1] = -INFINITY;
  scores[2 * CHANNELS + 2] = NAN;
  x[2 * CHANNELS + 3] = NAN;
  pool_in_blocks(&s);
  finish(&s);
  CHECK(states[0] == -INFINITY && states[CHANNELS] == 0.0 && states[2 * CHANNELS] == 0.0,
        "empty: %g, %g, %g", states[0], states[CHANNELS], states[2 * CHANNELS]);
  CHECK(mean[0] == 0.0f && (moments == 1 || std[0] == 0.0f), "empty: mean %g", mean[0]);
  for (int64_t d = 1; d < CHANNELS; d += 3) {
    struct exact exact = exact_of(&s, scores + d, CHANNELS, x + d);
    check_results(&s, "special", d, &exact);
  }
  CHECK(isnan(mean[2]) && isnan(mean[3]), "means %g, %g", mean[2], mean[3]);
  CHECK(moments == 1 || (isnan(std[2]) && isnan(std[3])), "NaN is lost");
  check_ok(attnpool_channel_weights_f32(scores, ROWS, CHANNELS, CHANNELS, states, CHANNELS, 0.0,
                                        scores, CHANNELS));
  for (int t = 0; t < ROWS; t++) {
    const float *w = scores + t * CHANNELS;
    CHECK(w[0] == 0.0f && (w[1] == 0.0f) == (t == 1 || t == 3) && isnan(w[2]) && w[4] > 0.0f,
          "row %d: weights %g, %g, %g, %g", t, w[0], w[1], w[2], w[4]);
  }
}

/* Columns by what their rows hold in turn, and what equal weights make of it. */
static const struct {
  float x[2], mean, std;
} far_columns[] = {
    {{0x1.cp127f, 0x1.cp127f}, 0x1.cp127f, 0.0f}, {{0x1.ep127f, -0x1.ep127f}, 0.0f, 0x1.ep127f},
    {{0x1p126f, 0x1.8p127f}, 0x1p127f, 0x1p126f}, {{0x1p66f, -0x1p66f}, 0.0f, 0x1p66f},
    {{INFINITY, 1.0f}, INFINITY, NAN},            {{-INFINITY, 1.0f}, -INFINITY, NAN},
    {{INFINITY, -INFINITY}, NAN, NAN},            {{3.0f, 5.0f}, 4.0f, 1.0f},
};

/* Two of six rows have weight 0, and then any x. */
static bool is_out(int64_t t) { return t / 2 % 3 == 2; }

static void make_far_rows(const struct shape *s, bool heads) {
  make_inputs(s, s->rows * s->channels);
  for (int64_t i = 0; i < s->rows * s->channels; i++) {
    int64_t t = i / s->channels, kind = i % s->channels % (int64_t)COUNT(far_columns);
    x[i] = is_out(t) ? (kind % 2 == 0 ? INFINITY : NAN) : far_columns[kind].x[t % 2];
    narrow[i] = (uint16_t)(bits_of_float(x[i]) >> 16);
    scores[i] = is_out(heads ? i : t) ? -1000.0f : 1.0f;
  }
}

static bool is_near(float value, float want, float scale) {
  return isnan(want)   ? isnan(value) != 0
         : isinf(want) ? value == want
                       : fabs((double)value - want) <= 1e-6 * (double)scale;
}

/* Rows whose float32 sums overflow, among columns that do not, in one block and in several. */
static void test_far_rows(struct shape s, bool heads) {
  const int64_t channels = s.channels, rows = s.rows;
  size_t size = (size_t)(4 * channels);
  make_far_rows(&s, heads);
  states = guarded_doubles(AT_END, size);
  others = guarded_doubles(AT_END, size);
  pool(&s, 0, 0, states);
  for (int64_t t = 0; t < rows; t += s.block) {
    int64_t n = rows - t < s.block ? rows - t : s.block, at = t * channels;
    if (!heads) {
      pool(&s, t, n, others);
    } else {
      check_ok(s.bf16 ? attnpool_head_moments_bf16(narrow + at, n, channels, channels, scores + t,
                                                   rows, 1, others, channels)
                      : attnpool_head_moments_f32(x + at, n, channels, channels, scores + t, rows,
                                                  1, others, channels));
    }
    check_ok(attnpool_channel_merge_f64(states, others, channels, channels, s.moments));
  }
  finish(&s);
  for (int64_t d = 0; d < channels; d++) {
    int64_t kind = d % (int64_t)COUNT(far_columns);
    float want = far_columns[kind].mean, want_std = far_columns[kind].std;
    float scale = fabsf(far_columns[kind].x[0]);
    CHECK(is_near(mean[d], want, scale) && (s.moments == 1 || is_near(std[d], want_std, scale)),
          "%s of %lld far rows by %lld, column %lld: %g, %g, not %g, %g",
          heads ? "heads" : "channels", (long long)rows, (long long)s.block, (long long)d, mean[d],
          s.moments == 1 ? 0.0f : std[d], want, want_std);
  }
}

static void test_all_far_rows(int64_t rows, int64_t block) {
  for (int64_t channels = 1; channels <= 140; channels += channels < 20 ? 3 : 59) {
    struct shape s = usual;
    s.rows = rows;
    s.block = block;
    s.channels = channels;
    s.bf16 = channels % 2 == 0;
    for (s.moments = 1; s.moments <= 2; s.moments++) {
      test_far_rows(s, false);
    }
    s.moments = 2;
    test_far_rows(s, true);
  }
}

/* Maxima so far from 0 that exp(-m) or exp(m) is no float64. */
static void test_epsilon_of_far_scores(void) {
  const float far[] = {-1e4f, -800.0f, 800.0f, 1e4f};
  for (size_t i = 0; i < COUNT(far); i++) {
    double state[4];
    const float value[] = {3.0f, 5.0f}, e[] = {far[i], far[i]};
    float average, deviation, weights[2];
    check_ok(attnpool_channel_block_f32(value, 2, 1, 1, e, 1, 2, state, 1));
    check_ok(attnpool_channel_finish_f64(state, 1, 1, 1e-7, 0.0, &average, &deviation));
    check_ok(attnpool_channel_weights_f32(e, 2, 1, 1, state, 1, 1e-7, weights, 1));
    bool none = far[i] < 0.0f;
    CHECK(average == (none ? 0.0f : 4.0f) && deviation == (none ? 0.0f : 1.0f), "%g: %g, %g",
          far[i], average, deviation);
    CHECK(weights[0] == (none ? 0.0f : 0.5f) && weights[1] == weights[0], "%g: weight %g", far[i],
          weights[0]);
  }
}

static void test_all(struct shape s) {
  test_channels(s);
  test_heads(s, s.channels < 40 ? s.channels : 40, 3);
}

int main(void) {
  begin("channels");
  for (int64_t channels = 0; channels <= 140; channels += channels < 70 ? 1 : 35) {
    struct shape s = usual;
    s.channels = channels;
    s.bf16 = channels % 2 == 1;
    test_all(s);
    s.moments = 1;
    s.block = 1 + channels % 13;
    test_channels(s);
    test_bits_of_one_channel(channels, 1 + (int32_t)(channels % 2));
    test_one_row_is_exact(channels);
    test_merge_commutes(channels);
  }
  static const int64_t rows[] = {0, 1, 2, 63, 64, 65, 129, 700};
  for (size_t i = 0; i < COUNT(rows); i++) {
    for (int64_t block = 1; block <= 700; block += block == 1 ? 76 : 311) {
      struct shape s = usual;
      s.rows = rows[i];
      s.block = block;
      test_all(s);
      s.mean = 100.0f;
      test_all(s);
      s.mean = -1e4f;
      s.spread = 0.0f;
      test_all(s);
      s.mean = 1.0f;
      s.epsilon = 0.5;
      s.spread = 5.0f;
      test_channels(s);
      s.min_variance = 0.5;
      test_channels(s);
      s.spread = 80.0f;
      test_channels(s);
    }
  }
  for (int32_t moments = 1; moments <= 2; moments++) {
    test_special_values(moments, false);
    test_special_values(moments, true);
  }
  static const int64_t far_rows[] = {2, 4, 64, 70, 300};
  for (size_t i = 0; i < COUNT(far_rows); i++) {
    test_all_far_rows(far_rows[i], 1);
    test_all_far_rows(far_rows[i], 65);
    test_all_far_rows(far_rows[i], 300);
  }
  test_epsilon_of_far_scores();
  return end();
}
