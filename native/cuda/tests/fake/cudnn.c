/* cuDNN's softmax. */
#include "cudnn.h"

#include "objects.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MOST_ELEMENTS INT32_MAX /* of a tensor: fewer than 2^31 */
#define MOST_ROWS 65535         /* blocks of the second and third dimension of a grid */

struct cudnnContext {
  struct fake_object object;
  int device;
  cudaStream_t stream;
};

struct cudnnTensorStruct {
  struct fake_object object;
  int64_t n; /* 0 until it is set */
  int64_t elements; /* of each of n */
};

static _Thread_local char last_text[200];
static _Thread_local bool said_why; /* this call */

/* Ends a call; one that failed without having said why is one that a test wanted to fail. */
static cudnnStatus_t leave(const char *function, int32_t status) {
  if (status != CUDNN_STATUS_SUCCESS && !said_why) {
    snprintf(last_text, sizeof last_text, "%s: as the test asked for", function);
  }
  said_why = false;
  return (cudnnStatus_t)fake_leave(status);
}

/* Keeps what went wrong for cudnnGetLastErrorString; the status. */
__attribute__((format(printf, 2, 3))) static int32_t refuse(int32_t status, const char *format,
                                                            ...) {
  va_list values;
  va_start(values, format);
  vsnprintf(last_text, sizeof last_text, format, values);
  va_end(values);
  said_why = true;
  return status;
}

/* The same, of what a caller who reads the documentation does not do. */
static int32_t misuse(int32_t status, const char *text) {
  fake_misuse("%s", text);
  return refuse(status, "%s", text);
}

static int32_t check_object(const char *who, const void *object, enum object_kind kind) {
  return fake_is_object(who, object, kind)
             ? CUDNN_STATUS_SUCCESS
             : refuse(CUDNN_STATUS_BAD_PARAM, "%s: no such object", who);
}

cudnnStatus_t cudnnCreate(cudnnHandle_t *handle) {
  int32_t status = fake_enter("cudnnCreate");
  if (status == 0) {
    *handle = fake_new_object(CUDNN_HANDLE, sizeof **handle);
    (*handle)->device = fake_current_device();
  }
  return leave("cudnnCreate", status);
}

cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) {
  int32_t status = fake_enter("cudnnDestroy");
  if (status == 0 && !fake_end_object("cudnnDestroy", handle, CUDNN_HANDLE)) {
    status = refuse(CUDNN_STATUS_BAD_PARAM, "cudnnDestroy: no such handle");
  }
  return leave("cudnnDestroy", status);
}

cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t streamId) {
  int32_t status = fake_enter("cudnnSetStream");
  if (status == 0) {
    status = check_object("cudnnSetStream", handle, CUDNN_HANDLE);
  }
  if (status == 0 && handle->device != fake_current_device()) {
    status = misuse(CUDNN_STATUS_BAD_PARAM_STREAM_MISMATCH,
                    "cudnnSetStream: a stream of another device than the handle's");
  }
  if (status == 0 && fake_check_stream(streamId) != cudaSuccess) {
    status = refuse(CUDNN_STATUS_BAD_PARAM, "cudnnSetStream: not a stream of this device");
  }
  if (status == 0) {
    handle->stream = streamId;
  }
  return leave("cudnnSetStream", status);
}

size_t cudnnGetVersion(void) { return 92400; }

size_t cudnnGetCudartVersion(void) { return (size_t)fake_settings.runtime; }

const char *cudnnGetErrorString(cudnnStatus_t status) {
  switch (status) {
    case CUDNN_STATUS_SUCCESS:
      return "CUDNN_STATUS_SUCCESS";
    case CUDNN_STATUS_NOT_INITIALIZED:
      return "CUDNN_STATUS_NOT_INITIALIZED";
    case CUDNN_STATUS_BAD_PARAM:
      return "CUDNN_STATUS_BAD_PARAM";
    case CUDNN_STATUS_BAD_PARAM_STREAM_MISMATCH:
      return "CUDNN_STATUS_BAD_PARAM_STREAM_MISMATCH";
    case CUDNN_STATUS_NOT_SUPPORTED:
      return "CUDNN_STATUS_NOT_SUPPORTED";
    case CUDNN_STATUS_EXECUTION_FAILED:
      return "CUDNN_STATUS_EXECUTION_FAILED";
    default:
      return "CUDNN_UNKNOWN_STATUS";
  }
}

/* Of this thread; and forgets it. */
void cudnnGetLastErrorString(char *message, size_t max_size) {
  if (message != NULL && max_size > 0) {
    snprintf(message, max_size, "%s", last_text);
  }
  last_text[0] = '\0';
}

cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t *tensorDesc) {
  int32_t status = fake_enter("cudnnCreateTensorDescriptor");
  if (status == 0) {
    *tensorDesc = fake_new_object(CUDNN_TENSOR, sizeof **tensorDesc);
  }
  return leave("cudnnCreateTensorDescriptor", status);
}

cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t tensorDesc) {
  int32_t status = fake_enter("cudnnDestroyTensorDescriptor");
  if (status == 0 && !fake_end_object("cudnnDestroyTensorDescriptor", tensorDesc, CUDNN_TENSOR)) {
    status = refuse(CUDNN_STATUS_BAD_PARAM, "cudnnDestroyTensorDescriptor: no such descriptor");
  }
  return leave("cudnnDestroyTensorDescriptor", status);
}

cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t tensorDesc,
                                         cudnnTensorFormat_t format, cudnnDataType_t dataType,
                                         int n, int c, int h, int w) {
  static const char who[] = "cudnnSetTensor4dDescriptor";
  int32_t status = fake_enter(who);
  if (status == 0) {
    status = check_object(who, tensorDesc, CUDNN_TENSOR);
  }
  if (status == 0 && (format != CUDNN_TENSOR_NCHW || dataType != CUDNN_DATA_FLOAT || n < 1 ||
                      c < 1 || h < 1 || w < 1)) {
    status = misuse(CUDNN_STATUS_BAD_PARAM, "cudnnSetTensor4dDescriptor: a tensor that the fake "
                                            "does not know, or is empty");
  }
  if (status == 0 && (__int128)n * c * h * w > MOST_ELEMENTS) {
    status = refuse(CUDNN_STATUS_NOT_SUPPORTED, "%s: %d x %d x %d x %d elements are 2^31 or more",
                    who, n, c, h, w);
  }
  if (status == 0) {
    tensorDesc->n = n;
    tensorDesc->elements = (int64_t)c * h * w;
  }
  return leave(who, status);
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

/* Whether the arguments go together: a status. */
static int32_t check_softmax(const char *who, cudnnHandle_t handle, cudnnSoftmaxAlgorithm_t algo,
                             cudnnSoftmaxMode_t mode, const struct cudnnTensorStruct *x_shape,
                             const struct cudnnTensorStruct *y_shape) {
  if (check_object(who, handle, CUDNN_HANDLE) != CUDNN_STATUS_SUCCESS ||
      check_object(who, x_shape, CUDNN_TENSOR) != CUDNN_STATUS_SUCCESS ||
      check_object(who, y_shape, CUDNN_TENSOR) != CUDNN_STATUS_SUCCESS) {
    return CUDNN_STATUS_BAD_PARAM;
  }
  if (handle->device != fake_current_device() || fake_check_stream(handle->stream) != 0) {
    return misuse(CUDNN_STATUS_BAD_PARAM_STREAM_MISMATCH,
                  "cudnnSoftmaxForward: the handle or its stream is of another device, or gone");
  }
  if (algo != CUDNN_SOFTMAX_ACCURATE || mode != CUDNN_SOFTMAX_MODE_INSTANCE || x_shape->n == 0 ||
      x_shape->n != y_shape->n || x_shape->elements != y_shape->elements) {
    return misuse(CUDNN_STATUS_BAD_PARAM, "cudnnSoftmaxForward: arguments that do not fit");
  }
  return x_shape->n > MOST_ROWS
             ? refuse(CUDNN_STATUS_NOT_SUPPORTED, "%s: N is %lld, which is above %d", who,
                      (long long)x_shape->n, MOST_ROWS)
             : CUDNN_STATUS_SUCCESS;
}

/* In place or apart, in memory of this device. */
static bool check_values(const void *x, const void *y, int64_t bytes) {
  const int device = fake_current_device();
  const bool apart = (const char *)x + bytes <= (const char *)y ||
                     (const char *)y + bytes <= (const char *)x;
  if (x != y && !apart) {
    fake_misuse("cudnnSoftmaxForward: x and y overlap");
    return false;
  }
  return fake_is_device("cudnnSoftmaxForward: x", x, bytes, device) &&
         fake_is_device("cudnnSoftmaxForward: y", y, bytes, device);
}

cudnnStatus_t cudnnSoftmaxForward(cudnnHandle_t handle, cudnnSoftmaxAlgorithm_t algo,
                                  cudnnSoftmaxMode_t mode, const void *alpha,
                                  const cudnnTensorDescriptor_t xDesc, const void *x,
                                  const void *beta, const cudnnTensorDescriptor_t yDesc, void *y) {
  static const char who[] = "cudnnSoftmaxForward";
  int32_t status = fake_enter(who);
  if (status == 0) {
    status = check_softmax(who, handle, algo, mode, xDesc, yDesc);
  }
  if (status == 0 && (alpha == NULL || beta == NULL ||
                      !check_values(x, y, xDesc->n * xDesc->elements * (int64_t)sizeof(float)))) {
    status = misuse(CUDNN_STATUS_BAD_PARAM, "cudnnSoftmaxForward: values that are not there");
  }
  if (status == 0) {
    struct softmax s = {x, y, xDesc->n, xDesc->elements, 0.0f, 0.0f};
    memcpy(&s.alpha, alpha, sizeof s.alpha);
    memcpy(&s.beta, beta, sizeof s.beta);
    status = fake_enqueue(who, do_softmax, &s, sizeof s, handle->stream) == 0
                 ? CUDNN_STATUS_SUCCESS
                 : refuse(CUDNN_STATUS_EXECUTION_FAILED, "%s: could not be launched", who);
  }
  return leave(who, status);
}
