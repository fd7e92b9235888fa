/* cuDNN's handles, tensor descriptors and error texts. */
#include "cudnn_objects.h"

#include "call.h"
#include "context.h"
#include "notes.h"
#include "settings.h"
#include "stream.h"

#include <stdarg.h>
#include <stdio.h>

#define MOST_ELEMENTS INT32_MAX /* of a tensor: fewer than 2^31 */

static _Thread_local char last_text[200];
static _Thread_local bool said_why; /* in this call */

cudnnStatus_t fake_cudnn_leave(const char *function, int32_t status) {
  if (status != CUDNN_STATUS_SUCCESS && !said_why) {
    snprintf(last_text, sizeof last_text, "%s: as the test asked for", function);
  }
  said_why = false;
  return (cudnnStatus_t)fake_leave(status);
}

int32_t fake_refuse(int32_t status, const char *format, ...) {
  va_list values;
  va_start(values, format);
  vsnprintf(last_text, sizeof last_text, format, values);
  va_end(values);
  said_why = true;
  return status;
}

int32_t fake_refuse_misuse(int32_t status, const char *text) {
  fake_misuse("%s", text);
  return fake_refuse(status, "%s", text);
}

int32_t fake_check_object(const char *who, const void *object, enum object_kind kind) {
  return fake_is_object(who, object, kind)
             ? CUDNN_STATUS_SUCCESS
             : fake_refuse(CUDNN_STATUS_BAD_PARAM, "%s: no such object", who);
}

cudnnStatus_t cudnnCreate(cudnnHandle_t *handle) {
  int32_t status = fake_enter("cudnnCreate");
  if (status == 0) {
    *handle = fake_new_object(CUDNN_HANDLE, sizeof **handle);
    (*handle)->device = fake_current_device();
  }
  return fake_cudnn_leave("cudnnCreate", status);
}

cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) {
  int32_t status = fake_enter("cudnnDestroy");
  if (status == 0 && !fake_end_object("cudnnDestroy", handle, CUDNN_HANDLE)) {
    status = fake_refuse(CUDNN_STATUS_BAD_PARAM, "cudnnDestroy: no such handle");
  }
  return fake_cudnn_leave("cudnnDestroy", status);
}

cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t streamId) {
  int32_t status = fake_enter("cudnnSetStream");
  if (status == 0) {
    status = fake_check_object("cudnnSetStream", handle, CUDNN_HANDLE);
  }
  if (status == 0 && handle->device != fake_current_device()) {
    status = fake_refuse_misuse(CUDNN_STATUS_BAD_PARAM_STREAM_MISMATCH,
                    "cudnnSetStream: a stream of another device than the handle's");
  }
  if (status == 0 && fake_check_stream(streamId) != cudaSuccess) {
    status = fake_refuse(CUDNN_STATUS_BAD_PARAM, "cudnnSetStream: not a stream of this device");
  }
  if (status == 0) {
    handle->stream = streamId;
  }
  return fake_cudnn_leave("cudnnSetStream", status);
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

/* This thread's last text, which is then forgotten. */
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
  return fake_cudnn_leave("cudnnCreateTensorDescriptor", status);
}

cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t tensorDesc) {
  int32_t status = fake_enter("cudnnDestroyTensorDescriptor");
  if (status == 0 && !fake_end_object("cudnnDestroyTensorDescriptor", tensorDesc, CUDNN_TENSOR)) {
    status =
        fake_refuse(CUDNN_STATUS_BAD_PARAM, "cudnnDestroyTensorDescriptor: no such descriptor");
  }
  return fake_cudnn_leave("cudnnDestroyTensorDescriptor", status);
}

cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t tensorDesc,
                                         cudnnTensorFormat_t format, cudnnDataType_t dataType,
                                         int n, int c, int h, int w) {
  static const char who[] = "cudnnSetTensor4dDescriptor";
  int32_t status = fake_enter(who);
  if (status == 0) {
    status = fake_check_object(who, tensorDesc, CUDNN_TENSOR);
  }
  if (status == 0 && (format != CUDNN_TENSOR_NCHW || dataType != CUDNN_DATA_FLOAT || n < 1 ||
                      c < 1 || h < 1 || w < 1)) {
    status = fake_refuse_misuse(CUDNN_STATUS_BAD_PARAM,
                                "cudnnSetTensor4dDescriptor: a tensor that is empty, or that the "
                                "fake does not know");
  }
  if (status == 0 && (__int128)n * c * h * w > MOST_ELEMENTS) {
    status = fake_refuse(CUDNN_STATUS_NOT_SUPPORTED,
                         "%s: %d x %d x %d x %d elements are 2^31 or more", who, n, c, h, w);
  }
  if (status == 0) {
    tensorDesc->n = n;
    tensorDesc->elements = (int64_t)c * h * w;
  }
  return fake_cudnn_leave(who, status);
}
