/*
 * The exact bits of merged states: independent of how tiles are divided among calls, and for
 * special values.
 */
#include "partials.h"

#include <math.h>
#include <string.h>

static const int64_t lengths[] = {0, 1, 2, 0, 5, 17, 300, 1, 0, 20};

static struct partials partials_of(int64_t heads, int64_t width) {
  struct partials p = {lengths, COUNT(lengths), heads, width, 0, NULL, NULL, NULL};
  make_partials(&p);
  /* Zeros of both signs, which a sum would change if it started from, or added, another zero. */
  for (int64_t i = 0; i < p.tiles * heads; i++) {
    for (int64_t d = 0; d < width && p.max_sum[2 * i] > -INFINITY; d += 3) {
      p.context[i * width + d] = uniform(0.0f, 4.0f) < 3.0f ? -0.0f : 0.0f;
    }
  }
  return p;
}

/* Merges all tiles in calls of up to `most` tiles; some calls have none. */
static void merge_in_calls(const struct partials *p, int64_t most, const struct merged *to) {
  int32_t flags = 0;
  for (int64_t first = 0; first < p->tiles || flags == 0;) {
    int64_t count = (int64_t)uniform(0.0f, (float)most + 0.99f);
    count = count < p->tiles - first ? count : p->tiles - first;
    RUN(merge_tiles(p, first, count, flags, 1e-6f, to));
    first += count;
    flags = ATTNPOOL_CUDA_RESUME;
  }
}

static void test_calls(int64_t heads, int64_t width) {
  const struct partials p = partials_of(heads, width);
  const struct merged one = room_for_merged(&p), several = room_for_merged(&p);
  RUN(merge_tiles(&p, 0, p.tiles, 0, 1e-6f, &one));
  for (int64_t most = 4; most < 1000; most *= 9) {
    merge_in_calls(&p, most, &several);
    CHECK(same_merged(&p, &one, &several), "%lld wide: others in calls of %lld tiles",
          (long long)width, (long long)most);
  }
  release_device();
}

/* A sequence alone, too: if it has many tiles, another kernel merges them. */
static void test_alone(int64_t width) {
  const struct partials p = partials_of(2, width);
  const struct merged all = room_for_merged(&p);
  RUN(merge_tiles(&p, 0, p.tiles, 0, 0.0f, &all));
  struct partials one = p;
  one.sequences = 1;
  const struct merged room = room_for_merged(&one);
  for (int64_t b = 0; b < p.sequences; b++) {
    const struct merged among = {all.max_sum + b * 4, all.state_context + b * 2 * width,
                                 all.context + b * 2 * width};
    one.of = p.of + b;
    RUN(merge_tiles(&one, p.of[b], lengths[b], 0, 0.0f, &room));
    CHECK(same_merged(&one, &among, &room), "%lld wide: sequence %lld is another one alone",
          (long long)width, (long long)b);
  }
  release_device();
}

/* A single tile comes out unchanged. The state of no tile, or of empty tiles, is empty. */
static void test_single_tile(int64_t b, float epsilon) {
  const struct partials p = partials_of(3, 41);
  const struct merged merged = room_for_merged(&p);
  for (int64_t i = 3 * p.of[2]; i < 3 * p.of[3]; i++) {
    p.max_sum[2 * i] = -INFINITY;
    p.max_sum[2 * i + 1] = 0.0f;
    memset(p.context + i * p.width, 0, (size_t)p.width * sizeof *p.context);
  }
  RUN(merge_tiles(&p, 0, p.tiles, 0, epsilon, &merged));
  for (int64_t state = 3 * b; state < 3 * (b + 1); state++) {
    const int64_t tile = 3 * p.of[b] + state % 3;
    const bool empty = b != 1 || p.max_sum[2 * tile] == -INFINITY;
    const double m = empty ? -INFINITY : p.max_sum[2 * tile];
    const double s = empty ? 0.0 : p.max_sum[2 * tile + 1];
    CHECK(merged.max_sum[2 * state] == m && merged.max_sum[2 * state + 1] == s, "%g, %g",
          merged.max_sum[2 * state], merged.max_sum[2 * state + 1]);
    for (int64_t d = 0; d < p.width; d++) {
      const double value =
          empty ? 0.0 : p.context[tile * p.width + d] / partial_scale_of(s);
      const float context = empty ? 0.0f : (float)(value / (s + epsilon * exp(-m)));
      const int64_t at = state * p.width + d;
      CHECK(merged.state_context[at] == value && merged.context[at] == context &&
                (empty || !signbit(merged.context[at]) == !signbit(context)),
            "sequence %lld, column %lld: %g and %g, not %g and %g", (long long)b, (long long)d,
            merged.state_context[at], merged.context[at], value, context);
    }
  }
  release_device();
}

/* NaN spoils its state, or a column of it. */
static void test_nan(int64_t tile) {
  const struct partials p = partials_of(2, 41);
  const struct merged before = room_for_merged(&p), after = room_for_merged(&p);
  const int64_t sequence = 6, spoilt = sequence * 2 + 1, at = (p.of[sequence] + tile) * 2;
  RUN(merge_tiles(&p, 0, p.tiles, 0, 0.0f, &before));
  p.max_sum[(at + 1) * 2] = p.max_sum[(at + 1) * 2 + 1] = NAN;
  p.context[at * 41 + 7] = NAN;
  RUN(merge_tiles(&p, 0, p.tiles, 0, 0.0f, &after));
  for (int64_t state = 0; state < p.sequences * 2; state++) {
    CHECK(state == spoilt ? isnan(after.max_sum[2 * state]) && isnan(after.max_sum[2 * state + 1])
                          : same_doubles(after.max_sum + 2 * state, before.max_sum + 2 * state, 2),
          "tile %lld, state %lld: %g, %g", (long long)tile, (long long)state,
          after.max_sum[2 * state], after.max_sum[2 * state + 1]);
    for (int64_t d = 0; d < 41; d++) {
      const bool bad = state == spoilt || (state == sequence * 2 && d == 7);
      const float *now = &after.context[state * 41 + d], *then = &before.context[state * 41 + d];
      CHECK(bad ? isnan(*now) != 0 : same_bits(now, then, 1), "tile %lld, state %lld, column %lld",
            (long long)tile, (long long)state, (long long)d);
    }
  }
  release_device();
}

int main(void) {
  begin("cuda.merge_bits");
  static const int64_t widths[] = {1, 33, 70, 300}; /* up to several blocks, for both kernels */
  for (size_t i = 0; i < COUNT(widths); i++) {
    test_calls(1 + widths[i] % 3, widths[i]);
    test_alone(widths[i]);
  }
  for (int64_t b = 0; b < 4; b++) { /* no tile, one tile, two empty tiles, no tile */
    test_single_tile(b, 0.0f);
    test_single_tile(b, 1.0f);
  }
  test_nan(0);
  test_nan(63);
  test_nan(299);
  return end();
}
