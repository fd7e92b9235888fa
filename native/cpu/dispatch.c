#include "dispatch.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

const struct attnpool_kernels *attnpool_detected;
const struct attnpool_kernels *attnpool_active;

/* The tiers that this library contains, lowest first. */
static const struct attnpool_kernels *const tiers[] = {
#if defined(__x86_64__)
    &attnpool_kernels_baseline,
    &attnpool_kernels_avx2,
    &attnpool_kernels_avx512,
    &attnpool_kernels_avx512_bf16,
#elif defined(__aarch64__)
    &attnpool_kernels_neon,
#else
    &attnpool_kernels_baseline,
#endif
};

#if defined(__x86_64__)

#define HAS_ALL(word, bits) (((word) & (bits)) == (bits))

/*
 * Bits of XCR0, the register states that the operating system saves: SSE and AVX; opmask and ZMM.
 */
#define XCR0_AVX 0x06u
#define XCR0_AVX512 0xe6u

/* CPUID leaf 7, subleaf 0, EBX. The names in cpuid.h differ between compilers. */
#define LEAF7_AVX2 (1u << 5)
#define LEAF7_AVX512 ((1u << 16) | (1u << 17) | (1u << 30) | (1u << 31)) /* F, DQ, BW, VL */

/* CPUID leaf 7, subleaf 1, EAX. */
#define LEAF7_1_AVX512_BF16 (1u << 5)

static unsigned saved_states(void) {
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

/* The index of the best tier. A feature counts only if the operating system saves its registers. */
static size_t best_tier(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !HAS_ALL(c, bit_OSXSAVE | bit_AVX | bit_FMA | bit_F16C)) {
    return 0;
  }
  unsigned states = saved_states();
  unsigned subleaves;
  if (!HAS_ALL(states, XCR0_AVX) || !__get_cpuid_count(7, 0, &subleaves, &b, &c, &d) ||
      !HAS_ALL(b, LEAF7_AVX2)) {
    return 0;
  }
  if (!HAS_ALL(states, XCR0_AVX512) || !HAS_ALL(b, LEAF7_AVX512)) {
    return 1;
  }
  if (subleaves < 1 || !__get_cpuid_count(7, 1, &a, &b, &c, &d) ||
      !HAS_ALL(a, LEAF7_1_AVX512_BF16)) {
    return 2;
  }
  return 3;
}

#else

static size_t best_tier(void) { return 0; }

#endif

/*
 * A cap that names no tier is ignored: a library does not print, and the program that loads it can
 * tell. The loader runs this before it resolves any symbol, so that no thread sees it half done.
 */
__attribute__((constructor)) static void choose_tier(void) {
  size_t best = best_tier();
  size_t chosen = best;
  const char *cap = getenv("ATTNPOOL_MAX_TIER");
  for (size_t i = 0; cap != NULL && i < best; i++) {
    if (strcmp(cap, tiers[i]->tier) == 0) {
      chosen = i;
    }
  }
  attnpool_detected = tiers[best];
  attnpool_active = tiers[chosen];
}
