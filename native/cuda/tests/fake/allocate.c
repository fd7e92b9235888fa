/* The runtime's functions that allocate, free and describe memory. */
#include "call.h"
#include "context.h"
#include "graph.h"
#include "memory.h"
#include "notes.h"
#include "settings.h"
#include "stream.h"

#include <string.h>

static int32_t allocate(void **result, size_t bytes, int kind) {
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
  *result = fake_new_memory(bytes, kind, fake_current_device());
  return *result == NULL ? cudaErrorMemoryAllocation : cudaSuccess;
}

/* As in CUDA, first completes all work of the device. */
static int32_t release(void *at, int kind, const char *function) {
  if (at == NULL) {
    return cudaSuccess;
  }
  if (fake_forbids_waiting()) {
    return cudaErrorStreamCaptureUnsupported;
  }
  const struct allocation *a = fake_find(at);
  if (a == NULL || a->base != at || a->kind != kind) {
    fake_misuse("%s: not the address of an allocation", function);
    return cudaErrorInvalidValue;
  }
  int32_t status = fake_drain_device(a->device);
  fake_end_memory(at, function);
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
    *free_bytes = (size_t)(fake_settings.memory - fake_device_bytes(fake_current_device()));
  }
  return fake_leave_runtime(status);
}

/* The fields that CUDA 12 and 13 have in common. */
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
