/*
 * The exact bits of tiles' states: independent of how they are requested, and for special values.
 */
#include "batch.h"
#include "rounding.h"

#include <math.h>
#include <string.h>

static const int64_t lengths[] = {3, 256, 0, 300, 1, 40};

static struct batch batch_of(int32_t type, int64_t width, int64_t heads) {
  struct batch in = {.type = type,
                     .width = width,
                     .heads = heads,
                     .placement = AT_END,
                     .lengths = lengths,
                     .sequences = COUNT(lengths)};
  make_batch(&in);
  return in;
}

static void check_same(const struct batch *in, const char *how, const struct states *a,
                       int64_t state, const struct states *b, int64_t other, int64_t count) {
  CHECK(same_bits(a->max_sum + 2 * state, b->max_sum + 2 * other, (size_t)(2 * count)) &&
            same_bits(a->context + state * in->width, b->context + other * in->width,
                      (size_t)(count * in->width)),
        "type %d, %lld wide, %lld heads: others with %s", in->type, (long long)in->width,
        (long long)in->heads, how);
}

/* Some tiles, one head, another layout. */
static void test_how_they_are_asked_for(int32_t type, int64_t width, int64_t heads) {
  struct batch in = batch_of(type, width, heads);
  const struct states all = pool_batch(&in, 0), part = room_for_states(&in);
  RUN(pool_tiles(&in, 1, 2, 0, heads, 0, part.max_sum, part.context));
  check_same(&in, "some of the tiles", &all, heads, &part, 0, 2 * heads);
  for (int64_t r = 0; r < heads; r += 3) {
    RUN(pool_tiles(&in, 0, in.tiles.count, r, 1, 0, part.max_sum, part.context));
    for (int64_t tile = 0; tile < in.tiles.count; tile++) {
      check_same(&in, "one head", &all, tile * heads + r, &part, tile, 1);
    }
  }
  for (int64_t gap = 3; gap <= 4; gap++) { /* never aligned, or aligned to four elements */
    const int64_t stride = (width + 3) / 4 * 4 + gap;
    void *copy = on_device(gap == 3 ? AT_END : AT_START, elements_of(in.rows, width, stride),
                           (size_t)bytes_of_type(type));
    RUN(attnpool_cuda_copy_rows(in.x, type, width, NULL, in.rows, width, copy, type, stride, NULL));
    struct batch moved = in;
    moved.x = copy;
    moved.stride = stride;
    RUN(pool_tiles(&moved, 0, in.tiles.count, 0, heads, 0, part.max_sum, part.context));
    check_same(&in, "another layout", &all, 0, &part, 0, in.tiles.count * heads);
  }
  release_device();
}

/* The context of a single row is the row, with the signs of its zeros, whatever its score. */
static void test_single_row(int32_t type, int32_t flags) {
  static const double special[] = {-0.0, 0.0, 0x1p-24, -0x1p-24, INFINITY, -INFINITY, 1.5};
  static const int64_t one = 1;
  struct batch in = {.type = type, .width = COUNT(special), .heads = 5, .lengths = &one,
                     .sequences = 1};
  make_batch(&in);
  for (int64_t d = 0; d < in.width; d++) {
    set_element(type, in.x, d, special[d]);
  }
  for (int64_t r = 0; r < in.heads; r++) {
    *value_at(&in, r, 0) = flags == ATTNPOOL_CUDA_WEIGHTS ? 1.0f : uniform(-1e4f, 1e4f);
  }
  const struct states states = pool_batch(&in, flags);
  for (int64_t i = 0; i < in.heads * in.width; i++) {
    const double want = special[i % in.width];
    CHECK(states.context[i] == want && !signbit(states.context[i]) == !signbit(want),
          "type %d: %g, not %g", type, states.context[i], want);
  }
  for (int64_t r = 0; r < in.heads; r++) {
    const float m = flags == ATTNPOOL_CUDA_WEIGHTS ? 0.0f : *value_at(&in, r, 0);
    CHECK(states.max_sum[2 * r] == m && states.max_sum[2 * r + 1] == 1.0f, "%g, %g",
          states.max_sum[2 * r], states.max_sum[2 * r + 1]);
  }
  release_device();
}

/*
 * If all scores of a tile are -infinity, its rows do not matter, and other states are unaffected.
 */
static void test_masked_tile(void) {
  struct batch in = batch_of(ATTNPOOL_CUDA_F32, 37, 5);
  const struct states before = pool_batch(&in, 0);
  for (int64_t t = in.tiles.rows[1]; t < in.tiles.rows[2]; t++) {
    for (int64_t r = 0; r < in.heads; r++) {
      *value_at(&in, r, t) = r == 3 ? *value_at(&in, r, t) : -INFINITY;
    }
  }
  const struct states after = pool_batch(&in, 0);
  set_element(in.type, in.x, in.tiles.rows[1] * in.stride, NAN);
  const struct states with_nan = pool_batch(&in, 0);
  for (int64_t i = 0; i < in.tiles.count * in.heads; i++) {
    const bool masked = i / in.heads == 1 && i % in.heads != 3;
    if (!masked) {
      check_same(&in, "a masked tile", &before, i, &after, i, 1);
      continue;
    }
    CHECK(after.max_sum[2 * i] == -INFINITY && after.max_sum[2 * i + 1] == 0.0f, "%g, %g",
          after.max_sum[2 * i], after.max_sum[2 * i + 1]);
    for (int64_t d = 0; d < in.width; d++) {
      CHECK(after.context[i * in.width + d] == 0.0f && with_nan.context[i * in.width + d] == 0.0f,
            "%g, %g", after.context[i * in.width + d], with_nan.context[i * in.width + d]);
    }
  }
  release_device();
}

/* A NaN score spoils its tile and head; a NaN element spoils its tile and column. */
static void test_nan(int64_t row) {
  struct batch in = batch_of(ATTNPOOL_CUDA_F32, 37, 5);
  const int64_t bad_row = in.tiles.rows[1] + row, bad_column = row % 37;
  const struct states before = pool_batch(&in, 0);
  *value_at(&in, 4, bad_row) = NAN;
  set_element(in.type, in.x, bad_row * in.stride + bad_column, NAN);
  const struct states after = pool_batch(&in, 0);
  for (int64_t i = 0; i < in.tiles.count * in.heads; i++) {
    const bool spoilt = i == 1 * in.heads + 4;
    CHECK((isnan(after.max_sum[2 * i]) != 0) == spoilt &&
              (isnan(after.max_sum[2 * i + 1]) != 0) == spoilt,
          "row %lld, state %lld: %g, %g", (long long)row, (long long)i, after.max_sum[2 * i],
          after.max_sum[2 * i + 1]);
    for (int64_t d = 0; d < in.width; d++) {
      const int64_t at = i * in.width + d;
      const bool bad = spoilt || (i / in.heads == 1 && d == bad_column);
      CHECK(bad ? isnan(after.context[at]) != 0
                : same_bits(&after.context[at], &before.context[at], 1),
            "row %lld, state %lld, column %lld: %g", (long long)row, (long long)i, (long long)d,
            after.context[at]);
    }
  }
  release_device();
}

/* Errors that a GPU would not notice. */
static void test_wrong_tiles(void) {
  for (int64_t rows = 0; rows <= 257; rows += 257) {
    struct batch in = batch_of(ATTNPOOL_CUDA_F32, 8, 1);
    const struct states room = room_for_states(&in);
    in.tiles.rows[1] = rows;
    const int32_t status = pool_tiles(&in, 0, 1, 0, 1, 0, room.max_sum, room.context);
    CHECK(status < 0 && strstr(latest_complaint(), "no rows or too many") != NULL,
          "%lld rows: status %d, %s", (long long)rows, status, latest_complaint());
    release_device();
  }
}

int main(void) {
  begin("cuda.pool_bits");
  for (int32_t type = ATTNPOOL_CUDA_F32; type <= ATTNPOOL_CUDA_F16; type++) {
    for (int64_t width = 4; width <= 132; width += 31 + width % 3) {
      test_how_they_are_asked_for(type, width, 1 + width % 6);
    }
    test_single_row(type, 0);
    test_single_row(type, ATTNPOOL_CUDA_WEIGHTS);
  }
  test_masked_tile();
  for (int64_t row = 0; row < 256; row += 51) {
    test_nan(row);
  }
  test_wrong_tiles();
  return end();
}
