/* cuBLASLt's descriptors and algorithms from inside. */
#ifndef ATTNPOOL_FAKE_CUBLASLT_INTERNAL_H
#define ATTNPOOL_FAKE_CUBLASLT_INTERNAL_H

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

/* What the fake writes into a cublasLtMatmulAlgo_t. */
struct fake_algorithm {
  uint32_t mark;
  uint16_t number;       /* its CUBLASLT_ALGO_CONFIG_ID */
  uint8_t splits;        /* parts of K whose sums meet in memory */
  uint8_t slices;        /* and inside a block */
  uint64_t kind;         /* of multiplication that it is for: types, transposes, epilogue */
  uint32_t alignment[4]; /* bytes, of the addresses of A, B, C, D */
  uint8_t pitch[4];      /* bytes that their pitches are multiples of */
  uint32_t refuses;      /* so many columns; 0: none */
  uint64_t workspace;    /* bytes */
  uint64_t fewest;       /* columns of D that it is made for */
  uint64_t most;
};
_Static_assert(sizeof(struct fake_algorithm) == sizeof(cublasLtMatmulAlgo_t), "as in cuBLASLt");

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

/* --- cublaslt.c --- */

/* Takes all but the addresses down: INVALID_VALUE, noted as a misuse, if any is not alive. */
int32_t fake_describe(const char *who, struct fake_matmul *matmul, cublasLtMatmulDesc_t desc,
                        cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
                        cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d);

/* --- fit.c --- */

/* Why cuBLASLt would not do it, or NULL; the status that it says so by. */
const char *fake_matmul_refusal(const struct fake_matmul *matmul, int32_t *status);

/* Whether matrices, bias and workspace are memory where they may be; notes a misuse if not. */
bool fake_check_matrices(const struct fake_matmul *matmul,
                           const struct fake_algorithm *algorithm, uint64_t workspace_bytes);

int64_t fake_type_bytes(int32_t type);

/* Bytes, up to 16, that a layout's columns are multiples of. */
int64_t fake_pitch_alignment(const struct fake_matrix_layout *layout);

/* --- algorithm.c --- */

/* Whether an algorithm is for a multiplication: a status. */
int32_t fake_check_algorithm(const struct fake_matmul *matmul,
                               const struct fake_algorithm *algorithm);

/* Bytes that it needs for one. */
uint64_t fake_needed_workspace(const struct fake_matmul *matmul,
                                 const struct fake_algorithm *algorithm);

/* --- matmul.c --- */

/* D = epilogue(alpha op(A) op(B) + beta C); the operation of a stream. */
void fake_multiply(void *matmul);

#endif
