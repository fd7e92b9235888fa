#include "queue.h"

#include <stdlib.h>
#include <string.h>

void fake_append(struct queue *queue, const char *name, fake_operation *run,
                   const void *argument, size_t bytes) {
  struct operation *operation = malloc(sizeof *operation + bytes);
  operation->next = NULL;
  operation->name = name;
  operation->run = run;
  operation->bytes = bytes;
  memcpy(operation->argument, argument, bytes);
  if (queue->first == NULL) {
    queue->first = operation;
  } else {
    queue->last->next = operation;
  }
  queue->last = operation;
}

void fake_append_all(struct queue *to, const struct queue *from) {
  for (const struct operation *o = from->first; o != NULL; o = o->next) {
    fake_append(to, o->name, o->run, o->argument, o->bytes);
  }
}

void fake_clear(struct queue *queue) {
  while (queue->first != NULL) {
    struct operation *first = queue->first;
    queue->first = first->next;
    free(first);
  }
  queue->last = NULL;
}
