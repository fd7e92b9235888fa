/* Contexts: each device's primary one, and those that other libraries in the process make. */
#ifndef ATTNPOOL_FAKE_CONTEXT_H
#define ATTNPOOL_FAKE_CONTEXT_H

#include "cuda.h"

#include <stdbool.h>
#include <stdint.h>

#define MAX_DEVICES 8

bool fake_has_device(int device);

/* The device that calls of this thread go to: that of its context, or else the one it chose. */
int fake_current_device(void);

/* Chooses a device for this thread and makes its primary context current. */
void fake_choose_device(int device);

/* The primary context of a device, made if need be. */
CUcontext fake_primary_context(int device);

/* A new context of a device that is not its primary one. */
CUcontext fake_new_context(int device);

CUcontext fake_current_context(void);
void fake_make_current(CUcontext context);

/*
 * What a call does to contexts: one of the runtime initialises the driver; one that needs a context
 * makes that of the current device, and is a misuse while a foreign context is current.
 */
void fake_prepare_context(const char *function);
bool fake_is_initialised(void);

/* How many contexts a device has; -1 if there is no device of that number. */
int64_t fake_contexts(const char *device);

#endif
