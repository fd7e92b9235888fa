#define _GNU_SOURCE
#include "memory.h"

#include "context.h"
#include "notes.h"
#include "settings.h"

#include <stdlib.h>
#include <string.h>

#define SURROUNDING 256 /* bytes before and after each allocation, and its alignment */
#define UNTOUCHED 0xff  /* also NaN, so that reading too far shows */
#define NOT_A_NUMBER 0xff

static struct allocation *allocations;
static size_t allocation_count, allocation_room;
static int64_t in_use[MAX_DEVICES], peak;

const struct allocation *fake_find(const void *at) {
  for (size_t i = 0; i < allocation_count; i++) {
    const struct allocation *a = &allocations[i];
    if ((uintptr_t)at >= (uintptr_t)a->base && (uintptr_t)at < (uintptr_t)a->base + a->bytes) {
      return a;
    }
  }
  return NULL;
}

bool fake_is_device(const char *what, const void *at, int64_t bytes, int device) {
  if (bytes == 0) {
    return true;
  }
  const struct allocation *a = fake_find(at);
  if (a == NULL || a->kind != DEVICE_MEMORY) {
    fake_misuse("%s: not in device memory", what);
    return false;
  }
  int64_t left = (int64_t)(a->base + a->bytes - (const char *)at);
  if (bytes > left) {
    fake_misuse("%s: %lld bytes from byte %lld of an allocation of %lld", what, (long long)bytes,
                  (long long)a->bytes - (long long)left, (long long)a->bytes);
    return false;
  }
  if (a->device != device) {
    fake_misuse("%s: memory of device %d while device %d is current", what, a->device, device);
    return false;
  }
  return true;
}

static bool is_untouched(const char *from) {
  for (int i = 0; i < SURROUNDING; i++) {
    if ((unsigned char)from[i] != UNTOUCHED) {
      return false;
    }
  }
  return true;
}

static void check_one(const struct allocation *a, const char *who) {
  if (!is_untouched(a->base - SURROUNDING) || !is_untouched(a->base + a->bytes)) {
    fake_misuse("%s: wrote beyond an allocation of %zu bytes", who, a->bytes);
    memset(a->base - SURROUNDING, UNTOUCHED, SURROUNDING);
    memset(a->base + a->bytes, UNTOUCHED, SURROUNDING);
  }
}

void fake_check_surroundings(const char *who) {
  for (size_t i = 0; i < allocation_count; i++) {
    check_one(&allocations[i], who);
  }
}

int64_t fake_device_bytes(int device) {
  int64_t sum = 0;
  for (int i = 0; i < MAX_DEVICES; i++) {
    sum += device < 0 || i == device ? in_use[i] : 0;
  }
  return sum;
}

int64_t fake_peak_bytes(bool forget) {
  if (forget) {
    peak = fake_device_bytes(-1);
  }
  return peak;
}

void *fake_new_memory(size_t bytes, int kind, int device) {
  void *block;
  if (kind == DEVICE_MEMORY && (int64_t)bytes > fake_settings.memory - in_use[device]) {
    return NULL;
  }
  if (posix_memalign(&block, SURROUNDING, bytes + 2 * SURROUNDING) != 0) {
    return NULL;
  }
  if (allocation_count == allocation_room) {
    allocation_room = 2 * allocation_room + 64;
    allocations = realloc(allocations, allocation_room * sizeof *allocations);
  }
  memset(block, UNTOUCHED, bytes + 2 * SURROUNDING);
  char *base = (char *)block + SURROUNDING;
  memset(base, NOT_A_NUMBER, bytes);
  const struct allocation a = {base, bytes, kind, device};
  allocations[allocation_count++] = a;
  fake_live[kind]++;
  if (kind == DEVICE_MEMORY) {
    in_use[device] += (int64_t)bytes;
    int64_t all = fake_device_bytes(-1);
    peak = all > peak ? all : peak;
  }
  return base;
}

void fake_end_memory(const void *base, const char *function) {
  struct allocation *a = (struct allocation *)fake_find(base);
  check_one(a, function);
  if (a->kind == DEVICE_MEMORY) {
    in_use[a->device] -= (int64_t)a->bytes;
  }
  fake_live[a->kind]--;
  memset(a->base, NOT_A_NUMBER, a->bytes);
  free(a->base - SURROUNDING);
  *a = allocations[--allocation_count];
}
