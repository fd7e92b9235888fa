/* Handles and descriptors of cuBLASLt and cuDNN: what is alive, and of which kind. */
#ifndef ATTNPOOL_FAKE_OBJECTS_H
#define ATTNPOOL_FAKE_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum object_kind {
  BLAS_HANDLE = 1,
  MATMUL_DESCRIPTION,
  MATRIX_LAYOUT,
  MATMUL_PREFERENCE,
  CUDNN_HANDLE,
  CUDNN_TENSOR
};

/* What every such object begins with. Their memory is kept when they are destroyed, so that a later
 * use is seen for what it is; they are small. */
struct fake_object {
  int32_t kind;
  bool alive;
  struct fake_object *next;
};

/* A new one, all zero but for its beginning. */
void *fake_new_object(enum object_kind kind, size_t bytes);

/* Whether it is alive and of that kind; notes a misuse if not. */
bool fake_is_object(const char *who, const void *object, enum object_kind kind);

/* Whether it was, and is no longer; notes a misuse if not. */
bool fake_end_object(const char *who, void *object, enum object_kind kind);

#endif
