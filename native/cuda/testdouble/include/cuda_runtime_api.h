/*
 * The part of the CUDA runtime's interface that the test double stands in for, declared here so
 * that the double builds where no CUDA is installed. The bindings' fit check holds these
 * declarations against what was generated from the real header.
 */
#ifndef ATTNPOOL_DOUBLE_CUDA_RUNTIME_API_H
#define ATTNPOOL_DOUBLE_CUDA_RUNTIME_API_H

#include <stddef.h>

#define DOUBLE_API __attribute__((visibility("default")))

typedef enum cudaError {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorInvalidMemcpyDirection = 21,
  cudaErrorInsufficientDriver = 35,
  cudaErrorNoDevice = 100,
  cudaErrorInvalidDevice = 101,
  cudaErrorInvalidResourceHandle = 400,
  cudaErrorNotReady = 600,
  cudaErrorIllegalAddress = 700,
  cudaErrorLaunchFailure = 719,
  cudaErrorStreamCaptureUnsupported = 900,
  cudaErrorStreamCaptureUnmatched = 903,
  cudaErrorStreamCaptureUnjoined = 904,
  cudaErrorUnknown = 999
} cudaError_t;

enum cudaDeviceAttr {
  cudaDevAttrMultiProcessorCount = 16,
  cudaDevAttrIntegrated = 18,
  cudaDevAttrComputeMode = 20,
  cudaDevAttrL2CacheSize = 38,
  cudaDevAttrComputeCapabilityMajor = 75,
  cudaDevAttrComputeCapabilityMinor = 76
};

enum cudaComputeMode { cudaComputeModeProhibited = 2 };

enum cudaMemoryType {
  cudaMemoryTypeUnregistered = 0,
  cudaMemoryTypeHost = 1,
  cudaMemoryTypeDevice = 2,
  cudaMemoryTypeManaged = 3
};

enum cudaMemcpyKind {
  cudaMemcpyHostToHost = 0,
  cudaMemcpyHostToDevice = 1,
  cudaMemcpyDeviceToHost = 2,
  cudaMemcpyDeviceToDevice = 3,
  cudaMemcpyDefault = 4
};

enum cudaStreamCaptureMode {
  cudaStreamCaptureModeGlobal = 0,
  cudaStreamCaptureModeThreadLocal = 1,
  cudaStreamCaptureModeRelaxed = 2
};

#define cudaHostAllocDefault 0x00
#define cudaHostAllocWriteCombined 0x04
#define cudaStreamNonBlocking 0x01
#define cudaEventDefault 0x00
#define cudaEventDisableTiming 0x02

typedef struct CUstream_st *cudaStream_t;
typedef struct CUevent_st *cudaEvent_t;
typedef struct CUgraph_st *cudaGraph_t;
typedef struct CUgraphExec_st *cudaGraphExec_t;
struct cudaDeviceProp;
struct cudaPointerAttributes;

DOUBLE_API const char *cudaGetErrorName(cudaError_t error);
DOUBLE_API const char *cudaGetErrorString(cudaError_t error);
DOUBLE_API cudaError_t cudaGetLastError(void);
DOUBLE_API cudaError_t cudaPeekAtLastError(void);

DOUBLE_API cudaError_t cudaRuntimeGetVersion(int *runtimeVersion);
DOUBLE_API cudaError_t cudaDriverGetVersion(int *driverVersion);
DOUBLE_API cudaError_t cudaGetDeviceCount(int *count);
DOUBLE_API cudaError_t cudaGetDevice(int *device);
DOUBLE_API cudaError_t cudaSetDevice(int device);
DOUBLE_API cudaError_t cudaDeviceSynchronize(void);
DOUBLE_API cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *prop, int device);
DOUBLE_API cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attr, int device);
DOUBLE_API cudaError_t cudaDeviceGetPCIBusId(char *pciBusId, int len, int device);

DOUBLE_API cudaError_t cudaMalloc(void **devPtr, size_t size);
DOUBLE_API cudaError_t cudaFree(void *devPtr);
DOUBLE_API cudaError_t cudaHostAlloc(void **pHost, size_t size, unsigned int flags);
DOUBLE_API cudaError_t cudaFreeHost(void *ptr);
DOUBLE_API cudaError_t cudaMemGetInfo(size_t *free, size_t *total);
DOUBLE_API cudaError_t cudaPointerGetAttributes(struct cudaPointerAttributes *attributes,
                                                const void *ptr);
DOUBLE_API cudaError_t cudaMemcpy(void *dst, const void *src, size_t count,
                                  enum cudaMemcpyKind kind);
DOUBLE_API cudaError_t cudaMemcpyAsync(void *dst, const void *src, size_t count,
                                       enum cudaMemcpyKind kind, cudaStream_t stream);
DOUBLE_API cudaError_t cudaMemcpy2DAsync(void *dst, size_t dpitch, const void *src, size_t spitch,
                                         size_t width, size_t height, enum cudaMemcpyKind kind,
                                         cudaStream_t stream);
DOUBLE_API cudaError_t cudaMemsetAsync(void *devPtr, int value, size_t count, cudaStream_t stream);

DOUBLE_API cudaError_t cudaStreamCreateWithFlags(cudaStream_t *pStream, unsigned int flags);
DOUBLE_API cudaError_t cudaStreamDestroy(cudaStream_t stream);
DOUBLE_API cudaError_t cudaStreamSynchronize(cudaStream_t stream);
DOUBLE_API cudaError_t cudaStreamQuery(cudaStream_t stream);
DOUBLE_API cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event,
                                           unsigned int flags);
DOUBLE_API cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned int flags);
DOUBLE_API cudaError_t cudaEventDestroy(cudaEvent_t event);
DOUBLE_API cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
DOUBLE_API cudaError_t cudaEventSynchronize(cudaEvent_t event);
DOUBLE_API cudaError_t cudaEventQuery(cudaEvent_t event);
DOUBLE_API cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t start, cudaEvent_t end);

DOUBLE_API cudaError_t cudaStreamBeginCapture(cudaStream_t stream, enum cudaStreamCaptureMode mode);
DOUBLE_API cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *pGraph);
DOUBLE_API cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t *pGraphExec,
                                                     cudaGraph_t graph, unsigned long long flags);
DOUBLE_API cudaError_t cudaGraphLaunch(cudaGraphExec_t graphExec, cudaStream_t stream);
DOUBLE_API cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graphExec);
DOUBLE_API cudaError_t cudaGraphDestroy(cudaGraph_t graph);

#endif
