/* The tier that this machine should get, found in a different way than the library does. */
#define _DEFAULT_SOURCE
#include "harness.h"

#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
static const char *const tiers[] = {"baseline", "avx2", "avx512", "avx512_bf16"};
#elif defined(__aarch64__)
static const char *const tiers[] = {"neon"};
#else
static const char *const tiers[] = {"baseline"};
#endif

int tier_rank(const char *tier) {
  for (size_t i = 0; i < COUNT(tiers); i++) {
    if (strcmp(tier, tiers[i]) == 0) {
      return (int)i;
    }
  }
  return -1;
}

#if defined(__x86_64__) && defined(__linux__)

static bool has_flags(const char *line, const char *const *flags, size_t n) {
  for (size_t i = 0; i < n; i++) {
    char word[32];
    snprintf(word, sizeof word, " %s ", flags[i]);
    if (strstr(line, word) == NULL) {
      return false;
    }
  }
  return true;
}

/* Linux hides a flag in /proc/cpuinfo if it does not save the registers that the feature needs. */
const char *expected_detected_tier(void) {
  static const char *const avx2[] = {"avx2", "fma", "f16c"};
  static const char *const avx512[] = {"avx512f", "avx512bw", "avx512dq", "avx512vl"};
  static const char *const bf16[] = {"avx512_bf16"};
  static char line[16384];
  FILE *file = fopen("/proc/cpuinfo", "r");
  bool found = false;
  while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
    found = strncmp(line, "flags", 5) == 0;
  }
  if (file != NULL) {
    fclose(file);
  }
  if (!found) {
    return attnpool_detected_tier();
  }
  line[strcspn(line, "\n")] = ' ';
  if (!has_flags(line, avx2, COUNT(avx2))) {
    return "baseline";
  }
  if (!has_flags(line, avx512, COUNT(avx512))) {
    return "avx2";
  }
  return has_flags(line, bf16, COUNT(bf16)) ? "avx512_bf16" : "avx512";
}

#elif defined(__aarch64__)

const char *expected_detected_tier(void) { return "neon"; }

#else

const char *expected_detected_tier(void) { return attnpool_detected_tier(); }

#endif
