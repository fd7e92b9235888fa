/* Handles and descriptors of cuBLASLt and cuDNN: which are alive, and of which kind. */
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

/*
 * The first member of every such object. Destroyed objects keep their memory, so that a later use
 * is recognised; they are small.
 */
struct fake_object {
  int32_t kind;
  bool alive;
  struct fake_object *next;
};

/* A new object; all after its first member is zero. */
void *fake_new_object(enum object_kind kind, size_t bytes);

/* Whether the object is alive and of that kind; notes a misuse if not. */
bool fake_is_object(const char *who, const void *object, enum object_kind kind);

/*
 * Destroys the object if it is alive and of that kind; otherwise notes a misuse and returns false.
 */
bool fake_end_object(const char *who, void *object, enum object_kind kind);

#endif
