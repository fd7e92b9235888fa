#include "settings.h"

#include <stddef.h>
#include <string.h>

static const struct fake_settings defaults = {
    .devices = 1,
    .memory = 268435456,
    .l2 = 1048576,
    .processors = 4,
    .compute = 90,
    .runtime = 13000,
    .driver = 13000,
    .kernels_runtime = 13000,
    .blas_algorithms = 16,
    .blas_workspace = 4096,
};
struct fake_settings fake_settings;

static const struct {
  const char *name;
  int64_t *value;
} settings[] = {
    {"devices", &fake_settings.devices},
    {"memory", &fake_settings.memory},
    {"l2", &fake_settings.l2},
    {"processors", &fake_settings.processors},
    {"compute", &fake_settings.compute},
    {"runtime", &fake_settings.runtime},
    {"driver", &fake_settings.driver},
    {"kernels.runtime", &fake_settings.kernels_runtime},
    {"eager", &fake_settings.eager},
    {"blas.algorithms", &fake_settings.blas_algorithms},
    {"blas.workspace", &fake_settings.blas_workspace},
    {"blas.refuses", &fake_settings.blas_refuses},
    {"blas.slices", &fake_settings.blas_slices},
    {"blas.splits", &fake_settings.blas_splits},
    {"tf32.truncates", &fake_settings.tf32_truncates},
};

int64_t *fake_setting(const char *name) {
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
    if (strcmp(settings[i].name, name) == 0) {
      return settings[i].value;
    }
  }
  return NULL;
}

void fake_restore_settings(void) { fake_settings = defaults; }
