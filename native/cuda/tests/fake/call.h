/*
 * The frame of every exported function: it begins with fake_enter, which takes the one lock of the
 * fake, and ends with fake_leave or fake_leave_runtime.
 */
#ifndef ATTNPOOL_FAKE_CALL_H
#define ATTNPOOL_FAKE_CALL_H

#include "cuda_runtime_api.h"

#include <stdbool.h>
#include <stdint.h>

/* Takes the lock, without counting a call. */
void fake_lock(void);

/* Takes the lock and counts the call; the status that a test wants it to fail with, or 0. */
int32_t fake_enter(const char *function);

/* Releases the lock; the status that was given. */
int32_t fake_leave(int32_t status);

/* Also keeps a status that is not 0 as the thread's last error. */
cudaError_t fake_leave_runtime(int32_t status);
cudaError_t fake_last_error(bool forget);

/* Sets everything that tests choose to its default, then to what the environment says. */
void fake_restore_choices(void);

#endif
