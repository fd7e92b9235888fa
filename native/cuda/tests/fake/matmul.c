/* cublasLtMatmul: checks its arguments and puts the multiplication on the stream. */
#include "algorithm.h"
#include "call.h"
#include "context.h"
#include "matmul.h"
#include "notes.h"
#include "stream.h"

#include <string.h>

static int32_t use_algorithm(struct fake_matmul *matmul, const struct fake_algorithm *algorithm,
                             uint64_t workspace_bytes) {
  const int32_t status = fake_check_algorithm(matmul, algorithm);
  if (status != CUBLAS_STATUS_SUCCESS) {
    if (status == CUBLAS_STATUS_INVALID_VALUE) {
      fake_misuse("cublasLtMatmul: the algorithm is for another multiplication");
    }
    return status;
  }
  matmul->workspace_bytes = fake_needed_workspace(matmul, algorithm);
  if (workspace_bytes < matmul->workspace_bytes) {
    fake_misuse("cublasLtMatmul: a workspace of %llu bytes where %llu are needed",
                  (unsigned long long)workspace_bytes, (unsigned long long)matmul->workspace_bytes);
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  matmul->splits = algorithm->splits;
  matmul->slices = algorithm->slices;
  return CUBLAS_STATUS_SUCCESS;
}

static int32_t multiply(struct fake_matmul *matmul, const cublasLtMatmulAlgo_t *algo,
                        uint64_t workspace_bytes, cudaStream_t stream) {
  int32_t status;
  const char *refusal = fake_matmul_refusal(matmul, &status);
  if (refusal != NULL) {
    fake_misuse("cublasLtMatmul: %s", refusal);
    return status;
  }
  struct fake_algorithm algorithm;
  if (algo != NULL) {
    memcpy(&algorithm, algo, sizeof algorithm);
    status = use_algorithm(matmul, &algorithm, workspace_bytes);
    if (status != CUBLAS_STATUS_SUCCESS) {
      return status;
    }
  }
  if (!fake_check_matrices(matmul, algo == NULL ? NULL : &algorithm, workspace_bytes)) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  return fake_enqueue("cublasLtMatmul", fake_multiply, matmul, sizeof *matmul, stream) == 0
             ? CUBLAS_STATUS_SUCCESS
             : CUBLAS_STATUS_EXECUTION_FAILED;
}

static int32_t check_handle(cublasLtHandle_t handle) {
  if (!fake_is_object("cublasLtMatmul", handle, BLAS_HANDLE)) {
    return CUBLAS_STATUS_NOT_INITIALIZED;
  }
  if (handle->device != fake_current_device()) {
    fake_misuse("cublasLtMatmul: a handle of another device");
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t lightHandle, cublasLtMatmulDesc_t computeDesc,
                              const void *alpha, const void *A, cublasLtMatrixLayout_t Adesc,
                              const void *B, cublasLtMatrixLayout_t Bdesc, const void *beta,
                              const void *C, cublasLtMatrixLayout_t Cdesc, void *D,
                              cublasLtMatrixLayout_t Ddesc, const cublasLtMatmulAlgo_t *algo,
                              void *workspace, size_t workspaceSizeInBytes, cudaStream_t stream) {
  static const char who[] = "cublasLtMatmul";
  int32_t status = fake_enter(who);
  struct fake_matmul matmul;
  if (status == 0) {
    status = check_handle(lightHandle);
  }
  if (status == 0) {
    status = fake_describe(who, &matmul, computeDesc, Adesc, Bdesc, Cdesc, Ddesc);
  }
  if (status == 0 && (alpha == NULL || beta == NULL)) {
    fake_misuse("cublasLtMatmul: no alpha or no beta");
    status = CUBLAS_STATUS_INVALID_VALUE;
  }
  if (status == 0) {
    matmul.at[0] = A;
    matmul.at[1] = B;
    matmul.at[2] = C;
    matmul.at[3] = D;
    matmul.workspace = workspace;
    memcpy(&matmul.alpha, alpha, sizeof matmul.alpha);
    memcpy(&matmul.beta, beta, sizeof matmul.beta);
    status = multiply(&matmul, algo, workspaceSizeInBytes, stream);
  }
  return (cublasStatus_t)fake_leave(status);
}
