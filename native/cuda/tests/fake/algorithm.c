/* cuBLASLt's choice of an algorithm. */
#include "cublaslt.h"

#include <string.h>

#define MARK 0x61747470u
#define FEW 16       /* columns, for which there is an algorithm of its own */
#define MANY 512     /* columns, from which on others are best */
#define TILE 64      /* columns: where there are no more, nothing needs a workspace */
#define COUNTERS 128 /* bytes for each tile whose parts meet in place */

#define LEAVE(status) return (cublasStatus_t)fake_leave(status)

enum { PLAIN, BARE, NARROW, WIDE, SLICED_2, SLICED_4, SPLIT_2, SPLIT_4, ALGORITHMS };

static const struct {
  uint8_t splits;
  uint8_t slices;
  uint32_t reduction;
  uint64_t fewest; /* columns */
  uint64_t most;
} known[ALGORITHMS] = {
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
static const uint8_t orders[3][ALGORITHMS] = {
    {NARROW, SPLIT_4, SPLIT_2, PLAIN, SLICED_4, SLICED_2, WIDE, BARE},
    {SPLIT_4, PLAIN, SPLIT_2, WIDE, SLICED_4, SLICED_2, NARROW, BARE},
    {WIDE, PLAIN, SLICED_2, SLICED_4, SPLIT_2, SPLIT_4, NARROW, BARE},
};

/* Everything that decides which algorithms there are, but the sizes. */
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
  switch (known[algorithm->number].reduction) {
    case CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE:
      return algorithm->splits * rows * cols * sizeof(float);
    case CUBLASLT_REDUCTION_SCHEME_INPLACE:
      return (rows + TILE - 1) / TILE * ((cols + TILE - 1) / TILE) * COUNTERS;
    default:
      return cols <= TILE ? 0 : algorithm->workspace;
  }
}

/* How often its blocks, one for each tile, fill the processors. */
static float waves(const struct fake_matmul *matmul, const struct fake_algorithm *algorithm) {
  const uint64_t rows = matmul->layout[3].rows, cols = matmul->layout[3].cols;
  const uint64_t tiles = (rows + TILE - 1) / TILE * ((cols + TILE - 1) / TILE);
  return (float)(tiles * algorithm->splits) / (float)fake_settings.processors;
}

int32_t fake_check_algorithm(const struct fake_matmul *matmul,
                               const struct fake_algorithm *algorithm) {
  const uint64_t cols = matmul->layout[3].cols;
  if (algorithm->mark != MARK) {
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

static struct fake_algorithm configured(int number, const struct fake_matmul *matmul,
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

/* Whether the preference lets it through, and it can do the multiplication. */
static bool fits(const struct fake_algorithm *algorithm, const struct fake_matmul *matmul,
                 cublasLtMatmulPreference_t preference) {
  const uint32_t reduction = known[algorithm->number].reduction;
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

/* Algorithms that fit, best first; how many. */
static int choose(const struct fake_matmul *matmul, cublasLtMatmulPreference_t preference,
                  int most, cublasLtMatmulHeuristicResult_t *results) {
  const uint64_t cols = matmul->layout[3].cols;
  const uint8_t *order = orders[cols <= FEW ? 0 : cols < MANY ? 1 : 2];
  const uint64_t refused = (uint64_t)fake_settings.blas_refuses;
  bool refuses = refused != 0; /* so does the first that could do that many */
  int count = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < ALGORITHMS && count < most; i++) {
      const bool first =
          (fake_settings.blas_slices != 0 && known[order[i]].slices > 1) ||
          (fake_settings.blas_splits != 0 && known[order[i]].splits > 1);
      struct fake_algorithm algorithm = configured(order[i], matmul, preference);
      if (refuses && refused >= algorithm.fewest && refused <= algorithm.most) {
        algorithm.refuses = (uint32_t)refused;
      }
      if (first != (pass == 0) || !fits(&algorithm, matmul, preference)) {
        continue;
      }
      refuses = refuses && algorithm.refuses == 0;
      cublasLtMatmulHeuristicResult_t *result = &results[count++];
      memset(result, 0, sizeof *result);
      memcpy(&result->algo, &algorithm, sizeof algorithm);
      result->workspaceSize = fake_needed_workspace(matmul, &algorithm);
      result->state = CUBLAS_STATUS_SUCCESS;
      result->wavesCount = waves(matmul, &algorithm);
    }
  }
  return count;
}

static int32_t check_handle(const char *who, cublasLtHandle_t handle) {
  return fake_is_object(who, handle, BLAS_HANDLE) ? CUBLAS_STATUS_SUCCESS
                                                    : CUBLAS_STATUS_NOT_INITIALIZED;
}

cublasStatus_t cublasLtMatmulAlgoGetHeuristic(
    cublasLtHandle_t lightHandle, cublasLtMatmulDesc_t operationDesc, cublasLtMatrixLayout_t Adesc,
    cublasLtMatrixLayout_t Bdesc, cublasLtMatrixLayout_t Cdesc, cublasLtMatrixLayout_t Ddesc,
    cublasLtMatmulPreference_t preference, int requestedAlgoCount,
    cublasLtMatmulHeuristicResult_t heuristicResultsArray[], int *returnAlgoCount) {
  static const char who[] = "cublasLtMatmulAlgoGetHeuristic";
  int32_t status = fake_enter(who);
  struct fake_matmul matmul;
  *returnAlgoCount = 0;
  if (status == 0) {
    status = check_handle(who, lightHandle);
  }
  if (status == 0 &&
      (requestedAlgoCount < 1 || !fake_is_object(who, preference, MATMUL_PREFERENCE))) {
    status = CUBLAS_STATUS_INVALID_VALUE;
  }
  if (status == 0) {
    status = fake_describe(who, &matmul, operationDesc, Adesc, Bdesc, Cdesc, Ddesc);
  }
  if (status == 0) {
    fake_matmul_refusal(&matmul, &status);
  }
  if (status == 0) {
    const int64_t offered = fake_settings.blas_algorithms;
    const int most = offered < requestedAlgoCount ? (int)offered : requestedAlgoCount;
    *returnAlgoCount = choose(&matmul, preference, most, heuristicResultsArray);
    status = *returnAlgoCount == 0 ? CUBLAS_STATUS_NOT_SUPPORTED : CUBLAS_STATUS_SUCCESS;
  }
  LEAVE(status);
}

cublasStatus_t cublasLtMatmulAlgoCheck(cublasLtHandle_t lightHandle,
                                       cublasLtMatmulDesc_t operationDesc,
                                       cublasLtMatrixLayout_t Adesc, cublasLtMatrixLayout_t Bdesc,
                                       cublasLtMatrixLayout_t Cdesc, cublasLtMatrixLayout_t Ddesc,
                                       const cublasLtMatmulAlgo_t *algo,
                                       cublasLtMatmulHeuristicResult_t *result) {
  static const char who[] = "cublasLtMatmulAlgoCheck";
  int32_t status = fake_enter(who);
  struct fake_algorithm algorithm;
  struct fake_matmul matmul;
  memcpy(&algorithm, algo, sizeof algorithm);
  if (status == 0) {
    status = check_handle(who, lightHandle);
  }
  if (status == 0) {
    status = fake_describe(who, &matmul, operationDesc, Adesc, Bdesc, Cdesc, Ddesc);
  }
  if (status == 0) {
    fake_matmul_refusal(&matmul, &status);
  }
  if (status == 0) {
    status = fake_check_algorithm(&matmul, &algorithm);
  }
  /* The algorithm in the result is never written. */
  result->workspaceSize = status == 0 ? fake_needed_workspace(&matmul, &algorithm) : SIZE_MAX;
  result->state = (cublasStatus_t)status;
  result->wavesCount = status == 0 ? waves(&matmul, &algorithm) : 0.0f;
  LEAVE(status);
}

cublasStatus_t cublasLtMatmulAlgoConfigGetAttribute(const cublasLtMatmulAlgo_t *algo,
                                                    cublasLtMatmulAlgoConfigAttributes_t attr,
                                                    void *buf, size_t sizeInBytes,
                                                    size_t *sizeWritten) {
  int32_t status = fake_enter("cublasLtMatmulAlgoConfigGetAttribute");
  struct fake_algorithm algorithm;
  memcpy(&algorithm, algo, sizeof algorithm);
  const size_t bytes = attr == CUBLASLT_ALGO_CONFIG_INNER_SHAPE_ID ||
                               attr == CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID
                           ? sizeof(uint16_t)
                           : sizeof(uint32_t);
  if (status == 0 && (algorithm.mark != MARK || attr < CUBLASLT_ALGO_CONFIG_ID ||
                      attr > CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID ||
                      (sizeInBytes == 0 ? sizeWritten == NULL
                                        : buf == NULL || sizeInBytes != bytes))) {
    fake_misuse("cublasLtMatmulAlgoConfigGetAttribute: no such attribute, or another size");
    status = CUBLAS_STATUS_INVALID_VALUE;
  }
  if (status == 0) {
    const uint32_t value =
        attr == CUBLASLT_ALGO_CONFIG_ID                 ? algorithm.number
        : attr == CUBLASLT_ALGO_CONFIG_SPLITK_NUM       ? algorithm.splits
        : attr == CUBLASLT_ALGO_CONFIG_REDUCTION_SCHEME ? known[algorithm.number].reduction
                                                        : 0;
    if (sizeInBytes != 0) {
      memcpy(buf, &value, bytes); /* little-endian, as all machines that CUDA runs on */
    }
    if (sizeWritten != NULL) {
      *sizeWritten = bytes;
    }
  }
  LEAVE(status);
}
