/* cuDNN's softmax. */
#include "call.h"
#include "context.h"
#include "cudnn_objects.h"
#include "memory.h"
#include "notes.h"
#include "stream.h"

#include <math.h>
#include <string.h>

#define MOST_ROWS 65535 /* blocks in the second and third dimension of a grid */

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

/* Whether the arguments fit together: a status. */
static int32_t check_softmax(const char *who, cudnnHandle_t handle, cudnnSoftmaxAlgorithm_t algo,
                             cudnnSoftmaxMode_t mode, const struct cudnnTensorStruct *x_shape,
                             const struct cudnnTensorStruct *y_shape) {
  if (fake_check_object(who, handle, CUDNN_HANDLE) != CUDNN_STATUS_SUCCESS ||
      fake_check_object(who, x_shape, CUDNN_TENSOR) != CUDNN_STATUS_SUCCESS ||
      fake_check_object(who, y_shape, CUDNN_TENSOR) != CUDNN_STATUS_SUCCESS) {
    return CUDNN_STATUS_BAD_PARAM;
  }
  if (handle->device != fake_current_device() || fake_check_stream(handle->stream) != 0) {
    return fake_refuse_misuse(CUDNN_STATUS_BAD_PARAM_STREAM_MISMATCH,
                  "cudnnSoftmaxForward: the handle or its stream is of another device, or gone");
  }
  if (algo != CUDNN_SOFTMAX_ACCURATE || mode != CUDNN_SOFTMAX_MODE_INSTANCE || x_shape->n == 0 ||
      x_shape->n != y_shape->n || x_shape->elements != y_shape->elements) {
    return fake_refuse_misuse(CUDNN_STATUS_BAD_PARAM,
                              "cudnnSoftmaxForward: arguments that do not fit");
  }
  return x_shape->n > MOST_ROWS
             ? fake_refuse(CUDNN_STATUS_NOT_SUPPORTED, "%s: N is %lld, which is above %d", who,
                      (long long)x_shape->n, MOST_ROWS)
             : CUDNN_STATUS_SUCCESS;
}

/* Whether x and y are in memory of this device, and either equal or apart. */
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
    status = fake_refuse_misuse(CUDNN_STATUS_BAD_PARAM,
                                "cudnnSoftmaxForward: alpha, beta or values are missing");
  }
  if (status == 0) {
    struct softmax s = {x, y, xDesc->n, xDesc->elements, 0.0f, 0.0f};
    memcpy(&s.alpha, alpha, sizeof s.alpha);
    memcpy(&s.beta, beta, sizeof s.beta);
    status = fake_enqueue(who, do_softmax, &s, sizeof s, handle->stream) == 0
                 ? CUDNN_STATUS_SUCCESS
                 : fake_refuse(CUDNN_STATUS_EXECUTION_FAILED, "%s: could not be launched", who);
  }
  return fake_cudnn_leave(who, status);
}
