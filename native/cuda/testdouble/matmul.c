/* The arithmetic of cublasLtMatmul, with sums in float64, and what it can do at all. */
#include "cublaslt.h"
#include "element.h"

#include <stdlib.h>

int64_t double_type_bytes(int32_t type) { return type == CUDA_R_32F ? 4 : 2; }

static bool is_bias(const struct double_matmul_desc *desc) {
  return (desc->epilogue & CUBLASLT_EPILOGUE_BIAS) != 0;
}

const char *double_matmul_refusal(const struct double_matmul *m) {
  const struct double_matrix_layout *a = &m->layout[0], *b = &m->layout[1], *c = &m->layout[2],
                                    *d = &m->layout[3];
  for (int i = 0; i < 4; i++) {
    const struct double_matrix_layout *layout = &m->layout[i];
    if (layout->order != CUBLASLT_ORDER_COL) {
      return "the double knows column order only, which is faster, too";
    }
    if (layout->ld < (int64_t)layout->rows) {
      return "a leading dimension below the rows of a matrix";
    }
    if (layout->type != CUDA_R_32F && layout->type != CUDA_R_16BF && layout->type != CUDA_R_16F) {
      return "a type that is not float32, bfloat16 or float16";
    }
  }
  const bool ta = m->desc.transposed[0] == CUBLAS_OP_T, tb = m->desc.transposed[1] == CUBLAS_OP_T;
  const uint64_t rows = ta ? a->cols : a->rows, inner = ta ? a->rows : a->cols;
  const uint64_t cols = tb ? b->rows : b->cols;
  if (rows != d->rows || cols != d->cols || inner != (tb ? b->cols : b->rows) ||
      c->rows != d->rows || c->cols != d->cols) {
    return "matrices whose sizes do not fit";
  }
  if (rows == 0 || cols == 0 || inner == 0) {
    return "an empty matrix";
  }
  if (a->type != b->type || c->type != d->type || (d->type != CUDA_R_32F && d->type != a->type)) {
    return "types that do not go together";
  }
  if (m->desc.compute != CUBLAS_COMPUTE_32F && m->desc.compute != CUBLAS_COMPUTE_32F_PEDANTIC &&
      !(m->desc.compute == CUBLAS_COMPUTE_32F_FAST_TF32 && a->type == CUDA_R_32F)) {
    return "a compute type that does not go with the matrices";
  }
  const uint32_t e = m->desc.epilogue;
  if (e != CUBLASLT_EPILOGUE_DEFAULT && e != CUBLASLT_EPILOGUE_RELU &&
      e != CUBLASLT_EPILOGUE_BIAS && e != CUBLASLT_EPILOGUE_RELU_BIAS) {
    return "an epilogue that the double does not know";
  }
  if (is_bias(&m->desc) && m->desc.bias_type != -1 && m->desc.bias_type != d->type) {
    return "a bias of another type than the result";
  }
  return NULL;
}

static float load(const void *base, int32_t type, int64_t index) {
  if (type == CUDA_R_32F) {
    return ((const float *)base)[index];
  }
  uint32_t bits = ((const uint16_t *)base)[index];
  return type == CUDA_R_16BF ? float_of_bits(bits << 16) : float_of_f16(bits);
}

/* To 10 bits of fraction, ties away from zero. */
static float to_tf32(float x) {
  uint32_t bits = bits_of_float(x);
  return x - x != 0.0f ? x : float_of_bits((bits + 0x1000) & 0xffffe000u);
}

/* op(matrix) row by row, or transposed column by column: the inner dimension is contiguous. */
static float *widened(const struct double_matmul *m, int which, bool inner_is_rows, uint64_t outer,
                      uint64_t inner) {
  const struct double_matrix_layout *layout = &m->layout[which];
  const bool rounds = m->desc.compute == CUBLAS_COMPUTE_32F_FAST_TF32;
  float *values = malloc(outer * inner * sizeof *values);
  for (uint64_t i = 0; i < outer; i++) {
    for (uint64_t k = 0; k < inner; k++) {
      int64_t at = (int64_t)(inner_is_rows ? k : i) + (int64_t)(inner_is_rows ? i : k) * layout->ld;
      float value = load(m->at[which], layout->type, at);
      values[i * inner + k] = rounds ? to_tf32(value) : value;
    }
  }
  return values;
}

/* In eight sums, to be quick; always in the same order. */
static double dot(const float *a, const float *b, uint64_t n) {
  double sums[8] = {0};
  uint64_t k = 0;
  for (; k + 8 <= n; k += 8) {
    for (int j = 0; j < 8; j++) {
      sums[j] += (double)a[k + j] * b[k + j];
    }
  }
  for (; k < n; k++) {
    sums[0] += (double)a[k] * b[k];
  }
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

void double_multiply(void *matmul) {
  const struct double_matmul *m = matmul;
  const struct double_matrix_layout *c = &m->layout[2], *d = &m->layout[3];
  const bool ta = m->desc.transposed[0] == CUBLAS_OP_T, tb = m->desc.transposed[1] == CUBLAS_OP_T;
  const uint64_t inner = ta ? m->layout[0].rows : m->layout[0].cols;
  float *a = widened(m, 0, ta, d->rows, inner), *b = widened(m, 1, !tb, d->cols, inner);
  void *result = (void *)m->at[3];
  for (uint64_t j = 0; j < d->cols; j++) {
    for (uint64_t i = 0; i < d->rows; i++) {
      double value = m->alpha * dot(a + i * inner, b + j * inner, inner);
      if (m->beta != 0.0f) {
        value += m->beta * load(m->at[2], c->type, (int64_t)(i + j * (uint64_t)c->ld));
      }
      if (is_bias(&m->desc)) {
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
