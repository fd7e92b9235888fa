/* Block states of several heads have the bits of each head alone, and nothing else is written. */
#include "harness.h"

#include <math.h>
#include <string.h>

enum { MOST_HEADS = 9 };

static float largest_x = 2.0f;

struct shape {
  int64_t rows, width, heads;
  enum placement placement;
  bool bf16;
};

static void pool(const struct shape *s, const void *x, const float *scores, int64_t scores_stride,
                 int64_t heads, double *max_sum, double *context, int64_t state_stride) {
  int32_t status = s->bf16 ? attnpool_pool_block_bf16(x, s->rows, s->width, s->width, scores,
                                                      scores_stride, heads, max_sum, context,
                                                      state_stride)
                           : attnpool_pool_block_f32(x, s->rows, s->width, s->width, scores,
                                                     scores_stride, heads, max_sum, context,
                                                     state_stride);
  CHECK(status == ATTNPOOL_OK, "status %d", status);
}

static void *make_rows(const struct shape *s) {
  size_t elements = (size_t)(s->rows * s->width);
  uint16_t *narrow = guarded(s->placement, s->bf16 ? elements : 0, sizeof *narrow);
  float *x = guarded_floats(s->placement, s->bf16 ? 0 : elements);
  for (size_t i = 0; i < elements; i++) {
    float value = largest_x * uniform(-1.0f, 1.0f);
    if (s->bf16) {
      narrow[i] = (uint16_t)(bits_of_float(value) >> 16);
    } else {
      x[i] = value;
    }
  }
  return s->bf16 ? (void *)narrow : (void *)x;
}

/*
 * The heads' states lie in one array: maximum and sum, 3 unused values, then the context. odd is
 * the head whose scores are all `special`, or -1.
 */
static void test_heads(const struct shape *s, int64_t odd, float special) {
  release_buffers();
  const void *x = make_rows(s);
  const int64_t scores_stride = s->rows + 2, state_stride = 5 + s->width;
  size_t scores_size = (size_t)((s->heads - 1) * scores_stride + s->rows);
  float *scores = guarded_floats(s->placement, scores_size);
  for (size_t i = 0; i < scores_size; i++) {
    int64_t head = (int64_t)i / scores_stride;
    bool between = (int64_t)i % scores_stride >= s->rows;
    scores[i] = between ? NAN : head == odd ? special : uniform(-6.0f, 6.0f);
  }
  size_t states_size = (size_t)(s->heads * state_stride);
  double *states = guarded_doubles(s->placement, states_size);
  for (size_t i = 0; i < states_size; i++) {
    states[i] = 5.5;
  }
  pool(s, x, scores, scores_stride, s->heads, states, states + 5, state_stride);
  double *max_sum = guarded_doubles(s->placement, 2);
  double *context = guarded_doubles(s->placement, (size_t)s->width);
  for (int64_t head = 0; head < s->heads; head++) {
    const double *state = states + head * state_stride;
    pool(s, x, scores + head * scores_stride, 0, 1, max_sum, context, 0);
    CHECK(same_doubles(state, max_sum, 2) && same_doubles(state + 5, context, (size_t)s->width),
          "%lld x %lld, bf16 %d, head %lld of %lld", (long long)s->rows, (long long)s->width,
          s->bf16, (long long)head, (long long)s->heads);
    CHECK(state[2] == 5.5 && state[3] == 5.5 && state[4] == 5.5, "written between states");
  }
}

static void test_shapes(struct shape s) {
  static const int64_t widths[] = {0,  1,  3,  7,  8,  15, 16,  17,  31,
                                   33, 50, 63, 64, 65, 100, 129, 300};
  static const int64_t rows[] = {0, 1, 2, 19, 256, 300, 513};
  for (size_t i = 0; i < COUNT(widths); i++) {
    for (size_t j = 0; j < COUNT(rows); j++) {
      s.width = widths[i];
      s.rows = rows[j];
      test_heads(&s, -1, 0.0f);
    }
  }
}

int main(void) {
  begin("pool_heads");
  for (int variant = 0; variant < 4; variant++) {
    struct shape s = {0, 0, 0, variant & 1 ? AT_START : AT_END, (variant & 2) != 0};
    for (s.heads = 1; s.heads <= MOST_HEADS; s.heads++) {
      test_shapes(s);
    }
  }
  struct shape s = {21, 70, MOST_HEADS, AT_END, false};
  for (int64_t odd = 0; odd < MOST_HEADS; odd++) {
    test_heads(&s, odd, -INFINITY);
    test_heads(&s, odd, NAN);
    test_heads(&s, odd, 1e4f);
  }
  largest_x = 3e38f; /* sums overflow float32 */
  s.rows = 300;
  test_heads(&s, -1, 0.0f);
  test_heads(&s, 1, -INFINITY);
  test_heads(&s, 1, NAN);
  return end();
}
