/* Device memory and pinned host memory: which bytes are allocated, and whether anything around them
 * was overwritten. */
#ifndef ATTNPOOL_FAKE_MEMORY_H
#define ATTNPOOL_FAKE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct allocation {
  char *base;
  size_t bytes;
  int kind; /* DEVICE_MEMORY or HOST_MEMORY */
  int device;
};

/* New memory, full of NaNs; NULL if there is not enough. */
void *fake_new_memory(size_t bytes, int kind, int device);

/* Frees the allocation that begins at an address, in the name of a function. */
void fake_end_memory(const void *base, const char *function);

/* The allocation that an address is in; NULL for other memory. */
const struct allocation *fake_find(const void *at);

/* Whether these bytes are device memory of that device; notes a misuse if not. */
bool fake_is_device(const char *what, const void *at, int64_t bytes, int device);

/* Notes a misuse where something around an allocation was overwritten. */
void fake_check_surroundings(const char *who);

int64_t fake_device_bytes(int device); /* in use; -1 for all devices */
int64_t fake_peak_bytes(bool forget);

#endif
