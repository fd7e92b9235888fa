/* Elements in memory: float32, bfloat16 and float16, four at a time. */
#ifndef ATTNPOOL_CUDA_ELEMENT_H
#define ATTNPOOL_CUDA_ELEMENT_H

#include "simt.h"

#if defined(__CUDACC__)
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#endif

#define F32 ATTNPOOL_CUDA_F32
#define BF16 ATTNPOOL_CUDA_BF16
#define F16 ATTNPOOL_CUDA_F16

/*
 * A thread works on four neighbouring elements: 16 bytes of float32, 8 bytes of the other types.
 * Loads of 8 bytes are as good as loads of 16 here, because several rows are always in flight, and
 * they take fewer registers.
 */
#define QUAD 4

INLINE float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

INLINE uint32_t bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

#if defined(__CUDACC__)

INLINE float float_of_f16(uint32_t bits) {
  return __half2float(__ushort_as_half((unsigned short)bits));
}

INLINE uint32_t f16_of_float(float value) {
  return __half_as_ushort(__float2half_rn(value));
}

INLINE uint32_t bf16_of_float(float value) {
  return __bfloat16_as_ushort(__float2bfloat16_rn(value));
}

#else

/* A subnormal is its fraction in units of 2^-24. */
INLINE float float_of_f16(uint32_t bits) {
  uint32_t sign = (bits & 0x8000) << 16, exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent == 0) {
    float magnitude = (float)fraction * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
  }
  uint32_t widened = exponent == 31 ? 255 : exponent + 112;
  return float_of_bits(sign | widened << 23 | fraction << 13);
}

/* Ties go to even. Adding a power of two rounds values that become subnormal. */
INLINE uint32_t f16_of_float(float value) {
  uint32_t bits = bits_of_float(value), sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) {
    return 0x7fff;
  }
  if (magnitude >= 0x477ff000) { /* 65520 and above */
    return sign | 0x7c00;
  }
  if (magnitude < 0x38800000) { /* below 2^-14 */
    return sign | (bits_of_float(float_of_bits(magnitude) + 0.5f) - 0x3f000000);
  }
  return sign | (magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13;
}

INLINE uint32_t bf16_of_float(float value) {
  uint32_t bits = bits_of_float(value);
  if ((bits & 0x7fffffff) > 0x7f800000) {
    return 0x7fff;
  }
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

#endif

INLINE const void *element_at(const void *base, int32_t type, int64_t index) {
  return (const char *)base + index * (type == F32 ? 4 : 2);
}

INLINE void store_element(void *base, int32_t type, int64_t index, float value) {
  void *at = (void *)element_at(base, type, index);
  if (type == F32) {
    *(float *)at = value;
  } else {
    *(uint16_t *)at = (uint16_t)(type == BF16 ? bf16_of_float(value) : f16_of_float(value));
  }
}

/* Four elements as they lie in memory; they are widened only when they are needed. */
struct quad {
  uint32_t word[4]; /* elements of two bytes use only two of them */
};

INLINE struct quad no_quad(void) {
  const struct quad none = {{0, 0, 0, 0}};
  return none;
}

/* Uses a single load: index is a multiple of four, and the base is aligned. */
INLINE struct quad load_whole_quad(const void *base, int32_t type, int64_t index) {
  struct quad q = no_quad();
  const void *at = element_at(base, type, index);
#if defined(__CUDACC__)
  if (type == F32) {
    const uint4 words = __ldg((const uint4 *)at);
    q.word[0] = words.x;
    q.word[1] = words.y;
    q.word[2] = words.z;
    q.word[3] = words.w;
  } else {
    const uint2 words = __ldg((const uint2 *)at);
    q.word[0] = words.x;
    q.word[1] = words.y;
  }
#else
  expect((uintptr_t)at % (type == F32 ? 16 : 8) == 0, "a whole load that is not aligned");
  memcpy(&q, at, type == F32 ? 16 : 8);
#endif
  return q;
}

/* The first n of four elements; the others are zero. */
INLINE struct quad load_part_quad(const void *base, int32_t type, int64_t index, int n) {
  struct quad q = no_quad();
  UNROLL for (int i = 0; i < QUAD; i++) {
    if (i < n) {
      const void *at = element_at(base, type, index + i);
      if (type == F32) {
        q.word[i] = *(const uint32_t *)at;
      } else {
        q.word[i / 2] |= (uint32_t) * (const uint16_t *)at << (16 * (i % 2));
      }
    }
  }
  return q;
}

/* n may be more than four. aligned: load_whole_quad may be used. */
INLINE struct quad load_quad(const void *base, int32_t type, int64_t index, int n, bool aligned) {
  return aligned && n >= QUAD ? load_whole_quad(base, type, index)
                              : load_part_quad(base, type, index, n);
}

/*
 * The same columns of a constant number of rows, the first at index. Only the first `rows` of them
 * exist; the caller must not use the others. One branch serves all the loads, so that all are in
 * flight before the first is needed.
 */
INLINE void load_quads(const void *base, int32_t type, int64_t index, int64_t stride, int count,
                       int rows, int n, bool aligned, struct quad *quads) {
  if (aligned && n >= QUAD && rows > 0) {
    UNROLL for (int i = 0; i < count; i++) {
      quads[i] = load_whole_quad(base, type, index);
      index += i + 1 < rows ? stride : 0; /* reads the last row again instead of branching */
    }
  } else {
    UNROLL for (int i = 0; i < count; i++) {
      quads[i] = load_part_quad(base, type, index + i * stride, i < rows ? n : 0);
    }
  }
}

/* Element i, a constant. */
INLINE float quad_element(const struct quad q, int32_t type, int i) {
  if (type == F32) {
    return float_of_bits(q.word[i]);
  }
  uint32_t word = q.word[i / 2];
  if (type == BF16) {
    return float_of_bits(i % 2 == 0 ? word << 16 : word & 0xffff0000u);
  }
  return float_of_f16(i % 2 == 0 ? word & 0xffffu : word >> 16);
}

INLINE void quad_elements(const struct quad q, int32_t type, float *values) {
  UNROLL for (int i = 0; i < QUAD; i++) {
    values[i] = quad_element(q, type, i);
  }
}

/* Writes the first n of four values. aligned: as for loads. */
INLINE void store_quad(void *base, int32_t type, int64_t index, int n, bool aligned,
                       const float *values) {
#if defined(__CUDACC__)
  if (aligned && n >= QUAD) {
    void *at = (void *)element_at(base, type, index);
    if (type == F32) {
      *(float4 *)at = make_float4(values[0], values[1], values[2], values[3]);
    } else {
      uint32_t low[QUAD];
      UNROLL for (int i = 0; i < QUAD; i++) {
        low[i] = type == BF16 ? bf16_of_float(values[i]) : f16_of_float(values[i]);
      }
      *(uint2 *)at = make_uint2(low[0] | low[1] << 16, low[2] | low[3] << 16);
    }
    return;
  }
#else
  expect(!aligned || n < QUAD ||
             (uintptr_t)element_at(base, type, index) % (type == F32 ? 16 : 8) == 0,
         "a whole store that is not aligned");
#endif
  UNROLL for (int i = 0; i < QUAD; i++) {
    if (i < n) {
      store_element(base, type, index + i, values[i]);
    }
  }
}

/*
 * The first n of four float32 parameters, followed by zeros; all zeros if there are no parameters.
 */
INLINE void load_floats(const float *parameters, int64_t index, int n, bool aligned,
                        float *values) {
  const struct quad q =
      load_quad(parameters, F32, index, parameters == NULL ? 0 : n, aligned);
  quad_elements(q, F32, values);
}

#endif
