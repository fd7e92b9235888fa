#define _DEFAULT_SOURCE
#include "harness.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SKIPPED 77
#define MAX_FAILURES 20
#define MAX_BUFFERS 32

static const char *test_name;
static unsigned long seed;
static uint64_t random_state;
static int failures;

static struct {
  void *base;
  size_t bytes;
} buffers[MAX_BUFFERS];
static int buffer_count;

void begin(const char *name) {
  test_name = name;
  const char *given = getenv("ATTNPOOL_TEST_SEED");
  seed = given != NULL ? strtoul(given, NULL, 0) : 20261122;
  random_state = seed * 2654435761u + 1;
  const char *cap = getenv("ATTNPOOL_MAX_TIER");
  if (cap != NULL && tier_rank(cap) > tier_rank(attnpool_detected_tier())) {
    printf("%s: this machine has no tier %s\n", name, cap);
    exit(SKIPPED);
  }
  const char *tier = cap != NULL && tier_rank(cap) >= 0 ? cap : expected_detected_tier();
  CHECK(strcmp(attnpool_tier(), tier) == 0, "expected tier %s", tier);
}

int end(void) {
  release_buffers();
  printf("%s: tier %s, seed %lu: %s\n", test_name, attnpool_tier(), seed,
         failures == 0 ? "passed" : "FAILED");
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

void failed(const char *file, int line, const char *condition, const char *format, ...) {
  printf("%s:%d: not true: %s: ", file, line, condition);
  va_list values;
  va_start(values, format);
  vprintf(format, values);
  va_end(values);
  printf(" (tier %s, seed %lu)\n", attnpool_tier(), seed);
  if (++failures == MAX_FAILURES) {
    exit(end());
  }
}

float uniform(float low, float high) {
  random_state = random_state * 6364136223846793005u + 1442695040888963407u;
  float unit = (float)(random_state >> 40) * 0x1p-24f;
  return low + (high - low) * unit;
}

void fill_uniform(float *values, size_t n, float low, float high) {
  for (size_t i = 0; i < n; i++) {
    values[i] = uniform(low, high);
  }
}

float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

uint32_t bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

bool same_bits(const float *a, const float *b, size_t n) {
  return memcmp(a, b, n * sizeof *a) == 0;
}

bool same_doubles(const double *a, const double *b, size_t n) {
  return memcmp(a, b, n * sizeof *a) == 0;
}

void *guarded(enum placement placement, size_t n, size_t element_bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t bytes = n * element_bytes;
  size_t inner = (bytes + page - 1) / page * page;
  char *base = mmap(NULL, inner + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED || buffer_count == MAX_BUFFERS ||
      (inner > 0 && mprotect(base + page, inner, PROT_READ | PROT_WRITE) != 0)) {
    perror("guarded buffer");
    exit(EXIT_FAILURE);
  }
  buffers[buffer_count].base = base;
  buffers[buffer_count++].bytes = inner + 2 * page;
  return placement == AT_START ? base + page : base + page + inner - bytes;
}

float *guarded_floats(enum placement placement, size_t n) {
  return guarded(placement, n, sizeof(float));
}

double *guarded_doubles(enum placement placement, size_t n) {
  return guarded(placement, n, sizeof(double));
}

void release_buffers(void) {
  while (buffer_count > 0) {
    buffer_count--;
    munmap(buffers[buffer_count].base, buffers[buffer_count].bytes);
  }
}
