/* cuBLASLt's descriptors from inside, and what its multiplication is made of. */
#ifndef ATTNPOOL_FAKE_MATMUL_H
#define ATTNPOOL_FAKE_MATMUL_H

#include "cublasLt.h"
#include "objects.h"

struct cublasLtContext {
  struct fake_object object;
  int device;
};

struct fake_matmul_desc {
  struct fake_object object;
  int32_t compute;
  int32_t transposed[2]; /* a cublasOperation_t of A and of B */
  uint32_t epilogue;
  const void *bias;
  int32_t bias_type; /* -1: that of D */
};

struct fake_matrix_layout {
  struct fake_object object;
  int32_t type;
  int32_t order;
  uint64_t rows;
  uint64_t cols;
  int64_t ld;
};

struct fake_matmul_preference {
  struct fake_object object;
  uint64_t workspace;
  uint32_t reductions;
  uint32_t alignment[4]; /* of A, B, C, D */
};

/* A multiplication as one call describes it. */
struct fake_matmul {
  struct fake_matmul_desc desc;
  struct fake_matrix_layout layout[4]; /* A, B, C, D */
  const void *at[4];
  void *workspace;
  uint64_t workspace_bytes; /* that the algorithm uses */
  uint8_t splits;
  uint8_t slices;
  bool truncates;
  float alpha;
  float beta;
};

struct fake_algorithm;

/* --- descriptors.c --- */

/* Copies the descriptions, not the addresses. INVALID_VALUE, noted as a misuse, if any is not
 * alive. */
int32_t fake_describe(const char *who, struct fake_matmul *matmul, cublasLtMatmulDesc_t desc,
                      cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c,
                      cublasLtMatrixLayout_t d);

/* --- fit.c --- */

/* Why cuBLASLt would refuse it, with the status it would return; NULL if it would not. */
const char *fake_matmul_refusal(const struct fake_matmul *matmul, int32_t *status);

/* Whether matrices, bias and workspace lie where they may; notes a misuse if not. algorithm is NULL
 * if the caller chose none. */
bool fake_check_matrices(const struct fake_matmul *matmul, const struct fake_algorithm *algorithm,
                         uint64_t workspace_bytes);

int64_t fake_type_bytes(int32_t type);

/* The largest power of two, up to 16, that divides the bytes between a layout's columns. */
int64_t fake_pitch_alignment(const struct fake_matrix_layout *layout);

/* --- arithmetic.c --- */

/* D = epilogue(alpha op(A) op(B) + beta C); the operation of a stream. */
void fake_multiply(void *matmul);

#endif
