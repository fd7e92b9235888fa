/* Counts the calls of each function, and makes those fail that a test has chosen. */
#ifndef ATTNPOOL_FAKE_FAILURES_H
#define ATTNPOOL_FAKE_FAILURES_H

#include <stdint.h>

/* Counts a call; the status that it must fail with, or 0. */
int32_t fake_turn(const char *function);

/* Makes the nth call from now on fail, in place of any failure planned for that function before. */
void fake_plan_failure(const char *function, int64_t nth, int32_t status);

int64_t fake_calls(const char *function);

/* Forgets calls and planned failures. */
void fake_forget_calls(void);

#endif
