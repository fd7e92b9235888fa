/* The algorithms that the fake cuBLASLt chooses from. */
#ifndef ATTNPOOL_FAKE_ALGORITHM_H
#define ATTNPOOL_FAKE_ALGORITHM_H

#include "matmul.h"

#define FAKE_ALGORITHMS 8

/* What the fake stores in a cublasLtMatmulAlgo_t. */
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

/* The algorithms' numbers for D of that many columns, best first. */
const uint8_t *fake_algorithm_order(uint64_t cols);

/* An algorithm, configured for a multiplication. */
struct fake_algorithm fake_configure(int number, const struct fake_matmul *matmul,
                                     cublasLtMatmulPreference_t preference);

/* Whether the preference allows it, and it can do the multiplication. */
bool fake_algorithm_fits(const struct fake_algorithm *algorithm, const struct fake_matmul *matmul,
                         cublasLtMatmulPreference_t preference);

/* Whether fake_configure made it. */
bool fake_is_algorithm(const struct fake_algorithm *algorithm);

/* Whether an algorithm is for a multiplication: a status. */
int32_t fake_check_algorithm(const struct fake_matmul *matmul,
                             const struct fake_algorithm *algorithm);

/* Bytes that it needs for one. */
uint64_t fake_needed_workspace(const struct fake_matmul *matmul,
                               const struct fake_algorithm *algorithm);

/* How often its blocks, one for each tile, fill the processors. */
float fake_waves(const struct fake_matmul *matmul, const struct fake_algorithm *algorithm);

/* Its cublasLtReductionScheme_t. */
uint32_t fake_reduction(const struct fake_algorithm *algorithm);

#endif
