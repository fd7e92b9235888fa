/* What the fake keeps for the report: how much is alive, and which calls were wrong. Calls nothing
 * else of the fake. */
#ifndef ATTNPOOL_FAKE_NOTES_H
#define ATTNPOOL_FAKE_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kinds of things that are alive. */
enum { DEVICE_MEMORY, HOST_MEMORY, STREAMS, EVENTS, GRAPHS, HANDLES, DESCRIPTORS, KINDS };
extern int64_t fake_live[KINDS];

/* Notes a wrong use. */
__attribute__((format(printf, 1, 2))) void fake_misuse(const char *format, ...);

void fake_count_kernel(void);

/* Stores the count of that name (live, live.KIND, kernels or misuses); false if there is none. */
bool fake_note(const char *name, int64_t *value);

/* Writes what is alive and the first misuses, one line each. */
void fake_write_notes(char *text, size_t bytes);

/* Forgets misuses and kernels; what is alive stays counted. */
void fake_forget_notes(void);

#endif
