/* Device memory and pinned host memory. */
#define _GNU_SOURCE
#include "fake.h"

#include <stdlib.h>
#include <string.h>

#define SURROUNDING 256 /* bytes before and behind each allocation, and its alignment */
#define UNTOUCHED 0xff /* not a number either: reading too far shows, too */
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

static int32_t allocate(void **result, size_t bytes, int kind) {
  const int device = fake_current_device();
  if (result == NULL) {
    return cudaErrorInvalidValue;
  }
  *result = NULL;
  if (fake_forbids_waiting()) {
    return cudaErrorStreamCaptureUnsupported;
  }
  if (bytes == 0) {
    return cudaSuccess;
  }
  if (kind == DEVICE_MEMORY && (int64_t)bytes > fake_settings.memory - in_use[device]) {
    return cudaErrorMemoryAllocation;
  }
  void *block;
  if (posix_memalign(&block, SURROUNDING, bytes + 2 * SURROUNDING) != 0) {
    return cudaErrorMemoryAllocation;
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
  *result = base;
  return cudaSuccess;
}

/* As in CUDA, all work of the device is done before. */
static int32_t release(void *at, int kind, const char *function) {
  if (at == NULL) {
    return cudaSuccess;
  }
  if (fake_forbids_waiting()) {
    return cudaErrorStreamCaptureUnsupported;
  }
  struct allocation *a = (struct allocation *)fake_find(at);
  if (a == NULL || a->base != at || a->kind != kind) {
    fake_misuse("%s: not the address of an allocation", function);
    return cudaErrorInvalidValue;
  }
  int32_t status = fake_drain_device(a->device);
  check_one(a, function);
  if (kind == DEVICE_MEMORY) {
    in_use[a->device] -= (int64_t)a->bytes;
  }
  memset(a->base, NOT_A_NUMBER, a->bytes);
  free(a->base - SURROUNDING);
  *a = allocations[--allocation_count];
  fake_live[kind]--;
  return status;
}

cudaError_t cudaMalloc(void **devPtr, size_t size) {
  int32_t status = fake_enter("cudaMalloc");
  return fake_leave_runtime(status != 0 ? status : allocate(devPtr, size, DEVICE_MEMORY));
}

cudaError_t cudaFree(void *devPtr) {
  int32_t status = fake_enter("cudaFree");
  return fake_leave_runtime(status != 0 ? status : release(devPtr, DEVICE_MEMORY, "cudaFree"));
}

cudaError_t cudaHostAlloc(void **pHost, size_t size, unsigned int flags) {
  int32_t status = fake_enter("cudaHostAlloc");
  (void)flags;
  return fake_leave_runtime(status != 0 ? status : allocate(pHost, size, HOST_MEMORY));
}

cudaError_t cudaFreeHost(void *ptr) {
  int32_t status = fake_enter("cudaFreeHost");
  return fake_leave_runtime(status != 0 ? status : release(ptr, HOST_MEMORY, "cudaFreeHost"));
}

cudaError_t cudaMemGetInfo(size_t *free_bytes, size_t *total) {
  int32_t status = fake_enter("cudaMemGetInfo");
  if (status == 0) {
    *total = (size_t)fake_settings.memory;
    *free_bytes = (size_t)(fake_settings.memory - in_use[fake_current_device()]);
  }
  return fake_leave_runtime(status);
}

/* Fields that CUDA 12 and 13 have in common. */
struct attributes {
  enum cudaMemoryType type;
  int device;
  void *device_pointer;
  void *host_pointer;
};

cudaError_t cudaPointerGetAttributes(struct cudaPointerAttributes *attributes, const void *ptr) {
  int32_t status = fake_enter("cudaPointerGetAttributes");
  if (status == 0) {
    const struct allocation *a = fake_find(ptr);
    struct attributes found = {cudaMemoryTypeUnregistered, -2, NULL, NULL};
    if (a != NULL) {
      found.type = a->kind == DEVICE_MEMORY ? cudaMemoryTypeDevice : cudaMemoryTypeHost;
      found.device = a->device;
      found.device_pointer = (void *)ptr;
      found.host_pointer = a->kind == DEVICE_MEMORY ? NULL : (void *)ptr;
    }
    memcpy(attributes, &found, sizeof found);
  }
  return fake_leave_runtime(status);
}
