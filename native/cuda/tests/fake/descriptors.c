/* cuBLASLt's handles and descriptors. */
#include "matmul.h"

#include "call.h"
#include "context.h"
#include "notes.h"
#include "settings.h"

#include <string.h>

#define LEAVE(status) return (cublasStatus_t)fake_leave(status)

static int32_t destroy(const char *who, void *object, enum object_kind kind) {
  return fake_end_object(who, object, kind) ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}

cublasStatus_t cublasLtCreate(cublasLtHandle_t *lightHandle) {
  int32_t status = fake_enter("cublasLtCreate");
  if (status == 0) {
    *lightHandle = fake_new_object(BLAS_HANDLE, sizeof **lightHandle);
    (*lightHandle)->device = fake_current_device();
  }
  LEAVE(status);
}

cublasStatus_t cublasLtDestroy(cublasLtHandle_t lightHandle) {
  int32_t status = fake_enter("cublasLtDestroy");
  LEAVE(status != 0 ? status : destroy("cublasLtDestroy", lightHandle, BLAS_HANDLE));
}

size_t cublasLtGetVersion(void) { return (size_t)fake_settings.runtime / 1000 * 10000; }

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
  int32_t status = fake_enter("cublasLtMatmulDescCreate");
  if (status == 0 && scaleType != CUDA_R_32F) {
    status = CUBLAS_STATUS_NOT_SUPPORTED;
  }
  if (status == 0) {
    *matmulDesc = fake_new_object(MATMUL_DESCRIPTION, sizeof **matmulDesc);
    (*matmulDesc)->compute = (int32_t)computeType;
    (*matmulDesc)->epilogue = CUBLASLT_EPILOGUE_DEFAULT;
    (*matmulDesc)->bias_type = -1;
  }
  LEAVE(status);
}

cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t matmulDesc) {
  int32_t status = fake_enter("cublasLtMatmulDescDestroy");
  LEAVE(status != 0
            ? status
            : destroy("cublasLtMatmulDescDestroy", matmulDesc, MATMUL_DESCRIPTION));
}

/* Sets a field if that many bytes are its size. */
static int32_t set(void *field, size_t field_bytes, const void *from, size_t bytes) {
  if (field == NULL || from == NULL || bytes != field_bytes) {
    fake_misuse("cuBLASLt: an attribute that the fake does not know, or of another size");
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  memcpy(field, from, bytes);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t matmulDesc,
                                              cublasLtMatmulDescAttributes_t attr,
                                              const void *buf, size_t sizeInBytes) {
  static const char who[] = "cublasLtMatmulDescSetAttribute";
  int32_t status = fake_enter(who);
  if (status == 0 && !fake_is_object(who, matmulDesc, MATMUL_DESCRIPTION)) {
    status = CUBLAS_STATUS_INVALID_VALUE;
  }
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
  int32_t status = fake_enter("cublasLtMatrixLayoutCreate");
  if (status == 0) {
    struct fake_matrix_layout *layout = fake_new_object(MATRIX_LAYOUT, sizeof *layout);
    layout->type = (int32_t)type;
    layout->order = CUBLASLT_ORDER_COL;
    layout->rows = rows;
    layout->cols = cols;
    layout->ld = ld;
    *matLayout = layout;
  }
  LEAVE(status);
}

cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t matLayout) {
  int32_t status = fake_enter("cublasLtMatrixLayoutDestroy");
  LEAVE(status != 0 ? status
                    : destroy("cublasLtMatrixLayoutDestroy", matLayout, MATRIX_LAYOUT));
}

cublasStatus_t cublasLtMatrixLayoutSetAttribute(cublasLtMatrixLayout_t matLayout,
                                                cublasLtMatrixLayoutAttribute_t attr,
                                                const void *buf, size_t sizeInBytes) {
  static const char who[] = "cublasLtMatrixLayoutSetAttribute";
  int32_t status = fake_enter(who);
  if (status == 0 && !fake_is_object(who, matLayout, MATRIX_LAYOUT)) {
    status = CUBLAS_STATUS_INVALID_VALUE;
  }
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
  int32_t status = fake_enter("cublasLtMatmulPreferenceCreate");
  if (status == 0) {
    *pref = fake_new_object(MATMUL_PREFERENCE, sizeof **pref);
    (*pref)->reductions = CUBLASLT_REDUCTION_SCHEME_MASK;
    for (int i = 0; i < 4; i++) {
      (*pref)->alignment[i] = 256;
    }
  }
  LEAVE(status);
}

cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t pref) {
  int32_t status = fake_enter("cublasLtMatmulPreferenceDestroy");
  LEAVE(status != 0 ? status
                    : destroy("cublasLtMatmulPreferenceDestroy", pref, MATMUL_PREFERENCE));
}

cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t pref,
                                                    cublasLtMatmulPreferenceAttributes_t attr,
                                                    const void *buf, size_t sizeInBytes) {
  static const char who[] = "cublasLtMatmulPreferenceSetAttribute";
  int32_t status = fake_enter(who);
  if (status == 0 && !fake_is_object(who, pref, MATMUL_PREFERENCE)) {
    status = CUBLAS_STATUS_INVALID_VALUE;
  }
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

int32_t fake_describe(const char *who, struct fake_matmul *matmul, cublasLtMatmulDesc_t desc,
                        cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
                        cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d) {
  const cublasLtMatrixLayout_t layouts[] = {a, b, c, d};
  memset(matmul, 0, sizeof *matmul);
  if (!fake_is_object(who, desc, MATMUL_DESCRIPTION)) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  matmul->desc = *desc;
  for (int i = 0; i < 4; i++) {
    if (!fake_is_object(who, layouts[i], MATRIX_LAYOUT)) {
      return CUBLAS_STATUS_INVALID_VALUE;
    }
    matmul->layout[i] = *layouts[i];
  }
  matmul->splits = matmul->slices = 1;
  matmul->truncates = fake_settings.tf32_truncates != 0;
  return CUBLAS_STATUS_SUCCESS;
}
