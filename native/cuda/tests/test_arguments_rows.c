/* Bad arguments of the launchers for rows and grids. */
#include "arguments.h"

#include <math.h>

struct copy_call {
  const void *src;
  int32_t src_type;
  int64_t src_stride;
  const int64_t *positions;
  int64_t rows, width;
  void *dst;
  int32_t dst_type;
  int64_t dst_stride;
};

static int32_t copy(struct copy_call c) {
  return attnpool_cuda_copy_rows(c.src, c.src_type, c.src_stride, c.positions, c.rows, c.width,
                                 c.dst, c.dst_type, c.dst_stride, NULL);
}

#define COPY_WITH(change)                                                                   \
  copy(({                                                                                   \
    struct copy_call c = {in, ATTNPOOL_CUDA_F32, 6, numbers, 3, 5, out, ATTNPOOL_CUDA_F16, 7}; \
    change;                                                                                 \
    c;                                                                                      \
  }))

static void test_copy(void) {
  EXPECT_GOOD(COPY_WITH((void)0));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, COPY_WITH(c.src = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, COPY_WITH(c.dst = NULL));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, COPY_WITH(c.rows = 0; c.dst = NULL));
  EXPECT(ATTNPOOL_CUDA_BAD_TYPE, COPY_WITH(c.src_type = 3));
  EXPECT(ATTNPOOL_CUDA_BAD_TYPE, COPY_WITH(c.dst_type = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, COPY_WITH(c.rows = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, COPY_WITH(c.rows = -1; c.positions = NULL));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, COPY_WITH(c.width = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, COPY_WITH(c.rows = HUGE_COUNT));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, COPY_WITH(c.rows = INT64_MAX; c.positions = NULL));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, COPY_WITH(c.width = c.src_stride = c.dst_stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, COPY_WITH(c.src_stride = INT64_MAX; c.positions = NULL));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, COPY_WITH(c.dst_stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, COPY_WITH(c.src_stride = 4));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, COPY_WITH(c.dst_stride = 4));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, COPY_WITH(c.dst_stride = -7));
  EXPECT(ATTNPOOL_CUDA_OK, COPY_WITH(c.rows = 0));
  EXPECT(ATTNPOOL_CUDA_OK, COPY_WITH(c.width = 0));
}

struct activate_call {
  void *x;
  int32_t x_type;
  int64_t rows, width, x_stride;
  const float *bias;
  int32_t activation;
  void *rounded;
  int32_t rounded_type;
  int64_t rounded_stride;
};

static int32_t activate(struct activate_call c) {
  return attnpool_cuda_activate(c.x, c.x_type, c.rows, c.width, c.x_stride, c.bias, c.activation,
                                c.rounded, c.rounded_type, c.rounded_stride, NULL);
}

#define ACTIVATE_WITH(change)                                                                 \
  activate(({                                                                                 \
    struct activate_call c = {out, ATTNPOOL_CUDA_F32, 2, 5, 6, in, ATTNPOOL_CUDA_TANH,        \
                              wide_out, ATTNPOOL_CUDA_BF16, 6};                               \
    change;                                                                                   \
    c;                                                                                        \
  }))

static void test_activate(void) {
  EXPECT_GOOD(ACTIVATE_WITH((void)0));
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, ACTIVATE_WITH(c.x = NULL));
  EXPECT(ATTNPOOL_CUDA_BAD_TYPE, ACTIVATE_WITH(c.x_type = 3));
  EXPECT(ATTNPOOL_CUDA_BAD_TYPE, ACTIVATE_WITH(c.rounded_type = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_ACTIVATION, ACTIVATE_WITH(c.activation = 8));
  EXPECT(ATTNPOOL_CUDA_BAD_ACTIVATION, ACTIVATE_WITH(c.activation = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, ACTIVATE_WITH(c.rows = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, ACTIVATE_WITH(c.width = -1));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, ACTIVATE_WITH(c.rows = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, ACTIVATE_WITH(c.x_stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, ACTIVATE_WITH(c.rounded_stride = INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, ACTIVATE_WITH(c.x_stride = 4));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, ACTIVATE_WITH(c.rounded_stride = 4));
  EXPECT(ATTNPOOL_CUDA_OK, ACTIVATE_WITH(c.rows = 0));
}

struct pad_call {
  float *values;
  int64_t values_stride, rows, heads;
  const int64_t *offsets, *positions;
  int64_t sequences, steps;
  float *padded;
};

static int32_t pad(struct pad_call c) {
  return attnpool_cuda_pad(c.values, c.values_stride, c.rows, c.heads, c.offsets, c.positions,
                           c.sequences, c.steps, 0.0f, c.padded, NULL);
}

static int32_t unpad(struct pad_call c, float epsilon, const float *scores, int64_t stride) {
  return attnpool_cuda_unpad(c.padded, c.steps, scores, stride, c.rows, c.heads, c.offsets,
                             c.sequences, epsilon, c.values, c.values_stride, NULL);
}

#define PAD_CALL(given_values, given_padded, change)                                        \
  ({                                                                                        \
    struct pad_call c = {given_values, 6, 5, 3, numbers, numbers, 5, 2, given_padded};      \
    change;                                                                                 \
    c;                                                                                      \
  })
#define PAD_WITH(change) pad(PAD_CALL(in, out, change))
#define UNPAD_WITH(change) unpad(PAD_CALL(out, in, change), 0.5f, in, 5)

#define EXPECT_SIZES_CHECKED(CALL_WITH)                              \
  EXPECT_GOOD(CALL_WITH((void)0));                                   \
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, CALL_WITH(c.values = NULL));    \
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, CALL_WITH(c.offsets = NULL));   \
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, CALL_WITH(c.padded = NULL));    \
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, CALL_WITH(c.rows = -1));            \
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, CALL_WITH(c.heads = -1));           \
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, CALL_WITH(c.sequences = -1));       \
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, CALL_WITH(c.steps = -1));           \
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, CALL_WITH(c.heads = INT64_MAX));    \
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, CALL_WITH(c.sequences = INT64_MAX)); \
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, CALL_WITH(c.steps = INT64_MAX));    \
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, CALL_WITH(c.rows = c.values_stride = INT64_MAX)); \
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, CALL_WITH(c.values_stride = INT64_MAX)); \
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, CALL_WITH(c.rows = 0; c.sequences = c.heads = INT32_MAX)); \
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, CALL_WITH(c.values_stride = 4));  \
  EXPECT(ATTNPOOL_CUDA_OK, CALL_WITH(c.sequences = 0));              \
  EXPECT(ATTNPOOL_CUDA_OK, CALL_WITH(c.steps = 0))

static void test_pad(void) {
  EXPECT_SIZES_CHECKED(PAD_WITH);
  EXPECT_SIZES_CHECKED(UNPAD_WITH);
  const struct pad_call good = PAD_CALL(out, in, (void)0);
  EXPECT(ATTNPOOL_CUDA_NULL_POINTER, unpad(good, 0.5f, NULL, 5));
  EXPECT(ATTNPOOL_CUDA_BAD_STRIDE, unpad(good, 0.5f, in, 4));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, unpad(good, 0.5f, in, INT64_MAX));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, unpad(good, -1e-9f, in, 5));
  EXPECT(ATTNPOOL_CUDA_BAD_SIZE, unpad(good, NAN, in, 5));
}

int main(void) {
  begin("cuda.arguments_rows");
  make_arguments();
  test_copy();
  test_activate();
  test_pad();
  return end();
}
