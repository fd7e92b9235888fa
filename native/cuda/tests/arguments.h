/*
 * Calls with one bad argument must return the promised status, start no kernel and write nothing.
 */
#ifndef ATTNPOOL_CUDA_TESTS_ARGUMENTS_H
#define ATTNPOOL_CUDA_TESTS_ARGUMENTS_H

#include "grid.h"

/* More elements than any array has; times a few bytes it does not overflow. */
#define HUGE_COUNT (INT64_MAX / 16)

/* Device memory: 0, 1, 2, ... for tiles, rows and sequences; zeros; and outputs. */
extern int64_t *numbers;
extern int32_t *sequence_numbers;
extern float *in, *out;
extern double *wide_out;

void make_arguments(void);

/* Whether nothing was written or started since then, or since the last call of this function. */
bool untouched(void);

#define EXPECT(status, call)                                                                  \
  do {                                                                                        \
    const int32_t result_ = (call);                                                           \
    CHECK(result_ == (status), "status %d of %s, %s", result_, #call, latest_complaint());    \
    CHECK(untouched(), "%s: started or wrote something", #call);                              \
  } while (0)

/* The call that the bad ones are variants of is good. */
#define EXPECT_GOOD(call)                              \
  do {                                                 \
    RUN(call);                                         \
    CHECK(!untouched(), "%s: started nothing", #call); \
  } while (0)

#endif
