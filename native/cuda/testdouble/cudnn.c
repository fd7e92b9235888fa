/* cuDNN's softmax. */
#include "cudnn.h"

#include "double.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cudnnContext {
  int device;
  cudaStream_t stream;
};

struct cudnnTensorStruct {
  int64_t n;
  int64_t elements; /* of each of n */
};

#define LEAVE(status) return (cudnnStatus_t)double_leave(status)

cudnnStatus_t cudnnCreate(cudnnHandle_t *handle) {
  int32_t status = double_enter("cudnnCreate");
  if (status == 0) {
    *handle = calloc(1, sizeof **handle);
    (*handle)->device = double_current_device();
    double_live[HANDLES]++;
  }
  LEAVE(status);
}

cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) {
  int32_t status = double_enter("cudnnDestroy");
  if (status == 0) {
    free(handle);
    double_live[HANDLES]--;
  }
  LEAVE(status);
}

cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t streamId) {
  int32_t status = double_enter("cudnnSetStream");
  if (status == 0 && double_check_stream(streamId) != cudaSuccess) {
    status = CUDNN_STATUS_BAD_PARAM;
  }
  if (status == 0) {
    handle->stream = streamId;
  }
  LEAVE(status);
}

size_t cudnnGetVersion(void) { return 92400; }

size_t cudnnGetCudartVersion(void) { return (size_t)double_settings.runtime; }

const char *cudnnGetErrorString(cudnnStatus_t status) {
  switch (status) {
    case CUDNN_STATUS_SUCCESS:
      return "CUDNN_STATUS_SUCCESS";
    case CUDNN_STATUS_NOT_INITIALIZED:
      return "CUDNN_STATUS_NOT_INITIALIZED";
    case CUDNN_STATUS_BAD_PARAM:
      return "CUDNN_STATUS_BAD_PARAM";
    case CUDNN_STATUS_NOT_SUPPORTED:
      return "CUDNN_STATUS_NOT_SUPPORTED";
    case CUDNN_STATUS_EXECUTION_FAILED:
      return "CUDNN_STATUS_EXECUTION_FAILED";
    default:
      return "CUDNN_UNKNOWN_STATUS";
  }
}

void cudnnGetLastErrorString(char *message, size_t max_size) {
  snprintf(message, max_size, "the test double has nothing to add");
}

cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t *tensorDesc) {
  int32_t status = double_enter("cudnnCreateTensorDescriptor");
  if (status == 0) {
    *tensorDesc = calloc(1, sizeof **tensorDesc);
    double_live[DESCRIPTORS]++;
  }
  LEAVE(status);
}

cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t tensorDesc) {
  int32_t status = double_enter("cudnnDestroyTensorDescriptor");
  if (status == 0) {
    free(tensorDesc);
    double_live[DESCRIPTORS]--;
  }
  LEAVE(status);
}

cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t tensorDesc,
                                         cudnnTensorFormat_t format, cudnnDataType_t dataType,
                                         int n, int c, int h, int w) {
  int32_t status = double_enter("cudnnSetTensor4dDescriptor");
  if (status == 0 && (format != CUDNN_TENSOR_NCHW || dataType != CUDNN_DATA_FLOAT || n < 1 ||
                      c < 1 || h < 1 || w < 1)) {
    double_misuse("cudnnSetTensor4dDescriptor: a tensor that the double does not know, or is empty");
    status = CUDNN_STATUS_BAD_PARAM;
  }
  if (status == 0) {
    tensorDesc->n = n;
    tensorDesc->elements = (int64_t)c * h * w;
  }
  LEAVE(status);
}

struct softmax {
  const float *x;
  float *y;
  int64_t n;
  int64_t elements;
  float alpha;
  float beta;
};

static void do_softmax(void *argument) {
  const struct softmax *s = argument;
  for (int64_t i = 0; i < s->n; i++) {
    const float *x = s->x + i * s->elements;
    float *y = s->y + i * s->elements;
    float m = -INFINITY;
    double sum = 0.0;
    for (int64_t j = 0; j < s->elements; j++) {
      m = x[j] > m || x[j] != x[j] ? x[j] : m;
    }
    for (int64_t j = 0; j < s->elements; j++) {
      sum += exp((double)x[j] - m);
    }
    for (int64_t j = 0; j < s->elements; j++) {
      double value = s->alpha * (exp((double)x[j] - m) / sum);
      y[j] = (float)(s->beta == 0.0f ? value : value + s->beta * y[j]);
    }
  }
}

cudnnStatus_t cudnnSoftmaxForward(cudnnHandle_t handle, cudnnSoftmaxAlgorithm_t algo,
                                  cudnnSoftmaxMode_t mode, const void *alpha,
                                  const cudnnTensorDescriptor_t xDesc, const void *x,
                                  const void *beta, const cudnnTensorDescriptor_t yDesc, void *y) {
  int32_t status = double_enter("cudnnSoftmaxForward");
  const int device = double_current_device();
  const int64_t bytes = xDesc->n * xDesc->elements * 4;
  if (status == 0 &&
      (handle->device != device || algo != CUDNN_SOFTMAX_ACCURATE ||
       mode != CUDNN_SOFTMAX_MODE_INSTANCE || xDesc->n != yDesc->n ||
       xDesc->elements != yDesc->elements ||
       !double_is_device("cudnnSoftmaxForward: x", x, bytes, device) ||
       !double_is_device("cudnnSoftmaxForward: y", y, bytes, device))) {
    double_misuse("cudnnSoftmaxForward: arguments that do not fit");
    status = CUDNN_STATUS_BAD_PARAM;
  }
  if (status == 0) {
    struct softmax s = {x, y, xDesc->n, xDesc->elements, 0.0f, 0.0f};
    memcpy(&s.alpha, alpha, sizeof s.alpha);
    memcpy(&s.beta, beta, sizeof s.beta);
    status = double_enqueue("cudnnSoftmaxForward", do_softmax, &s, sizeof s, handle->stream) == 0
                 ? CUDNN_STATUS_SUCCESS
                 : CUDNN_STATUS_EXECUTION_FAILED;
  }
  LEAVE(status);
}
