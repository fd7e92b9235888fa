/*
 * The part of the CUDA runtime's interface that the fake implements, declared here so that the fake
 * builds without CUDA. The bindings' fit check compares these declarations with the code that was
 * generated from the real header.
 */
#ifndef ATTNPOOL_FAKE_CUDA_RUNTIME_API_H
#define ATTNPOOL_FAKE_CUDA_RUNTIME_API_H

#include <stddef.h>

#define FAKE_API __attribute__((visibility("default")))

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

FAKE_API const char *cudaGetErrorName(cudaError_t error);
FAKE_API const char *cudaGetErrorString(cudaError_t error);
FAKE_API cudaError_t cudaGetLastError(void);
FAKE_API cudaError_t cudaPeekAtLastError(void);

FAKE_API cudaError_t cudaRuntimeGetVersion(int *runtimeVersion);
FAKE_API cudaError_t cudaDriverGetVersion(int *driverVersion);
FAKE_API cudaError_t cudaGetDeviceCount(int *count);
FAKE_API cudaError_t cudaGetDevice(int *device);
FAKE_API cudaError_t cudaSetDevice(int device);
FAKE_API cudaError_t cudaDeviceSynchronize(void);
FAKE_API cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *prop, int device);
FAKE_API cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attr, int device);
FAKE_API cudaError_t cudaDeviceGetPCIBusId(char *pciBusId, int len, int device);

FAKE_API cudaError_t cudaMalloc(void **devPtr, size_t size);
FAKE_API cudaError_t cudaFree(void *devPtr);
FAKE_API cudaError_t cudaHostAlloc(void **pHost, size_t size, unsigned int flags);
FAKE_API cudaError_t cudaFreeHost(void *ptr);
FAKE_API cudaError_t cudaMemGetInfo(size_t *free, size_t *total);
FAKE_API cudaError_t cudaPointerGetAttributes(struct cudaPointerAttributes *attributes,
                                                const void *ptr);
FAKE_API cudaError_t cudaMemcpy(void *dst, const void *src, size_t count,
                                  enum cudaMemcpyKind kind);
FAKE_API cudaError_t cudaMemcpyAsync(void *dst, const void *src, size_t count,
                                       enum cudaMemcpyKind kind, cudaStream_t stream);
FAKE_API cudaError_t cudaMemcpy2DAsync(void *dst, size_t dpitch, const void *src, size_t spitch,
                                         size_t width, size_t height, enum cudaMemcpyKind kind,
                                         cudaStream_t stream);
FAKE_API cudaError_t cudaMemsetAsync(void *devPtr, int value, size_t count, cudaStream_t stream);

FAKE_API cudaError_t cudaStreamCreateWithFlags(cudaStream_t *pStream, unsigned int flags);
FAKE_API cudaError_t cudaStreamDestroy(cudaStream_t stream);
FAKE_API cudaError_t cudaStreamSynchronize(cudaStream_t stream);
FAKE_API cudaError_t cudaStreamQuery(cudaStream_t stream);
FAKE_API cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event,
                                           unsigned int flags);
FAKE_API cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned int flags);
FAKE_API cudaError_t cudaEventDestroy(cudaEvent_t event);
FAKE_API cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
FAKE_API cudaError_t cudaEventSynchronize(cudaEvent_t event);
FAKE_API cudaError_t cudaEventQuery(cudaEvent_t event);
FAKE_API cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t start, cudaEvent_t end);

FAKE_API cudaError_t cudaStreamBeginCapture(cudaStream_t stream, enum cudaStreamCaptureMode mode);
FAKE_API cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *pGraph);
FAKE_API cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t *pGraphExec,
                                                     cudaGraph_t graph, unsigned long long flags);
FAKE_API cudaError_t cudaGraphLaunch(cudaGraphExec_t graphExec, cudaStream_t stream);
FAKE_API cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graphExec);
FAKE_API cudaError_t cudaGraphDestroy(cudaGraph_t graph);

#endif
