/* Operations that wait to be done, in order. */
#ifndef ATTNPOOL_FAKE_QUEUE_H
#define ATTNPOOL_FAKE_QUEUE_H

#include <stddef.h>

typedef void fake_operation(void *argument);

struct operation {
  struct operation *next;
  const char *name;
  fake_operation *run;
  size_t bytes;
  _Alignas(16) unsigned char argument[];
};

struct queue {
  struct operation *first;
  struct operation *last;
};

/* Adds an operation with a copy of its argument. */
void fake_append(struct queue *queue, const char *name, fake_operation *run, const void *argument,
                 size_t bytes);
void fake_append_all(struct queue *to, const struct queue *from);
void fake_clear(struct queue *queue);

#endif
