/* The part of cuDNN's interface that the fake implements; see cuda_runtime_api.h. */
#ifndef ATTNPOOL_FAKE_CUDNN_H
#define ATTNPOOL_FAKE_CUDNN_H

#include "cuda_runtime_api.h"

typedef enum {
  CUDNN_STATUS_SUCCESS = 0,
  CUDNN_STATUS_NOT_INITIALIZED = 1001,
  CUDNN_STATUS_BAD_PARAM = 2000,
  CUDNN_STATUS_BAD_PARAM_STREAM_MISMATCH = 2007,
  CUDNN_STATUS_NOT_SUPPORTED = 3000,
  CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED = 4003,
  CUDNN_STATUS_EXECUTION_FAILED = 5000
} cudnnStatus_t;

typedef enum { CUDNN_DATA_FLOAT = 0 } cudnnDataType_t;
typedef enum { CUDNN_TENSOR_NCHW = 0 } cudnnTensorFormat_t;
typedef enum { CUDNN_SOFTMAX_ACCURATE = 1 } cudnnSoftmaxAlgorithm_t;
typedef enum { CUDNN_SOFTMAX_MODE_INSTANCE = 0 } cudnnSoftmaxMode_t;

typedef struct cudnnContext *cudnnHandle_t;
typedef struct cudnnTensorStruct *cudnnTensorDescriptor_t;

FAKE_API cudnnStatus_t cudnnCreate(cudnnHandle_t *handle);
FAKE_API cudnnStatus_t cudnnDestroy(cudnnHandle_t handle);
FAKE_API cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t streamId);
FAKE_API size_t cudnnGetVersion(void);
FAKE_API size_t cudnnGetCudartVersion(void);
FAKE_API const char *cudnnGetErrorString(cudnnStatus_t status);
FAKE_API void cudnnGetLastErrorString(char *message, size_t max_size);

FAKE_API cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t *tensorDesc);
FAKE_API cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t tensorDesc);
FAKE_API cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t tensorDesc,
                                                    cudnnTensorFormat_t format,
                                                    cudnnDataType_t dataType, int n, int c, int h,
                                                    int w);

FAKE_API cudnnStatus_t cudnnSoftmaxForward(cudnnHandle_t handle, cudnnSoftmaxAlgorithm_t algo,
                                             cudnnSoftmaxMode_t mode, const void *alpha,
                                             const cudnnTensorDescriptor_t xDesc, const void *x,
                                             const void *beta,
                                             const cudnnTensorDescriptor_t yDesc, void *y);

#endif
