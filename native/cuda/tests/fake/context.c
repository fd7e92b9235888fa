/* Contexts: those of the devices, called primary, and those of others in the process. */
#include "cuda.h"
#include "fake.h"

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
static _Thread_local int chosen; /* where no context is current */

int fake_current_device(void) { return current != NULL ? current->device : chosen; }

int64_t fake_contexts(const char *device) {
  return device[0] >= '0' && device[0] < '0' + MAX_DEVICES && device[1] == '\0'
             ? contexts[device[0] - '0']
             : -1;
}

static bool is_device(int device) { return device >= 0 && device < fake_settings.devices; }

static struct CUctx_st *primary_of(int device) {
  struct CUctx_st *context = &primaries[device];
  if (!context->primary) {
    context->primary = true;
    context->device = device;
    contexts[device]++;
  }
  return context;
}

void *attnpool_fake_foreign_context(int32_t device) {
  fake_enter("attnpool_fake_foreign_context");
  if (is_device(device)) {
    current = calloc(1, sizeof *current);
    current->device = device;
    contexts[device]++;
  }
  fake_leave(0);
  return current;
}

/* The names, or how they begin, of calls that make a context where none is current. */
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

void fake_note_call(const char *function) {
  if (strncmp(function, "cuda", 4) == 0 && strstr(function, "GetVersion") == NULL) {
    initialised = true;
  }
  if (!needs_context(function)) {
    return;
  }
  if (current == NULL && is_device(chosen)) {
    current = primary_of(chosen);
  } else if (current != NULL && !current->primary) {
    fake_misuse("%s while a context that is not the device's is current", function);
  }
}

cudaError_t cudaGetDevice(int *device) {
  int32_t status = fake_enter("cudaGetDevice");
  if (status == 0) {
    *device = fake_current_device();
  }
  return fake_leave_runtime(status);
}

/* Since CUDA 12 this makes the device's context. */
cudaError_t cudaSetDevice(int device) {
  int32_t status = fake_enter("cudaSetDevice");
  if (status == 0 && !is_device(device)) {
    status = cudaErrorInvalidDevice;
  }
  if (status == 0) {
    chosen = device;
    current = primary_of(device);
  }
  return fake_leave_runtime(status);
}

CUresult cuDriverGetVersion(int *driverVersion) {
  int32_t status = fake_enter("cuDriverGetVersion");
  if (status == 0) {
    *driverVersion = (int)fake_settings.driver;
  }
  return (CUresult)fake_leave(status);
}

/* All but the version must wait until the runtime has initialised the driver. */
static int32_t enter(const char *function) {
  int32_t status = fake_enter(function);
  return status == 0 && !initialised ? (int32_t)CUDA_ERROR_NOT_INITIALIZED : status;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *pctx, CUdevice dev) {
  int32_t status = enter("cuDevicePrimaryCtxRetain");
  if (status == 0 && !is_device(dev)) {
    status = CUDA_ERROR_INVALID_DEVICE;
  }
  if (status == 0) {
    *pctx = primary_of(dev);
  }
  return (CUresult)fake_leave(status);
}

CUresult cuCtxSetCurrent(CUcontext ctx) {
  int32_t status = enter("cuCtxSetCurrent");
  if (status == 0) {
    current = ctx;
  }
  return (CUresult)fake_leave(status);
}

CUresult cuCtxGetCurrent(CUcontext *pctx) {
  int32_t status = enter("cuCtxGetCurrent");
  if (status == 0) {
    *pctx = current;
  }
  return (CUresult)fake_leave(status);
}

CUresult cuGetErrorName(CUresult error, const char **pStr) {
  switch (error) {
    case CUDA_SUCCESS:
      *pStr = "CUDA_SUCCESS";
      break;
    case CUDA_ERROR_OUT_OF_MEMORY:
      *pStr = "CUDA_ERROR_OUT_OF_MEMORY";
      break;
    case CUDA_ERROR_NOT_INITIALIZED:
      *pStr = "CUDA_ERROR_NOT_INITIALIZED";
      break;
    case CUDA_ERROR_INVALID_DEVICE:
      *pStr = "CUDA_ERROR_INVALID_DEVICE";
      break;
    case CUDA_ERROR_INVALID_CONTEXT:
      *pStr = "CUDA_ERROR_INVALID_CONTEXT";
      break;
    default:
      *pStr = NULL;
      return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}
