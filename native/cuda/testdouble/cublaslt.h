/* cuBLASLt's descriptors from inside. */
#ifndef ATTNPOOL_DOUBLE_CUBLASLT_INTERNAL_H
#define ATTNPOOL_DOUBLE_CUBLASLT_INTERNAL_H

#include "cublasLt.h"

#include <stdbool.h>

struct double_matmul_desc {
  int32_t compute;
  int32_t transposed[2]; /* a cublasOperation_t of A and of B */
  uint32_t epilogue;
  const void *bias;
  int32_t bias_type; /* -1: that of D */
};

struct double_matrix_layout {
  int32_t type;
  int32_t order;
  uint64_t rows;
  uint64_t cols;
  int64_t ld;
};

struct double_matmul_preference {
  uint64_t workspace;
  uint32_t reductions;
  uint32_t alignment[4]; /* of A, B, C, D */
};

/* What the double writes into a cublasLtMatmulAlgo_t. */
struct double_algorithm {
  uint64_t mark;
  uint64_t kind; /* of multiplication that it is for: types, transposes, epilogue */
  uint32_t alignment[4];
  uint64_t workspace;
  uint64_t unused[3];
};
_Static_assert(sizeof(struct double_algorithm) == sizeof(cublasLtMatmulAlgo_t), "as in cuBLASLt");

/* A multiplication as one call describes it. */
struct double_matmul {
  struct double_matmul_desc desc;
  struct double_matrix_layout layout[4]; /* A, B, C, D */
  const void *at[4];
  float alpha;
  float beta;
};

/* Why cuBLASLt would not do it, or NULL. */
const char *double_matmul_refusal(const struct double_matmul *matmul);

/* D = epilogue(alpha op(A) op(B) + beta C); the operation of a stream. */
void double_multiply(void *matmul);

int64_t double_type_bytes(int32_t type);

#endif
