/* Creation and destruction of handles and descriptors. */
#include "objects.h"

#include "notes.h"

#include <stdlib.h>

static const char *const names[] = {"",
                                    "a handle of cuBLASLt",
                                    "a description of a multiplication",
                                    "a matrix layout",
                                    "a preference",
                                    "a handle of cuDNN",
                                    "a tensor descriptor"};

static struct fake_object *newest; /* the list has destroyed ones, too */

static int counted_as(enum object_kind kind) {
  return kind == BLAS_HANDLE || kind == CUDNN_HANDLE ? HANDLES : DESCRIPTORS;
}

void *fake_new_object(enum object_kind kind, size_t bytes) {
  struct fake_object *object = calloc(1, bytes);
  object->kind = kind;
  object->alive = true;
  object->next = newest;
  newest = object;
  fake_live[counted_as(kind)]++;
  return object;
}

bool fake_is_object(const char *who, const void *object, enum object_kind kind) {
  const struct fake_object *o = object;
  if (o == NULL || o->kind != (int32_t)kind) {
    fake_misuse("%s: %s is not %s", who, o == NULL ? "NULL" : "another object", names[kind]);
    return false;
  }
  if (!o->alive) {
    fake_misuse("%s: %s that was destroyed", who, names[kind]);
    return false;
  }
  return true;
}

bool fake_end_object(const char *who, void *object, enum object_kind kind) {
  if (!fake_is_object(who, object, kind)) {
    return false;
  }
  ((struct fake_object *)object)->alive = false;
  fake_live[counted_as(kind)]--;
  return true;
}
