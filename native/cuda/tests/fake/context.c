#include "context.h"

#include "notes.h"
#include "settings.h"

#include <stdlib.h>
#include <string.h>

struct CUctx_st {
  int device;
  bool primary;
};

static struct CUctx_st primaries[MAX_DEVICES];
static int64_t contexts[MAX_DEVICES];
static bool initialised; /* the driver */

static _Thread_local struct CUctx_st *current;
static _Thread_local int chosen; /* used while no context is current */

bool fake_has_device(int device) { return device >= 0 && device < fake_settings.devices; }

int fake_current_device(void) { return current != NULL ? current->device : chosen; }

void fake_choose_device(int device) {
  chosen = device;
  current = fake_primary_context(device);
}

CUcontext fake_primary_context(int device) {
  struct CUctx_st *context = &primaries[device];
  if (!context->primary) {
    context->primary = true;
    context->device = device;
    contexts[device]++;
  }
  return context;
}

CUcontext fake_new_context(int device) {
  struct CUctx_st *context = calloc(1, sizeof *context);
  context->device = device;
  contexts[device]++;
  return context;
}

CUcontext fake_current_context(void) { return current; }

void fake_make_current(CUcontext context) { current = context; }

bool fake_is_initialised(void) { return initialised; }

int64_t fake_contexts(const char *device) {
  return device[0] >= '0' && device[0] < '0' + MAX_DEVICES && device[1] == '\0'
             ? contexts[device[0] - '0']
             : -1;
}

/* Whether a call makes a context if none is current, by its name or how the name begins. */
static bool needs_context(const char *function) {
  static const char *const some[] = {
      "attnpool_cuda_", "cudaDeviceSynchronize", "cudaEvent", "cudaFree",   "cudaGraph",
      "cudaHostAlloc",  "cudaMalloc",            "cudaMem",   "cudaStream", "cublasLtMatmulAlgo",
      "cudnnSoftmax"};
  static const char *const whole[] = {"cublasLtCreate", "cublasLtMatmul", "cudnnCreate"};
  for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
    if (strncmp(function, some[i], strlen(some[i])) == 0) {
      return true;
    }
  }
  for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
    if (strcmp(function, whole[i]) == 0) {
      return true;
    }
  }
  return false;
}

void fake_prepare_context(const char *function) {
  if (strncmp(function, "cuda", 4) == 0 && strstr(function, "GetVersion") == NULL) {
    initialised = true;
  }
  if (!needs_context(function)) {
    return;
  }
  if (current == NULL && fake_has_device(chosen)) {
    current = fake_primary_context(chosen);
  } else if (current != NULL && !current->primary) {
    fake_misuse("%s while a context that is not the device's is current", function);
  }
}
