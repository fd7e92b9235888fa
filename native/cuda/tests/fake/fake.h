/* What the parts of the fake CUDA share. */
#ifndef ATTNPOOL_FAKE_INTERNAL_H
#define ATTNPOOL_FAKE_INTERNAL_H

#include "attnpool_fake.h"
#include "cuda_runtime_api.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_DEVICES 8

/* --- control.c: one lock for everything, settings, counts, failures that tests ask for --- */

struct fake_settings {
  int64_t devices;
  int64_t memory;
  int64_t l2;
  int64_t processors;
  int64_t compute;
  int64_t runtime;
  int64_t driver;
  int64_t kernels_runtime;
  int64_t eager;
  int64_t blas_algorithms;
  int64_t blas_workspace;
  int64_t blas_refuses;
  int64_t blas_slices;
  int64_t blas_splits;
  int64_t tf32_truncates;
};
extern struct fake_settings fake_settings;

/* Kinds of what is alive. */
enum { DEVICE_MEMORY, HOST_MEMORY, STREAMS, EVENTS, GRAPHS, HANDLES, DESCRIPTORS, KINDS };
extern int64_t fake_live[KINDS];

/* Every exported function begins with the first and ends with one of the others. fake_enter takes
 * the lock and returns the status that a test wants the call to fail with, or 0. */
int32_t fake_enter(const char *function);
int32_t fake_leave(int32_t status);
cudaError_t fake_leave_runtime(int32_t status); /* also keeps it as the thread's last error */
cudaError_t fake_last_error(bool forget);

/* The failure asked for under that name, if it is its turn now, else 0; counts the call. */
int32_t fake_turn(const char *name);

/* Notes a wrong use. */
__attribute__((format(printf, 1, 2))) void fake_misuse(const char *format, ...);

void fake_count_kernel(void);

/* --- memory.c --- */

struct allocation {
  char *base;
  size_t bytes;
  int kind; /* DEVICE_MEMORY or HOST_MEMORY */
  int device;
};

/* The allocation that an address is in; NULL for other memory. */
const struct allocation *fake_find(const void *at);

/* Whether these bytes are device memory of that device; notes a misuse if not. */
bool fake_is_device(const char *what, const void *at, int64_t bytes, int device);

/* Notes a misuse where something around an allocation was overwritten. */
void fake_check_surroundings(const char *who);
int64_t fake_device_bytes(int device); /* in use; -1 for all devices */
int64_t fake_peak_bytes(bool forget);

/* --- context.c --- */

/* The device that calls of this thread go to: that of its context, or else the one it chose. */
int fake_current_device(void);

/* What a call does to contexts: one that needs a context makes that of the current device. */
void fake_note_call(const char *function);

/* Contexts that are alive; -1 for no device of that number. */
int64_t fake_contexts(const char *device);

/* --- stream.c --- */

typedef void fake_operation(void *argument);

/*
 * Puts an operation with a copy of its argument on a stream of the current device. Anything that
 * checks arguments has done so. The result is a cudaError_t.
 */
int32_t fake_enqueue(const char *name, fake_operation *run, const void *argument,
                       size_t bytes, cudaStream_t stream);

/* cudaErrorInvalidResourceHandle, noted as a misuse, unless the stream is one of this device. */
int32_t fake_check_stream(cudaStream_t stream);

/* Whether operations are recorded, not done; whether this thread must not wait or allocate now. */
bool fake_is_capturing(cudaStream_t stream);
bool fake_forbids_waiting(void);

/* Does all that is left to do on a device; the result is that of what failed. */
int32_t fake_drain_device(int device);
int32_t fake_drain(cudaStream_t stream);
void fake_drain_blocking(int device); /* the streams that the default stream waits for */
int64_t fake_pending(void);
void fake_forget_failure(void);

#endif
