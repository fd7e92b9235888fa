/*
 * The tier that this translation unit is compiled for. The build defines exactly one
 * ATTNPOOL_TIER_* and passes the tier's flags. The checks below fail if those flags did not reach
 * the compiler, or if stray flags would let a low tier use instructions that it must not.
 */
#ifndef ATTNPOOL_TIER_H
#define ATTNPOOL_TIER_H

#if defined(ATTNPOOL_TIER_BASELINE)
#define TIER_NAME "baseline"
#define TIER_KERNELS attnpool_kernels_baseline
#if defined(__AVX__) || defined(__SSE3__)
#error "tier baseline: compiled with more than the x86-64 base instructions"
#endif

#elif defined(ATTNPOOL_TIER_AVX2)
#define TIER_NAME "avx2"
#define TIER_KERNELS attnpool_kernels_avx2
#if !defined(__AVX2__) || !defined(__FMA__) || !defined(__F16C__)
#error "tier avx2: compiled without AVX2, FMA and F16C"
#elif defined(__AVX512F__)
#error "tier avx2: compiled with AVX-512"
#endif

#elif defined(ATTNPOOL_TIER_AVX512) || defined(ATTNPOOL_TIER_AVX512_BF16)
#if !defined(__AVX512F__) || !defined(__AVX512BW__) || !defined(__AVX512DQ__) || \
    !defined(__AVX512VL__) || !defined(__FMA__)
#error "tier avx512: compiled without AVX-512 F, BW, DQ, VL or FMA"
#endif
#if defined(ATTNPOOL_TIER_AVX512)
#define TIER_NAME "avx512"
#define TIER_KERNELS attnpool_kernels_avx512
#if defined(__AVX512BF16__)
#error "tier avx512: compiled with AVX-512 BF16"
#endif
#else
#define TIER_NAME "avx512_bf16"
#define TIER_KERNELS attnpool_kernels_avx512_bf16
#if !defined(__AVX512BF16__)
#error "tier avx512_bf16: compiled without AVX-512 BF16"
#endif
#endif

#elif defined(ATTNPOOL_TIER_NEON)
#define TIER_NAME "neon"
#define TIER_KERNELS attnpool_kernels_neon
#if !defined(__aarch64__) || !defined(__ARM_NEON)
#error "tier neon: compiled for something else than AArch64"
#endif

#else
#error "no ATTNPOOL_TIER_* defined"
#endif

/* Sums must round alike in every build of a tier, so options that change values are not allowed. */
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "the kernels must not be compiled with -ffast-math or -ffinite-math-only"
#endif

#define INLINE static inline __attribute__((always_inline))

/* For loops that need the registers for themselves. */
#define NOINLINE static __attribute__((noinline))

#endif
