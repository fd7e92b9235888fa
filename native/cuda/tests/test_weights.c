/* Compares softmax weights with float64, with guard pages around all buffers. */
#include "batch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const int64_t lengths[] = {0, 1, 2, 256, 0, 31, 300, 7, 255, 0};
#define SEQUENCES ((int64_t)COUNT(lengths))

static double most; /* error, as a fraction of the tolerance */

static double *max_sum;
static float *weights;
static int64_t weights_stride;

/* The states of whole sequences; m is a float. */
static void make_states(const struct batch *in) {
  max_sum = on_device(AT_END, SEQUENCES * in->heads * 2, sizeof *max_sum);
  int64_t first = 0;
  for (int64_t b = 0; b < SEQUENCES; first += lengths[b++]) {
    for (int64_t r = 0; r < in->heads; r++) {
      double *state = max_sum + (b * in->heads + r) * 2;
      state[0] = -INFINITY;
      for (int64_t t = 0; t < lengths[b]; t++) {
        state[0] = fmax(state[0], *value_at(in, r, first + t));
      }
      for (int64_t t = 0; t < lengths[b] && state[0] > -INFINITY; t++) {
        state[1] += exp(*value_at(in, r, first + t) - state[0]);
      }
    }
  }
}

static void make_inputs(struct batch *in, int64_t heads, int64_t gap) {
  const struct batch made = {.width = 0, .heads = heads, .gap = gap, .placement = AT_END,
                             .lengths = lengths, .sequences = SEQUENCES};
  *in = made;
  make_batch(in);
  make_states(in);
  weights_stride = in->rows + 2 * gap;
  weights = floats_on_device(AT_END, elements_of(heads, in->rows, weights_stride), 7.0f);
}

static int32_t weigh(const struct batch *in, int64_t first, int64_t count, float epsilon,
                     float *to, int64_t to_stride) {
  const int64_t from = in->tiles.rows[first], rows = in->tiles.rows[first + count] - from;
  return attnpool_cuda_weights(value_at(in, 0, from), in->values_stride, rows, in->heads,
                               in->tiles.rows + first, in->tiles.sequences + first, count, max_sum,
                               SEQUENCES, epsilon, to + from, to_stride, NULL);
}

static void check_weight(const struct batch *in, int64_t tile, int64_t r, int64_t t,
                         float epsilon) {
  const double *state = max_sum + (in->tiles.sequences[tile] * in->heads + r) * 2;
  const double e = *value_at(in, r, t), divisor = state[1] + epsilon * exp(-state[0]);
  const double exact = state[0] == -INFINITY ? 0.0 : exp(e - state[0]) / divisor;
  /*
   * e - m is rounded, and exp adds 2 ulp, which are 4 units; the divisor and the quotient add more.
   */
  const double away = exact > 0.0 ? fabs(e - state[0]) : 0.0;
  const double tolerance = UNIT * (away + 6.0) * exact + 0x1p-149;
  const float weight = weights[r * weights_stride + t];
  const double error = fabs(weight - exact);
  most = error > most * tolerance ? error / tolerance : most;
  CHECK(error <= tolerance, "head %lld, row %lld, epsilon %g: %.9g, exactly %.9g", (long long)r,
        (long long)t, epsilon, weight, exact);
  CHECK(epsilon > 0.0f || lengths[in->tiles.sequences[tile]] != 1 || exact == 0.0 || weight == 1.0f,
        "a single row: %.9g", weight);
}

static void test_values(int64_t heads, int64_t gap, float epsilon) {
  struct batch in;
  make_inputs(&in, heads, gap);
  RUN(weigh(&in, 0, in.tiles.count, epsilon, weights, weights_stride));
  for (int64_t tile = 0; tile < in.tiles.count; tile++) {
    for (int64_t t = in.tiles.rows[tile]; t < in.tiles.rows[tile + 1]; t++) {
      for (int64_t r = 0; r < heads; r++) {
        check_weight(&in, tile, r, t, epsilon);
      }
    }
  }
  for (int64_t i = 0; i < elements_of(heads, in.rows, weights_stride); i++) {
    CHECK(i % weights_stride < in.rows || weights[i] == 7.0f, "wrote between the heads");
  }
  /* Some of the tiles, and in place: the same bits. */
  float *part = floats_on_device(AT_START, elements_of(heads, in.rows, weights_stride), 7.0f);
  RUN(weigh(&in, 3, 2, epsilon, part, weights_stride));
  RUN(weigh(&in, 0, in.tiles.count, epsilon, in.values, in.values_stride));
  for (int64_t i = 0; i < elements_of(heads, in.rows, weights_stride); i++) {
    const int64_t r = i / weights_stride, t = i % weights_stride;
    const bool inside = t >= in.tiles.rows[3] && t < in.tiles.rows[5];
    CHECK(inside ? same_bits(&part[i], &weights[i], 1) : part[i] == 7.0f, "some tiles: %g",
          part[i]);
    CHECK(t >= in.rows || same_bits(value_at(&in, r, t), &weights[i], 1), "in place: %g",
          weights[i]);
  }
  release_device();
}

/* An empty state, a NaN state, and single rows far from 0. */
static void test_special_states(void) {
  struct batch in;
  make_inputs(&in, 1, 0);
  const int64_t single = in.tiles.rows[in.tiles.of[1]], masked = in.tiles.rows[in.tiles.of[2]];
  const int64_t bad = in.tiles.rows[in.tiles.of[5]];
  for (float score = -3e38f; score < 3.1e38f; score += 1e38f) {
    *value_at(&in, 0, single) = score;
    max_sum[2] = score;
    max_sum[3] = 1.0;
    max_sum[4] = -INFINITY;
    max_sum[5] = 0.0;
    max_sum[10] = max_sum[11] = NAN;
    RUN(weigh(&in, 0, in.tiles.count, 0.0f, weights, weights_stride));
    CHECK(weights[single] == 1.0f, "%g: %g", score, weights[single]);
    CHECK(weights[masked] == 0.0f && weights[masked + 1] == 0.0f, "empty: %g", weights[masked]);
    for (int64_t t = 0; t < in.rows; t++) {
      const bool spoilt = t >= bad && t < bad + lengths[5];
      CHECK((isnan(weights[t]) != 0) == spoilt, "row %lld: %g", (long long)t, weights[t]);
    }
  }
  /* exp(-m) may overflow; then all weights are 0. */
  *value_at(&in, 0, single) = -1000.0f;
  max_sum[2] = -1000.0;
  RUN(weigh(&in, 0, in.tiles.count, 1e-7f, weights, weights_stride));
  CHECK(weights[single] == 0.0f && weights[masked] == 0.0f, "%g", weights[single]);
  release_device();
}

/* Errors that a GPU would not notice. */
static void test_wrong_tiles(void) {
  struct batch in;
  make_inputs(&in, 1, 0);
  in.tiles.sequences[in.tiles.count - 1] = (int32_t)SEQUENCES;
  const int32_t status = weigh(&in, 0, in.tiles.count, 0.0f, weights, weights_stride);
  CHECK(status < 0 && strstr(latest_complaint(), "has no state") != NULL, "status %d, %s", status,
        latest_complaint());
  release_device();
}

int main(void) {
  begin("cuda.weights");
  for (int64_t heads = 1; heads <= 64; heads = 3 * heads + 1) {
    test_values(heads, 0, 0.0f);
    test_values(heads, 3, 1e-3f);
    test_values(heads, 4, 1e4f);
  }
  test_special_states();
  test_wrong_tiles();
  printf("weights: at most %.3f of the tolerated error\n", most);
  return end();
}
