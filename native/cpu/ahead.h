/* Prefetching: memory that is requested a few cache lines at a time, with each group of rows. */
#ifndef ATTNPOOL_AHEAD_H
#define ATTNPOOL_AHEAD_H

#include "tier.h"

#include <stdint.h>

#define CACHE_LINE 64

struct ahead {
  const char *at;
  int64_t lines; /* still to be requested */
  int64_t lines_each;
};

/* Spreads the bytes over that many groups; with no groups, nothing is requested. */
INLINE struct ahead over_groups(const void *from, int64_t bytes, int64_t groups) {
  int64_t lines = bytes / CACHE_LINE;
  return (struct ahead){from, groups > 0 ? lines : 0,
                        groups > 0 ? (lines + groups - 1) / groups : 0};
}

INLINE void ask_ahead(struct ahead *ahead) {
  int64_t lines = ahead->lines < ahead->lines_each ? ahead->lines : ahead->lines_each;
  for (int64_t i = 0; i < lines; i++) {
    __builtin_prefetch(ahead->at + i * CACHE_LINE, 0, 2);
  }
  ahead->at += lines * CACHE_LINE;
  ahead->lines -= lines;
}

#endif
