#include "algorithm.h"

#include "notes.h"
#include "settings.h"

#include <string.h>

#define MARK 0x61747470u
#define FEW 16       /* columns: up to here one algorithm is specialised */
#define MANY 512     /* columns: from here on other algorithms are best */
#define TILE 64      /* columns: up to here no algorithm needs a workspace */
#define COUNTERS 128 /* bytes for each tile whose parts meet in place */

enum { PLAIN, BARE, NARROW, WIDE, SLICED_2, SLICED_4, SPLIT_2, SPLIT_4 };

static const struct {
  uint8_t splits;
  uint8_t slices;
  uint32_t reduction;
  uint64_t fewest; /* columns */
  uint64_t most;
} known[FAKE_ALGORITHMS] = {
    [PLAIN] = {1, 1, CUBLASLT_REDUCTION_SCHEME_NONE, 1, INT32_MAX},
    [BARE] = {1, 1, CUBLASLT_REDUCTION_SCHEME_NONE, 1, INT32_MAX}, /* without workspace */
    [NARROW] = {1, 1, CUBLASLT_REDUCTION_SCHEME_NONE, 1, FEW},
    [WIDE] = {1, 1, CUBLASLT_REDUCTION_SCHEME_NONE, 128, INT32_MAX},
    [SLICED_2] = {1, 2, CUBLASLT_REDUCTION_SCHEME_NONE, 1, INT32_MAX},
    [SLICED_4] = {1, 4, CUBLASLT_REDUCTION_SCHEME_NONE, 1, 65535 * TILE},
    [SPLIT_2] = {2, 1, CUBLASLT_REDUCTION_SCHEME_INPLACE, 1, INT32_MAX},
    [SPLIT_4] = {4, 1, CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE, 1, 65535 * TILE},
};

/* Best first, for few columns, for some and for many. */
static const uint8_t orders[3][FAKE_ALGORITHMS] = {
    {NARROW, SPLIT_4, SPLIT_2, PLAIN, SLICED_4, SLICED_2, WIDE, BARE},
    {SPLIT_4, PLAIN, SPLIT_2, WIDE, SLICED_4, SLICED_2, NARROW, BARE},
    {WIDE, PLAIN, SLICED_2, SLICED_4, SPLIT_2, SPLIT_4, NARROW, BARE},
};

const uint8_t *fake_algorithm_order(uint64_t cols) {
  return orders[cols <= FEW ? 0 : cols < MANY ? 1 : 2];
}

bool fake_is_algorithm(const struct fake_algorithm *algorithm) { return algorithm->mark == MARK; }

uint32_t fake_reduction(const struct fake_algorithm *algorithm) {
  return known[algorithm->number].reduction;
}

/* All that decides which algorithms there are, except the sizes. */
static uint64_t kind_of(const struct fake_matmul *m) {
  uint64_t kind = 0;
  for (int i = 0; i < 4; i++) {
    kind = kind << 8 | (uint64_t)m->layout[i].type;
  }
  return kind << 32 | (uint64_t)m->desc.compute << 16 | (uint64_t)m->desc.transposed[0] << 12 |
         (uint64_t)m->desc.transposed[1] << 8 | m->desc.epilogue;
}

uint64_t fake_needed_workspace(const struct fake_matmul *matmul,
                                 const struct fake_algorithm *algorithm) {
  const uint64_t rows = matmul->layout[3].rows, cols = matmul->layout[3].cols;
  switch (fake_reduction(algorithm)) {
    case CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE:
      return algorithm->splits * rows * cols * sizeof(float);
    case CUBLASLT_REDUCTION_SCHEME_INPLACE:
      return (rows + TILE - 1) / TILE * ((cols + TILE - 1) / TILE) * COUNTERS;
    default:
      return cols <= TILE ? 0 : algorithm->workspace;
  }
}

float fake_waves(const struct fake_matmul *matmul, const struct fake_algorithm *algorithm) {
  const uint64_t rows = matmul->layout[3].rows, cols = matmul->layout[3].cols;
  const uint64_t tiles = (rows + TILE - 1) / TILE * ((cols + TILE - 1) / TILE);
  return (float)(tiles * algorithm->splits) / (float)fake_settings.processors;
}

int32_t fake_check_algorithm(const struct fake_matmul *matmul,
                               const struct fake_algorithm *algorithm) {
  const uint64_t cols = matmul->layout[3].cols;
  if (!fake_is_algorithm(algorithm)) {
    fake_misuse("cuBLASLt: not an algorithm that it has chosen");
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  if (algorithm->kind != kind_of(matmul)) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  for (int i = 0; i < 4; i++) {
    if (fake_pitch_alignment(&matmul->layout[i]) < algorithm->pitch[i]) {
      return CUBLAS_STATUS_NOT_SUPPORTED;
    }
  }
  return cols < algorithm->fewest || cols > algorithm->most ||
                 (algorithm->refuses != 0 && cols == algorithm->refuses)
             ? CUBLAS_STATUS_NOT_SUPPORTED
             : CUBLAS_STATUS_SUCCESS;
}

struct fake_algorithm fake_configure(int number, const struct fake_matmul *matmul,
                                     cublasLtMatmulPreference_t preference) {
  struct fake_algorithm algorithm = {
      .mark = MARK,
      .number = (uint16_t)number,
      .splits = known[number].splits,
      .slices = known[number].slices,
      .kind = kind_of(matmul),
      .workspace = number == BARE ? 0 : (uint64_t)fake_settings.blas_workspace,
      .fewest = known[number].fewest,
      .most = known[number].most,
  };
  memcpy(algorithm.alignment, preference->alignment, sizeof algorithm.alignment);
  for (int i = 0; i < 4; i++) {
    algorithm.pitch[i] = (uint8_t)fake_pitch_alignment(&matmul->layout[i]);
  }
  return algorithm;
}

bool fake_algorithm_fits(const struct fake_algorithm *algorithm, const struct fake_matmul *matmul,
                         cublasLtMatmulPreference_t preference) {
  const uint32_t reduction = fake_reduction(algorithm);
  for (int i = 0; i < 4; i++) {
    if (algorithm->alignment[i] < fake_type_bytes(matmul->layout[i].type)) {
      return false; /* elements may lie across their own boundaries */
    }
  }
  return fake_check_algorithm(matmul, algorithm) == CUBLAS_STATUS_SUCCESS &&
         (reduction == 0 || (preference->reductions & reduction) != 0 ||
          fake_settings.blas_splits != 0) &&
         fake_needed_workspace(matmul, algorithm) <= preference->workspace;
}
