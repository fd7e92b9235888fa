/* Launches of kernels on streams, and the memory that their arguments may lie in. */
#include "blocks.h"
#include "call.h"
#include "check.h"
#include "context.h"
#include "memory.h"
#include "notes.h"
#include "simt.h"
#include "stream.h"

#include <stdlib.h>

struct launch {
  void (*kernel)(const void *job);
  const char *name;
  int64_t blocks;
  _Alignas(16) unsigned char job[];
};

static void run_kernel(void *argument) {
  const struct launch *launch = argument;
  fake_count_kernel();
  const char *complaint = fake_run_blocks(launch->kernel, launch->job, launch->blocks);
  if (complaint != NULL) {
    fake_misuse("%s: %s", launch->name, complaint);
  }
}

/* The launcher's name. The kernel's name begins with the last part of it. */
static const char *launcher_of(const char *kernel) {
  static const char *const names[][2] = {
      {"copy_", "attnpool_cuda_copy_rows"}, {"activate_", "attnpool_cuda_activate"},
      {"score_", "attnpool_cuda_score"},    {"pool_", "attnpool_cuda_pool"},
      {"merge_", "attnpool_cuda_merge"},    {"weights_", "attnpool_cuda_weights"},
      {"pad_", "attnpool_cuda_pad"},        {"unpad_", "attnpool_cuda_unpad"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strncmp(kernel, names[i][0], strlen(names[i][0])) == 0) {
      return names[i][1];
    }
  }
  return kernel;
}

int32_t simt_launch(void (*kernel)(const void *job), const char *name, const void *job,
                    size_t job_bytes, int64_t blocks, void *stream) {
  int32_t status = fake_enter(launcher_of(name));
  if (status == 0) {
    struct launch *launch = malloc(sizeof *launch + job_bytes);
    launch->kernel = kernel;
    launch->name = name;
    launch->blocks = blocks;
    memcpy(launch->job, job, job_bytes);
    status = -fake_enqueue(name, run_kernel, launch, sizeof *launch + job_bytes, stream);
    free(launch);
  }
  return fake_leave(status);
}

int32_t fake_check_extent(const void *at, int64_t bytes, bool writes) {
  (void)writes;
  int32_t status = fake_enter("attnpool_cuda argument");
  if (status == 0 && !fake_is_device("argument of a kernel", at, bytes, fake_current_device())) {
    status = -cudaErrorIllegalAddress;
  }
  return fake_leave(status);
}

bool simt_is_device(const void *at, int64_t bytes) {
  const struct allocation *a = fake_find(at);
  return a != NULL && a->kind == DEVICE_MEMORY && bytes <= a->base + a->bytes - (const char *)at;
}
