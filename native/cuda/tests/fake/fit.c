/* Which multiplications cublasLtMatmul accepts, and in which memory. */
#include "algorithm.h"
#include "context.h"
#include "matmul.h"
#include "memory.h"
#include "notes.h"

#include <stdint.h>

#define WORKSPACE_ALIGNMENT 256

int64_t fake_type_bytes(int32_t type) { return type == CUDA_R_32F ? 4 : 2; }

int64_t fake_pitch_alignment(const struct fake_matrix_layout *layout) {
  const int64_t pitch = layout->ld * fake_type_bytes(layout->type);
  int64_t alignment = 16;
  while (pitch % alignment != 0) {
    alignment /= 2;
  }
  return alignment;
}

static bool is_bias(const struct fake_matmul_desc *desc) {
  return (desc->epilogue & CUBLASLT_EPILOGUE_BIAS) != 0;
}

static const char *unfit_sizes(const struct fake_matmul *m) {
  const struct fake_matrix_layout *a = &m->layout[0], *b = &m->layout[1], *c = &m->layout[2],
                                    *d = &m->layout[3];
  for (int i = 0; i < 4; i++) {
    const struct fake_matrix_layout *layout = &m->layout[i];
    if (layout->rows == 0 || layout->cols == 0) {
      return "an empty matrix";
    }
    if (layout->ld < (int64_t)layout->rows) {
      return "a leading dimension below the rows of a matrix";
    }
  }
  const bool ta = m->desc.transposed[0] == CUBLAS_OP_T, tb = m->desc.transposed[1] == CUBLAS_OP_T;
  const uint64_t rows = ta ? a->cols : a->rows, inner = ta ? a->rows : a->cols;
  const uint64_t cols = tb ? b->rows : b->cols;
  return rows != d->rows || cols != d->cols || inner != (tb ? b->cols : b->rows) ||
                 c->rows != d->rows || c->cols != d->cols
             ? "matrices whose sizes do not fit"
             : NULL;
}

static const char *unsupported(const struct fake_matmul *m) {
  const int32_t a = m->layout[0].type, b = m->layout[1].type, c = m->layout[2].type,
                d = m->layout[3].type;
  for (int i = 0; i < 4; i++) {
    const struct fake_matrix_layout *layout = &m->layout[i];
    if (layout->order != CUBLASLT_ORDER_COL) {
      return "the fake knows column order only, which is faster, too";
    }
    if (layout->type != CUDA_R_32F && layout->type != CUDA_R_16BF && layout->type != CUDA_R_16F) {
      return "a type that is not float32, bfloat16 or float16";
    }
    if (layout->rows > INT32_MAX || layout->cols > INT32_MAX) {
      return "2^31 rows or columns";
    }
  }
  if (a != b || c != d || (d != CUDA_R_32F && d != a)) {
    return "types that do not go together";
  }
  if (m->desc.compute != CUBLAS_COMPUTE_32F && m->desc.compute != CUBLAS_COMPUTE_32F_PEDANTIC &&
      !(m->desc.compute == CUBLAS_COMPUTE_32F_FAST_TF32 && a == CUDA_R_32F)) {
    return "a compute type that does not go with the matrices";
  }
  const uint32_t e = m->desc.epilogue;
  if (e != CUBLASLT_EPILOGUE_DEFAULT && e != CUBLASLT_EPILOGUE_RELU &&
      e != CUBLASLT_EPILOGUE_BIAS && e != CUBLASLT_EPILOGUE_RELU_BIAS) {
    return "an epilogue that the fake does not know";
  }
  return is_bias(&m->desc) && m->desc.bias_type != -1 && m->desc.bias_type != d
             ? "a bias of another type than the result"
             : NULL;
}

const char *fake_matmul_refusal(const struct fake_matmul *m, int32_t *status) {
  const char *refusal = unsupported(m);
  *status = refusal == NULL ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
  if (refusal == NULL && (refusal = unfit_sizes(m)) != NULL) {
    *status = CUBLAS_STATUS_INVALID_VALUE;
  }
  return refusal;
}

static int64_t extent(const struct fake_matrix_layout *layout) {
  return (((int64_t)layout->cols - 1) * layout->ld + (int64_t)layout->rows) *
         fake_type_bytes(layout->type);
}

static bool overlap(const void *a, int64_t a_bytes, const void *b, int64_t b_bytes) {
  return a_bytes > 0 && b_bytes > 0 && (const char *)a < (const char *)b + b_bytes &&
         (const char *)b < (const char *)a + a_bytes;
}

/* The result may lie where C does, with the same layout, and must not overlap anything else. */
static bool check_overlap(const struct fake_matmul *m, int64_t workspace_bytes) {
  const struct fake_matrix_layout *c = &m->layout[2], *d = &m->layout[3];
  if (m->at[2] == m->at[3] && (c->ld != d->ld || c->type != d->type)) {
    fake_misuse("cublasLtMatmul: C is D, but has another layout");
    return false;
  }
  bool apart = !overlap(m->workspace, workspace_bytes, m->at[3], extent(d));
  for (int i = 0; i < 3; i++) {
    const int64_t bytes = extent(&m->layout[i]);
    const bool read = i != 2 || (m->beta != 0.0f && m->at[2] != m->at[3]);
    apart = apart && !(read && (overlap(m->at[3], extent(d), m->at[i], bytes) ||
                                overlap(m->workspace, workspace_bytes, m->at[i], bytes)));
  }
  if (!apart) {
    fake_misuse("cublasLtMatmul: what it writes lies where something else does");
  }
  return apart;
}

bool fake_check_matrices(const struct fake_matmul *m, const struct fake_algorithm *algorithm,
                           uint64_t workspace_bytes) {
  static const char *const names[] = {"cublasLtMatmul: A", "cublasLtMatmul: B",
                                      "cublasLtMatmul: C", "cublasLtMatmul: D"};
  const int device = fake_current_device();
  for (int i = 0; i < 4; i++) {
    const struct fake_matrix_layout *layout = &m->layout[i];
    const uint32_t alignment =
        algorithm == NULL ? (uint32_t)fake_type_bytes(layout->type) : algorithm->alignment[i];
    if (i == 2 && m->beta == 0.0f && m->at[2] != m->at[3]) {
      continue; /* not read */
    }
    if (!fake_is_device(names[i], m->at[i], extent(layout), device)) {
      return false;
    }
    if ((uintptr_t)m->at[i] % alignment != 0) {
      fake_misuse("%s: the algorithm was chosen for addresses that are multiples of %u",
                    names[i], alignment);
      return false;
    }
  }
  if ((uintptr_t)m->workspace % WORKSPACE_ALIGNMENT != 0) {
    fake_misuse("cublasLtMatmul: the workspace's address is no multiple of 256");
    return false;
  }
  return fake_is_device("cublasLtMatmul: workspace", m->workspace, (int64_t)workspace_bytes,
                          device) &&
         check_overlap(m, (int64_t)workspace_bytes) &&
         (!is_bias(&m->desc) ||
          fake_is_device("cublasLtMatmul: bias", m->desc.bias,
                           (int64_t)m->layout[3].rows * fake_type_bytes(m->layout[3].type),
                           device));
}
