/*
 * The part of the CUDA driver's interface that the test double stands in for: see
 * cuda_runtime_api.h.
 */
#ifndef ATTNPOOL_DOUBLE_CUDA_H
#define ATTNPOOL_DOUBLE_CUDA_H

#include "cuda_runtime_api.h"

typedef enum cudaError_enum {
  CUDA_SUCCESS = 0,
  CUDA_ERROR_INVALID_VALUE = 1,
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_NOT_INITIALIZED = 3,
  CUDA_ERROR_INVALID_DEVICE = 101,
  CUDA_ERROR_INVALID_CONTEXT = 201
} CUresult;

typedef int CUdevice_v1;
typedef CUdevice_v1 CUdevice;
typedef struct CUctx_st *CUcontext;

DOUBLE_API CUresult cuGetErrorName(CUresult error, const char **pStr);
DOUBLE_API CUresult cuDriverGetVersion(int *driverVersion);
DOUBLE_API CUresult cuDevicePrimaryCtxRetain(CUcontext *pctx, CUdevice dev);
DOUBLE_API CUresult cuCtxSetCurrent(CUcontext ctx);
DOUBLE_API CUresult cuCtxGetCurrent(CUcontext *pctx);

#endif
