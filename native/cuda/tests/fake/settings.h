/* What the fake's devices and libraries are like; attnpool_fake.h explains each setting. */
#ifndef ATTNPOOL_FAKE_SETTINGS_H
#define ATTNPOOL_FAKE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct fake_settings {
  int64_t devices;
  int64_t memory;
  int64_t l2;
  int64_t processors;
  int64_t compute;
  int64_t runtime;
  int64_t driver;
  int64_t kernels_runtime;
  int64_t eager;
  int64_t blas_algorithms;
  int64_t blas_workspace;
  int64_t blas_refuses;
  int64_t blas_slices;
  int64_t blas_splits;
  int64_t tf32_truncates;
};
extern struct fake_settings fake_settings;

/* The setting of that name; NULL if there is none. */
int64_t *fake_setting(const char *name);

void fake_restore_settings(void);

#endif
