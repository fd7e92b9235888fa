/* cuBLASLt's objects, and its choice of an algorithm. */
#include "cublaslt.h"
#include "double.h"

#include <stdlib.h>
#include <string.h>

#define ALGORITHM_MARK 0x6174746e706f6f6cu
#define WORKSPACE 4096 /* what the algorithm asks for if it may */

struct cublasLtContext {
  int device;
};

#define LEAVE(status) return (cublasStatus_t)double_leave(status)

/* Creates and destroys: objects of no content but their memory. */
static int32_t create(void **result, size_t bytes, int kind) {
  *result = calloc(1, bytes);
  double_live[kind]++;
  return CUBLAS_STATUS_SUCCESS;
}

static int32_t destroy(void *object, int kind) {
  if (object == NULL) {
    double_misuse("cuBLASLt: destroys NULL");
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  free(object);
  double_live[kind]--;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtCreate(cublasLtHandle_t *lightHandle) {
  int32_t status = double_enter("cublasLtCreate");
  if (status == 0) {
    status = create((void **)lightHandle, sizeof **lightHandle, HANDLES);
    (*lightHandle)->device = double_current_device();
  }
  LEAVE(status);
}

cublasStatus_t cublasLtDestroy(cublasLtHandle_t lightHandle) {
  int32_t status = double_enter("cublasLtDestroy");
  LEAVE(status != 0 ? status : destroy(lightHandle, HANDLES));
}

size_t cublasLtGetVersion(void) { return (size_t)double_settings.runtime / 1000 * 10000; }

const char *cublasLtGetStatusName(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_SUCCESS:
      return "CUBLAS_STATUS_SUCCESS";
    case CUBLAS_STATUS_NOT_INITIALIZED:
      return "CUBLAS_STATUS_NOT_INITIALIZED";
    case CUBLAS_STATUS_ALLOC_FAILED:
      return "CUBLAS_STATUS_ALLOC_FAILED";
    case CUBLAS_STATUS_INVALID_VALUE:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case CUBLAS_STATUS_EXECUTION_FAILED:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    case CUBLAS_STATUS_NOT_SUPPORTED:
      return "CUBLAS_STATUS_NOT_SUPPORTED";
    default:
      return "an unknown status";
  }
}

const char *cublasLtGetStatusString(cublasStatus_t status) {
  return cublasLtGetStatusName(status);
}

cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t *matmulDesc,
                                        cublasComputeType_t computeType,
                                        cudaDataType_t scaleType) {
  int32_t status = double_enter("cublasLtMatmulDescCreate");
  if (status == 0 && scaleType != CUDA_R_32F) {
    status = CUBLAS_STATUS_NOT_SUPPORTED;
  }
  if (status == 0) {
    status = create((void **)matmulDesc, sizeof **matmulDesc, DESCRIPTORS);
    (*matmulDesc)->compute = (int32_t)computeType;
    (*matmulDesc)->epilogue = CUBLASLT_EPILOGUE_DEFAULT;
    (*matmulDesc)->bias_type = -1;
  }
  LEAVE(status);
}

cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t matmulDesc) {
  int32_t status = double_enter("cublasLtMatmulDescDestroy");
  LEAVE(status != 0 ? status : destroy(matmulDesc, DESCRIPTORS));
}

/* A field, if that many bytes are its size. */
static int32_t set(void *field, size_t field_bytes, const void *from, size_t bytes) {
  if (field == NULL || from == NULL || bytes != field_bytes) {
    double_misuse("cuBLASLt: an attribute that the double does not know, or of another size");
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  memcpy(field, from, bytes);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t matmulDesc,
                                              cublasLtMatmulDescAttributes_t attr,
                                              const void *buf, size_t sizeInBytes) {
  int32_t status = double_enter("cublasLtMatmulDescSetAttribute");
  if (status == 0) {
    void *field = attr == CUBLASLT_MATMUL_DESC_TRANSA           ? &matmulDesc->transposed[0]
                  : attr == CUBLASLT_MATMUL_DESC_TRANSB         ? &matmulDesc->transposed[1]
                  : attr == CUBLASLT_MATMUL_DESC_EPILOGUE       ? (void *)&matmulDesc->epilogue
                  : attr == CUBLASLT_MATMUL_DESC_BIAS_POINTER   ? (void *)&matmulDesc->bias
                  : attr == CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE ? &matmulDesc->bias_type
                                                                : NULL;
    status = set(field, attr == CUBLASLT_MATMUL_DESC_BIAS_POINTER ? sizeof(void *) : 4, buf,
                 sizeInBytes);
  }
  LEAVE(status);
}

cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t *matLayout, cudaDataType type,
                                          uint64_t rows, uint64_t cols, int64_t ld) {
  int32_t status = double_enter("cublasLtMatrixLayoutCreate");
  if (status == 0) {
    status = create((void **)matLayout, sizeof **matLayout, DESCRIPTORS);
    const struct double_matrix_layout layout = {(int32_t)type, CUBLASLT_ORDER_COL, rows, cols, ld};
    **matLayout = layout;
  }
  LEAVE(status);
}

cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t matLayout) {
  int32_t status = double_enter("cublasLtMatrixLayoutDestroy");
  LEAVE(status != 0 ? status : destroy(matLayout, DESCRIPTORS));
}

cublasStatus_t cublasLtMatrixLayoutSetAttribute(cublasLtMatrixLayout_t matLayout,
                                                cublasLtMatrixLayoutAttribute_t attr,
                                                const void *buf, size_t sizeInBytes) {
  int32_t status = double_enter("cublasLtMatrixLayoutSetAttribute");
  if (status == 0) {
    void *field = attr == CUBLASLT_MATRIX_LAYOUT_ORDER  ? &matLayout->order
                  : attr == CUBLASLT_MATRIX_LAYOUT_ROWS ? (void *)&matLayout->rows
                  : attr == CUBLASLT_MATRIX_LAYOUT_COLS ? (void *)&matLayout->cols
                  : attr == CUBLASLT_MATRIX_LAYOUT_LD   ? (void *)&matLayout->ld
                                                        : NULL;
    status = set(field, attr == CUBLASLT_MATRIX_LAYOUT_ORDER ? 4 : 8, buf, sizeInBytes);
  }
  LEAVE(status);
}

cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t *pref) {
  int32_t status = double_enter("cublasLtMatmulPreferenceCreate");
  if (status == 0) {
    status = create((void **)pref, sizeof **pref, DESCRIPTORS);
    const struct double_matmul_preference at_first = {0, 7, {256, 256, 256, 256}};
    **pref = at_first;
  }
  LEAVE(status);
}

cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t pref) {
  int32_t status = double_enter("cublasLtMatmulPreferenceDestroy");
  LEAVE(status != 0 ? status : destroy(pref, DESCRIPTORS));
}

cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t pref,
                                                    cublasLtMatmulPreferenceAttributes_t attr,
                                                    const void *buf, size_t sizeInBytes) {
  int32_t status = double_enter("cublasLtMatmulPreferenceSetAttribute");
  if (status == 0) {
    const int matrix = (int)attr - CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES;
    void *field = attr == CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES       ? (void *)&pref->workspace
                  : attr == CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK   ? &pref->reductions
                  : matrix >= 0 && matrix < 4                            ? &pref->alignment[matrix]
                                                                         : NULL;
    status = set(field, attr == CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES ? 8 : 4, buf, sizeInBytes);
  }
  LEAVE(status);
}

static void describe(struct double_matmul *matmul, cublasLtMatmulDesc_t desc,
                     cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c,
                     cublasLtMatrixLayout_t d) {
  memset(matmul, 0, sizeof *matmul);
  matmul->desc = *desc;
  matmul->layout[0] = *a;
  matmul->layout[1] = *b;
  matmul->layout[2] = *c;
  matmul->layout[3] = *d;
}

/* Everything that decides which algorithms there are, but the sizes. */
static uint64_t kind_of(const struct double_matmul *m) {
  return (uint64_t)m->layout[0].type << 40 | (uint64_t)m->layout[3].type << 32 |
         (uint64_t)m->desc.compute << 16 | (uint64_t)m->desc.transposed[0] << 12 |
         (uint64_t)m->desc.transposed[1] << 8 | m->desc.epilogue;
}

cublasStatus_t cublasLtMatmulAlgoGetHeuristic(
    cublasLtHandle_t lightHandle, cublasLtMatmulDesc_t operationDesc, cublasLtMatrixLayout_t Adesc,
    cublasLtMatrixLayout_t Bdesc, cublasLtMatrixLayout_t Cdesc, cublasLtMatrixLayout_t Ddesc,
    cublasLtMatmulPreference_t preference, int requestedAlgoCount,
    cublasLtMatmulHeuristicResult_t heuristicResultsArray[], int *returnAlgoCount) {
  int32_t status = double_enter("cublasLtMatmulAlgoGetHeuristic");
  *returnAlgoCount = 0;
  struct double_matmul matmul;
  if (status == 0) {
    describe(&matmul, operationDesc, Adesc, Bdesc, Cdesc, Ddesc);
    status = lightHandle == NULL || requestedAlgoCount < 1 ? CUBLAS_STATUS_INVALID_VALUE
             : double_matmul_refusal(&matmul) != NULL      ? CUBLAS_STATUS_NOT_SUPPORTED
                                                           : CUBLAS_STATUS_SUCCESS;
  }
  if (status == 0) {
    struct double_algorithm algorithm = {ALGORITHM_MARK, kind_of(&matmul), {0}, 0, {0}};
    memcpy(algorithm.alignment, preference->alignment, sizeof algorithm.alignment);
    algorithm.workspace = preference->workspace < WORKSPACE ? 0 : WORKSPACE;
    cublasLtMatmulHeuristicResult_t *result = &heuristicResultsArray[0];
    memset(result, 0, sizeof *result);
    memcpy(&result->algo, &algorithm, sizeof algorithm);
    result->workspaceSize = algorithm.workspace;
    result->wavesCount = 1.0f;
    *returnAlgoCount = 1;
  }
  LEAVE(status);
}

static int32_t check_algorithm(const struct double_matmul *matmul,
                               const struct double_algorithm *algorithm) {
  if (algorithm->mark != ALGORITHM_MARK) {
    double_misuse("cuBLASLt: not an algorithm that it has chosen");
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  return algorithm->kind == kind_of(matmul) ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
}

cublasStatus_t cublasLtMatmulAlgoCheck(cublasLtHandle_t lightHandle,
                                       cublasLtMatmulDesc_t operationDesc,
                                       cublasLtMatrixLayout_t Adesc, cublasLtMatrixLayout_t Bdesc,
                                       cublasLtMatrixLayout_t Cdesc, cublasLtMatrixLayout_t Ddesc,
                                       const cublasLtMatmulAlgo_t *algo,
                                       cublasLtMatmulHeuristicResult_t *result) {
  int32_t status = double_enter("cublasLtMatmulAlgoCheck");
  struct double_algorithm algorithm;
  memcpy(&algorithm, algo, sizeof algorithm);
  (void)lightHandle;
  if (status == 0) {
    struct double_matmul matmul;
    describe(&matmul, operationDesc, Adesc, Bdesc, Cdesc, Ddesc);
    status = double_matmul_refusal(&matmul) != NULL ? (int32_t)CUBLAS_STATUS_NOT_SUPPORTED
                                                    : check_algorithm(&matmul, &algorithm);
  }
  memset(result, 0, sizeof *result);
  result->algo = *algo;
  result->workspaceSize = algorithm.workspace;
  result->state = (cublasStatus_t)status;
  result->wavesCount = 1.0f;
  LEAVE(status);
}

cublasStatus_t cublasLtMatmulAlgoConfigGetAttribute(const cublasLtMatmulAlgo_t *algo,
                                                    cublasLtMatmulAlgoConfigAttributes_t attr,
                                                    void *buf, size_t sizeInBytes,
                                                    size_t *sizeWritten) {
  int32_t status = double_enter("cublasLtMatmulAlgoConfigGetAttribute");
  const int32_t value = attr == CUBLASLT_ALGO_CONFIG_SPLITK_NUM ? 1 : 0;
  (void)algo;
  if (status == 0 && sizeInBytes < sizeof value) {
    status = CUBLAS_STATUS_INVALID_VALUE;
  }
  if (status == 0) {
    memcpy(buf, &value, sizeof value);
    if (sizeWritten != NULL) {
      *sizeWritten = sizeof value;
    }
  }
  LEAVE(status);
}

/* Whether each matrix is where its algorithm and its layout say. */
static bool check_matrices(const struct double_matmul *m, const struct double_algorithm *algorithm) {
  static const char *const names[] = {"cublasLtMatmul: A", "cublasLtMatmul: B",
                                      "cublasLtMatmul: C", "cublasLtMatmul: D"};
  for (int i = 0; i < 4; i++) {
    const struct double_matrix_layout *layout = &m->layout[i];
    if (i == 2 && m->beta == 0.0f) {
      continue; /* not read */
    }
    int64_t elements = layout->rows == 0 || layout->cols == 0
                           ? 0
                           : ((int64_t)layout->cols - 1) * layout->ld + (int64_t)layout->rows;
    if (!double_is_device(names[i], m->at[i], elements * double_type_bytes(layout->type),
                          double_current_device())) {
      return false;
    }
    if (algorithm != NULL && (uintptr_t)m->at[i] % algorithm->alignment[i] != 0) {
      double_misuse("%s: the algorithm was chosen for addresses that are multiples of %u",
                    names[i], algorithm->alignment[i]);
      return false;
    }
  }
  return (m->desc.epilogue & CUBLASLT_EPILOGUE_BIAS) == 0 ||
         double_is_device("cublasLtMatmul: bias", m->desc.bias,
                          (int64_t)m->layout[3].rows * double_type_bytes(m->layout[3].type),
                          double_current_device());
}

static int32_t multiply(const struct double_matmul *matmul, const cublasLtMatmulAlgo_t *algo,
                        const void *workspace, size_t workspace_bytes, cudaStream_t stream) {
  const char *refusal = double_matmul_refusal(matmul);
  if (refusal != NULL) {
    double_misuse("cublasLtMatmul: %s", refusal);
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  struct double_algorithm algorithm;
  if (algo != NULL) {
    memcpy(&algorithm, algo, sizeof algorithm);
    if (check_algorithm(matmul, &algorithm) != CUBLAS_STATUS_SUCCESS ||
        workspace_bytes < algorithm.workspace) {
      double_misuse("cublasLtMatmul: the algorithm is for another multiplication or workspace");
      return CUBLAS_STATUS_INVALID_VALUE;
    }
  }
  if (!check_matrices(matmul, algo == NULL ? NULL : &algorithm) ||
      !double_is_device("cublasLtMatmul: workspace", workspace, (int64_t)workspace_bytes,
                        double_current_device())) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  return double_enqueue("cublasLtMatmul", double_multiply, matmul, sizeof *matmul, stream) == 0
             ? CUBLAS_STATUS_SUCCESS
             : CUBLAS_STATUS_EXECUTION_FAILED;
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t lightHandle, cublasLtMatmulDesc_t computeDesc,
                              const void *alpha, const void *A, cublasLtMatrixLayout_t Adesc,
                              const void *B, cublasLtMatrixLayout_t Bdesc, const void *beta,
                              const void *C, cublasLtMatrixLayout_t Cdesc, void *D,
                              cublasLtMatrixLayout_t Ddesc, const cublasLtMatmulAlgo_t *algo,
                              void *workspace, size_t workspaceSizeInBytes, cudaStream_t stream) {
  int32_t status = double_enter("cublasLtMatmul");
  if (status == 0 && lightHandle->device != double_current_device()) {
    double_misuse("cublasLtMatmul: a handle of another device");
    status = CUBLAS_STATUS_INVALID_VALUE;
  }
  if (status == 0) {
    struct double_matmul matmul;
    describe(&matmul, computeDesc, Adesc, Bdesc, Cdesc, Ddesc);
    matmul.at[0] = A;
    matmul.at[1] = B;
    matmul.at[2] = C;
    matmul.at[3] = D;
    memcpy(&matmul.alpha, alpha, sizeof matmul.alpha);
    memcpy(&matmul.beta, beta, sizeof matmul.beta);
    status = multiply(&matmul, algo, workspace, workspaceSizeInBytes, stream);
  }
  LEAVE(status);
}
