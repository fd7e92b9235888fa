/* The arithmetic of cublasLtMatmul, with sums in float64. */
#include "matmul.h"
#include "element.h"

#include <stdlib.h>
#include <string.h>

static float load(const void *base, int32_t type, int64_t index) {
  if (type == CUDA_R_32F) {
    return ((const float *)base)[index];
  }
  uint32_t bits = ((const uint16_t *)base)[index];
  return type == CUDA_R_16BF ? float_of_bits(bits << 16) : float_of_f16(bits);
}

/* Reduces x to 10 bits of fraction: rounds to nearest, ties away from zero, or truncates. */
static float to_tf32(float x, bool truncates) {
  uint32_t bits = bits_of_float(x);
  return x - x != 0.0f ? x : float_of_bits((bits + (truncates ? 0 : 0x1000)) & 0xffffe000u);
}

/* op(matrix) as float32 with the inner dimension contiguous: row by row, or column by column. */
static float *widened(const struct fake_matmul *m, int which, bool inner_is_rows, uint64_t outer,
                      uint64_t inner) {
  const struct fake_matrix_layout *layout = &m->layout[which];
  const bool rounds = m->desc.compute == CUBLAS_COMPUTE_32F_FAST_TF32;
  float *values = malloc(outer * inner * sizeof *values);
  for (uint64_t i = 0; i < outer; i++) {
    for (uint64_t k = 0; k < inner; k++) {
      int64_t at = (int64_t)(inner_is_rows ? k : i) + (int64_t)(inner_is_rows ? i : k) * layout->ld;
      float value = load(m->at[which], layout->type, at);
      values[i * inner + k] = rounds ? to_tf32(value, m->truncates) : value;
    }
  }
  return values;
}

/*
 * The dot product over every step-th group of eight elements and the last few, in eight sums for
 * speed.
 */
static double dot(const float *a, const float *b, uint64_t n, uint64_t first, uint64_t step) {
  double sums[8] = {0};
  uint64_t k = 8 * first;
  for (; k + 8 <= n; k += 8 * step) {
    for (int j = 0; j < 8; j++) {
      sums[j] += (double)a[k + j] * b[k + j];
    }
  }
  for (; k < n; k++) {
    sums[0] += (double)a[k] * b[k];
  }
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

/* Sums parts of K one after another. Where the parts end depends on the columns, too. */
static double split_dot(const float *a, const float *b, uint64_t n, uint64_t parts, uint64_t cols) {
  float sum = 0.0f;
  uint64_t from = 0;
  for (uint64_t part = 1; part <= parts; part++) {
    uint64_t to = part == parts ? n : part * n / parts + cols % (n / parts + 1) / 2;
    sum += (float)dot(a + from, b + from, to - from, 0, 1);
    from = to;
  }
  return sum;
}

static double sliced_dot(const float *a, const float *b, uint64_t n, uint64_t slices) {
  float sum = 0.0f;
  for (uint64_t slice = 0; slice < slices; slice++) {
    sum += (float)dot(a, b, n, slice, slices);
  }
  return sum;
}

/* A sum as the algorithm computes it; if there are several parts, each is rounded to float32. */
static double sum_of(const struct fake_matmul *m, const float *a, const float *b, uint64_t n) {
  return m->splits > 1   ? split_dot(a, b, n, m->splits, m->layout[3].cols)
         : m->slices > 1 ? sliced_dot(a, b, n, m->slices)
                         : dot(a, b, n, 0, 1);
}

void fake_multiply(void *matmul) {
  const struct fake_matmul *m = matmul;
  const struct fake_matrix_layout *c = &m->layout[2], *d = &m->layout[3];
  const bool ta = m->desc.transposed[0] == CUBLAS_OP_T, tb = m->desc.transposed[1] == CUBLAS_OP_T;
  const uint64_t inner = ta ? m->layout[0].rows : m->layout[0].cols;
  float *a = widened(m, 0, ta, d->rows, inner), *b = widened(m, 1, !tb, d->cols, inner);
  void *result = (void *)m->at[3];
  if (m->workspace_bytes > 0) {
    memset(m->workspace, 0xff, m->workspace_bytes); /* destroys what was there */
  }
  for (uint64_t j = 0; j < d->cols; j++) {
    for (uint64_t i = 0; i < d->rows; i++) {
      double value = m->alpha * sum_of(m, a + i * inner, b + j * inner, inner);
      if (m->beta != 0.0f) {
        value += m->beta * load(m->at[2], c->type, (int64_t)(i + j * (uint64_t)c->ld));
      }
      if ((m->desc.epilogue & CUBLASLT_EPILOGUE_BIAS) != 0) {
        value += load(m->desc.bias, d->type, (int64_t)i);
      }
      if ((m->desc.epilogue & CUBLASLT_EPILOGUE_RELU) != 0) {
        value = value < 0.0 ? 0.0 : value;
      }
      store_element(result, d->type == CUDA_R_32F ? F32 : d->type == CUDA_R_16BF ? BF16 : F16,
                    (int64_t)(i + j * (uint64_t)d->ld), (float)value);
    }
  }
  free(a);
  free(b);
}
