/* Devices, versions and the texts of errors. */
#include "attnpool_cuda.h"
#include "call.h"
#include "context.h"
#include "graph.h"
#include "settings.h"
#include "stream.h"

#include <stdio.h>
#include <string.h>

/* No version of CUDA writes fewer bytes. */
#define PROPERTIES_BYTES 1032
#define NAME_BYTES 256

static int32_t check_device(int device) {
  return fake_has_device(device) ? cudaSuccess : cudaErrorInvalidDevice;
}

cudaError_t cudaGetDeviceCount(int *count) {
  int32_t status = fake_enter("cudaGetDeviceCount");
  if (status == 0) {
    *count = (int)fake_settings.devices;
    status = *count > 0 ? cudaSuccess : cudaErrorNoDevice;
  }
  return fake_leave_runtime(status);
}

cudaError_t cudaDeviceSynchronize(void) {
  int32_t status = fake_enter("cudaDeviceSynchronize");
  if (status == 0) {
    status = fake_forbids_waiting() ? (int32_t)cudaErrorStreamCaptureUnsupported
                                      : fake_drain_device(fake_current_device());
  }
  return fake_leave_runtime(status);
}

cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *prop, int device) {
  int32_t status = fake_enter("cudaGetDeviceProperties");
  if (status == 0) {
    status = check_device(device);
  }
  if (status == 0) {
    memset(prop, 0, PROPERTIES_BYTES);
    snprintf((char *)prop, NAME_BYTES, "fake device %d", device);
  }
  return fake_leave_runtime(status);
}

cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attr, int device) {
  int32_t status = fake_enter("cudaDeviceGetAttribute");
  if (status == 0) {
    status = check_device(device);
  }
  if (status == 0) {
    switch (attr) {
      case cudaDevAttrMultiProcessorCount:
        *value = (int)fake_settings.processors;
        break;
      case cudaDevAttrL2CacheSize:
        *value = (int)fake_settings.l2;
        break;
      case cudaDevAttrComputeCapabilityMajor:
        *value = (int)fake_settings.compute / 10;
        break;
      case cudaDevAttrComputeCapabilityMinor:
        *value = (int)fake_settings.compute % 10;
        break;
      case cudaDevAttrIntegrated:
      case cudaDevAttrComputeMode:
        *value = 0;
        break;
      default:
        status = cudaErrorInvalidValue;
    }
  }
  return fake_leave_runtime(status);
}

cudaError_t cudaDeviceGetPCIBusId(char *pciBusId, int len, int device) {
  int32_t status = fake_enter("cudaDeviceGetPCIBusId");
  if (status == 0) {
    status = check_device(device);
  }
  if (status == 0) {
    snprintf(pciBusId, (size_t)len, "0000:%02X:00.0", device);
  }
  return fake_leave_runtime(status);
}

cudaError_t cudaRuntimeGetVersion(int *runtimeVersion) {
  int32_t status = fake_enter("cudaRuntimeGetVersion");
  if (status == 0) {
    *runtimeVersion = (int)fake_settings.runtime;
  }
  return fake_leave_runtime(status);
}

cudaError_t cudaDriverGetVersion(int *driverVersion) {
  int32_t status = fake_enter("cudaDriverGetVersion");
  if (status == 0) {
    *driverVersion = (int)fake_settings.driver;
  }
  return fake_leave_runtime(status);
}

int32_t attnpool_cuda_runtime_version(void) { return (int32_t)fake_settings.kernels_runtime; }

cudaError_t cudaGetLastError(void) { return fake_last_error(true); }

cudaError_t cudaPeekAtLastError(void) { return fake_last_error(false); }

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
