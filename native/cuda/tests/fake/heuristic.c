/* cuBLASLt's choice of an algorithm. */
#include "algorithm.h"
#include "call.h"
#include "notes.h"
#include "settings.h"

#include <string.h>

#define LEAVE(status) return (cublasStatus_t)fake_leave(status)

/* Stores the algorithms that fit, best first, and returns how many. */
static int choose(const struct fake_matmul *matmul, cublasLtMatmulPreference_t preference,
                  int most, cublasLtMatmulHeuristicResult_t *results) {
  const uint8_t *order = fake_algorithm_order(matmul->layout[3].cols);
  const uint64_t refused = (uint64_t)fake_settings.blas_refuses;
  bool refuses = refused != 0; /* the first that could do that many does so */
  int count = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < FAKE_ALGORITHMS && count < most; i++) {
      struct fake_algorithm algorithm = fake_configure(order[i], matmul, preference);
      const bool first = (fake_settings.blas_slices != 0 && algorithm.slices > 1) ||
                         (fake_settings.blas_splits != 0 && algorithm.splits > 1);
      if (refuses && refused >= algorithm.fewest && refused <= algorithm.most) {
        algorithm.refuses = (uint32_t)refused;
      }
      if (first != (pass == 0) || !fake_algorithm_fits(&algorithm, matmul, preference)) {
        continue;
      }
      refuses = refuses && algorithm.refuses == 0;
      cublasLtMatmulHeuristicResult_t *result = &results[count++];
      memset(result, 0, sizeof *result);
      memcpy(&result->algo, &algorithm, sizeof algorithm);
      result->workspaceSize = fake_needed_workspace(matmul, &algorithm);
      result->state = CUBLAS_STATUS_SUCCESS;
      result->wavesCount = fake_waves(matmul, &algorithm);
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
  /* Never writes the algorithm of the result. */
  result->workspaceSize = status == 0 ? fake_needed_workspace(&matmul, &algorithm) : SIZE_MAX;
  result->state = (cublasStatus_t)status;
  result->wavesCount = status == 0 ? fake_waves(&matmul, &algorithm) : 0.0f;
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
  if (status == 0 && (!fake_is_algorithm(&algorithm) || attr < CUBLASLT_ALGO_CONFIG_ID ||
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
        : attr == CUBLASLT_ALGO_CONFIG_REDUCTION_SCHEME ? fake_reduction(&algorithm)
                                                        : 0;
    if (sizeInBytes != 0) {
      memcpy(buf, &value, bytes); /* little-endian, as on all machines that CUDA runs on */
    }
    if (sizeWritten != NULL) {
      *sizeWritten = bytes;
    }
  }
  LEAVE(status);
}
