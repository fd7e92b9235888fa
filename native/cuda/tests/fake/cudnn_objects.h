/* cuDNN's handles and descriptors from inside, and how a call says why it fails. */
#ifndef ATTNPOOL_FAKE_CUDNN_OBJECTS_H
#define ATTNPOOL_FAKE_CUDNN_OBJECTS_H

#include "cudnn.h"
#include "objects.h"

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

/* Ends a call. A test wanted it to fail if it failed without having said why. */
cudnnStatus_t fake_cudnn_leave(const char *function, int32_t status);

/* Keeps what went wrong for cudnnGetLastErrorString; the status. */
__attribute__((format(printf, 2, 3))) int32_t fake_refuse(int32_t status, const char *format, ...);

/* Refuses, and notes a misuse: for what the documentation tells callers not to do. */
int32_t fake_refuse_misuse(int32_t status, const char *text);

/* Refuses with BAD_PARAM unless the object is alive and of that kind. */
int32_t fake_check_object(const char *who, const void *object, enum object_kind kind);

#endif
