/* The driver's functions, and the runtime's that choose a device. */
#include "call.h"
#include "context.h"
#include "settings.h"

cudaError_t cudaGetDevice(int *device) {
  int32_t status = fake_enter("cudaGetDevice");
  if (status == 0) {
    *device = fake_current_device();
  }
  return fake_leave_runtime(status);
}

/* Since CUDA 12 this makes the device's primary context. */
cudaError_t cudaSetDevice(int device) {
  int32_t status = fake_enter("cudaSetDevice");
  if (status == 0 && !fake_has_device(device)) {
    status = cudaErrorInvalidDevice;
  }
  if (status == 0) {
    fake_choose_device(device);
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

/* All calls except cuDriverGetVersion need a driver that the runtime has initialised. */
static int32_t enter(const char *function) {
  int32_t status = fake_enter(function);
  return status == 0 && !fake_is_initialised() ? (int32_t)CUDA_ERROR_NOT_INITIALIZED : status;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *pctx, CUdevice dev) {
  int32_t status = enter("cuDevicePrimaryCtxRetain");
  if (status == 0 && !fake_has_device(dev)) {
    status = CUDA_ERROR_INVALID_DEVICE;
  }
  if (status == 0) {
    *pctx = fake_primary_context(dev);
  }
  return (CUresult)fake_leave(status);
}

CUresult cuCtxSetCurrent(CUcontext ctx) {
  int32_t status = enter("cuCtxSetCurrent");
  if (status == 0) {
    fake_make_current(ctx);
  }
  return (CUresult)fake_leave(status);
}

CUresult cuCtxGetCurrent(CUcontext *pctx) {
  int32_t status = enter("cuCtxGetCurrent");
  if (status == 0) {
    *pctx = fake_current_context();
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
