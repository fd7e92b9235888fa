/* Devices, versions and the texts of errors. */
#include "attnpool_cuda.h"
#include "double.h"

#include <stdio.h>
#include <string.h>

/* At least what any version of CUDA writes. */
#define PROPERTIES_BYTES 1032
#define NAME_BYTES 256

static int32_t check_device(int device) {
  return device >= 0 && device < double_settings.devices ? cudaSuccess : cudaErrorInvalidDevice;
}

cudaError_t cudaGetDeviceCount(int *count) {
  int32_t status = double_enter("cudaGetDeviceCount");
  if (status == 0) {
    *count = (int)double_settings.devices;
    status = *count > 0 ? cudaSuccess : cudaErrorNoDevice;
  }
  return double_leave_runtime(status);
}

cudaError_t cudaDeviceSynchronize(void) {
  int32_t status = double_enter("cudaDeviceSynchronize");
  if (status == 0) {
    status = double_forbids_waiting() ? (int32_t)cudaErrorStreamCaptureUnsupported
                                      : double_drain_device(double_current_device());
  }
  return double_leave_runtime(status);
}

cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *prop, int device) {
  int32_t status = double_enter("cudaGetDeviceProperties");
  if (status == 0) {
    status = check_device(device);
  }
  if (status == 0) {
    memset(prop, 0, PROPERTIES_BYTES);
    snprintf((char *)prop, NAME_BYTES, "test double %d", device);
  }
  return double_leave_runtime(status);
}

cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attr, int device) {
  int32_t status = double_enter("cudaDeviceGetAttribute");
  if (status == 0) {
    status = check_device(device);
  }
  if (status == 0) {
    switch (attr) {
      case cudaDevAttrMultiProcessorCount:
        *value = (int)double_settings.processors;
        break;
      case cudaDevAttrL2CacheSize:
        *value = (int)double_settings.l2;
        break;
      case cudaDevAttrComputeCapabilityMajor:
        *value = (int)double_settings.compute / 10;
        break;
      case cudaDevAttrComputeCapabilityMinor:
        *value = (int)double_settings.compute % 10;
        break;
      case cudaDevAttrIntegrated:
      case cudaDevAttrComputeMode:
        *value = 0;
        break;
      default:
        status = cudaErrorInvalidValue;
    }
  }
  return double_leave_runtime(status);
}

cudaError_t cudaDeviceGetPCIBusId(char *pciBusId, int len, int device) {
  int32_t status = double_enter("cudaDeviceGetPCIBusId");
  if (status == 0) {
    status = check_device(device);
  }
  if (status == 0) {
    snprintf(pciBusId, (size_t)len, "0000:%02X:00.0", device);
  }
  return double_leave_runtime(status);
}

cudaError_t cudaRuntimeGetVersion(int *runtimeVersion) {
  int32_t status = double_enter("cudaRuntimeGetVersion");
  if (status == 0) {
    *runtimeVersion = (int)double_settings.runtime;
  }
  return double_leave_runtime(status);
}

cudaError_t cudaDriverGetVersion(int *driverVersion) {
  int32_t status = double_enter("cudaDriverGetVersion");
  if (status == 0) {
    *driverVersion = (int)double_settings.driver;
  }
  return double_leave_runtime(status);
}

int32_t attnpool_cuda_runtime_version(void) { return (int32_t)double_settings.kernels_runtime; }

cudaError_t cudaGetLastError(void) { return double_last_error(true); }

cudaError_t cudaPeekAtLastError(void) { return double_last_error(false); }

static const struct {
  cudaError_t error;
  const char *name;
  const char *text;
} errors[] = {
    {cudaSuccess, "cudaSuccess", "no error"},
    {cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
    {cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    {cudaErrorInvalidMemcpyDirection, "cudaErrorInvalidMemcpyDirection",
     "invalid copy direction for memcpy"},
    {cudaErrorInsufficientDriver, "cudaErrorInsufficientDriver",
     "CUDA driver version is insufficient for CUDA runtime version"},
    {cudaErrorNoDevice, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    {cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {cudaErrorInvalidResourceHandle, "cudaErrorInvalidResourceHandle", "invalid resource handle"},
    {cudaErrorNotReady, "cudaErrorNotReady", "device not ready"},
    {cudaErrorIllegalAddress, "cudaErrorIllegalAddress",
     "an illegal memory access was encountered"},
    {cudaErrorLaunchFailure, "cudaErrorLaunchFailure", "unspecified launch failure"},
    {cudaErrorStreamCaptureUnsupported, "cudaErrorStreamCaptureUnsupported",
     "operation not permitted when stream is capturing"},
    {cudaErrorStreamCaptureUnmatched, "cudaErrorStreamCaptureUnmatched",
     "capture was not ended in the same stream as it began"},
    {cudaErrorStreamCaptureUnjoined, "cudaErrorStreamCaptureUnjoined",
     "capturing stream has unjoined work"},
};

const char *cudaGetErrorName(cudaError_t error) {
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
    if (errors[i].error == error) {
      return errors[i].name;
    }
  }
  return "cudaErrorUnknown";
}

const char *cudaGetErrorString(cudaError_t error) {
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
    if (errors[i].error == error) {
      return errors[i].text;
    }
  }
  return "unrecognized error code";
}
