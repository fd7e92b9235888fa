/*
 * Streams, events and graphs from inside. Destroyed ones are kept, because operations that are not
 * yet done may refer to them; they are small.
 */
#ifndef ATTNPOOL_FAKE_STREAM_H
#define ATTNPOOL_FAKE_STREAM_H

#include "cuda_runtime_api.h"
#include "queue.h"

#include <stdbool.h>
#include <stdint.h>

struct CUgraph_st {
  bool alive;
  struct queue operations;
  int64_t count;
  struct CUstream_st *origin; /* during the capture: the stream that began it */
};

struct CUgraphExec_st {
  bool alive;
  struct queue operations;
};

struct CUstream_st {
  bool alive;
  int device;
  unsigned flags;
  struct queue operations;
  int64_t issued;
  int64_t done;
  struct CUgraph_st *graph; /* that it is captured into, or NULL */
  int64_t last_captured;    /* operation of that graph */
  int64_t joined;           /* operation of that graph that the origin waits for */
  struct CUstream_st *next;
};

struct CUevent_st {
  bool alive;
  unsigned flags;
  struct CUstream_st *stream; /* that it was last recorded on, or NULL */
  int64_t after;              /* how many operations of the stream come before it */
  double seconds;
  struct CUgraph_st *graph; /* that it was captured into, or NULL */
};

/* The stream, or the current device's default stream for NULL. Notes a misuse and returns NULL if
 * it is not alive. */
struct CUstream_st *fake_stream(cudaStream_t stream);

/* The first of all streams, destroyed ones included. */
struct CUstream_st *fake_all_streams(void);

/* cudaErrorInvalidResourceHandle, noted as a misuse, unless the stream is one of this device. */
int32_t fake_check_stream(cudaStream_t stream);

/* Whether operations are recorded instead of done. */
bool fake_is_capturing(cudaStream_t stream);

/*
 * Puts an operation with a copy of its argument on a stream of the current device. The caller has
 * checked the arguments. The result is a cudaError_t.
 */
int32_t fake_enqueue(const char *name, fake_operation *run, const void *argument, size_t bytes,
                     cudaStream_t stream);

/* Does a stream's operations until that many are done. The result is the status of the first
 * operation that failed; once one has, no more run. */
int32_t fake_advance(struct CUstream_st *stream, int64_t done);

/* Do everything that is left: on a stream, on a device, or on those of a device's streams that its
 * default stream waits for. */
int32_t fake_drain(cudaStream_t stream);
int32_t fake_drain_device(int device);
void fake_drain_blocking(int device);

int64_t fake_pending(void); /* operations not yet done, on all streams */
void fake_forget_failure(void);

#endif
