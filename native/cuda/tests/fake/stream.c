/* Streams, whose operations are done when somebody waits for them. */
#include "stream.h"

#include "call.h"
#include "context.h"
#include "failures.h"
#include "memory.h"
#include "notes.h"
#include "settings.h"

#include <stdlib.h>

static struct CUstream_st *streams;
static struct CUstream_st default_streams[MAX_DEVICES];
static int32_t failure; /* of an operation; from then on every wait fails */

void fake_forget_failure(void) { failure = 0; }

struct CUstream_st *fake_all_streams(void) { return streams; }

struct CUstream_st *fake_stream(cudaStream_t stream) {
  const int device = fake_current_device();
  if (stream == NULL) {
    struct CUstream_st *s = &default_streams[device];
    if (!s->alive) {
      s->alive = true;
      s->device = device;
      s->next = streams;
      streams = s;
    }
    return s;
  }
  for (struct CUstream_st *s = streams; s != NULL; s = s->next) {
    if (s == stream && s->alive) {
      return s;
    }
  }
  fake_misuse("not a stream, or destroyed before");
  return NULL;
}

int32_t fake_check_stream(cudaStream_t stream) {
  const struct CUstream_st *s = fake_stream(stream);
  if (s != NULL && s->device != fake_current_device()) {
    fake_misuse("a stream of device %d while device %d is current", s->device,
                  fake_current_device());
    s = NULL;
  }
  return s == NULL ? cudaErrorInvalidResourceHandle : cudaSuccess;
}

/* Removes the operation before running it, because it may advance other streams. */
static void do_first(struct CUstream_st *stream) {
  struct operation *operation = stream->operations.first;
  stream->operations.first = operation->next;
  if (failure == 0) {
    failure = fake_turn("execution");
  }
  if (failure == 0) {
    operation->run(operation->argument);
    fake_check_surroundings(operation->name);
  }
  stream->done++;
  free(operation);
}

int32_t fake_advance(struct CUstream_st *stream, int64_t done) {
  while (stream->done < done && stream->operations.first != NULL) {
    do_first(stream);
  }
  return failure;
}

int32_t fake_enqueue(const char *name, fake_operation *run, const void *argument,
                       size_t bytes, cudaStream_t stream) {
  if (fake_check_stream(stream) != cudaSuccess) {
    return cudaErrorInvalidResourceHandle;
  }
  struct CUstream_st *s = fake_stream(stream);
  if (s->graph != NULL) {
    fake_append(&s->graph->operations, name, run, argument, bytes);
    s->last_captured = ++s->graph->count;
    return cudaSuccess;
  }
  fake_append(&s->operations, name, run, argument, bytes);
  s->issued++;
  return fake_settings.eager != 0 ? fake_advance(s, s->issued) : failure;
}

bool fake_is_capturing(cudaStream_t stream) {
  const struct CUstream_st *s = fake_stream(stream);
  return s != NULL && s->graph != NULL;
}

int32_t fake_drain(cudaStream_t stream) {
  struct CUstream_st *s = fake_stream(stream);
  return s == NULL ? (int32_t)cudaErrorInvalidResourceHandle : fake_advance(s, s->issued);
}

int32_t fake_drain_device(int device) {
  for (struct CUstream_st *s = streams; s != NULL; s = s->next) {
    if (s->device == device) {
      fake_advance(s, s->issued);
    }
  }
  return failure;
}

void fake_drain_blocking(int device) {
  for (struct CUstream_st *s = streams; s != NULL; s = s->next) {
    if (s->device == device && (s->flags & cudaStreamNonBlocking) == 0) {
      fake_advance(s, s->issued);
    }
  }
}

int64_t fake_pending(void) {
  int64_t sum = 0;
  for (const struct CUstream_st *s = streams; s != NULL; s = s->next) {
    sum += s->issued - s->done;
  }
  return sum;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *pStream, unsigned int flags) {
  int32_t status = fake_enter("cudaStreamCreateWithFlags");
  if (status == 0) {
    struct CUstream_st *s = calloc(1, sizeof *s);
    s->alive = true;
    s->device = fake_current_device();
    s->flags = flags;
    s->next = streams;
    streams = s;
    fake_live[STREAMS]++;
    *pStream = s;
  }
  return fake_leave_runtime(status);
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  int32_t status = fake_enter("cudaStreamDestroy");
  if (status == 0) {
    struct CUstream_st *s = stream == NULL ? NULL : fake_stream(stream);
    if (s == NULL) {
      status = cudaErrorInvalidResourceHandle;
    } else {
      fake_advance(s, s->issued);
      s->alive = false;
      fake_live[STREAMS]--;
    }
  }
  return fake_leave_runtime(status);
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  int32_t status = fake_enter("cudaStreamSynchronize");
  if (status == 0) {
    status = fake_is_capturing(stream) ? (int32_t)cudaErrorStreamCaptureUnsupported
                                         : fake_drain(stream);
  }
  return fake_leave_runtime(status);
}

/* A query does one operation, so that a polling loop ends. */
cudaError_t cudaStreamQuery(cudaStream_t stream) {
  int32_t status = fake_enter("cudaStreamQuery");
  if (status == 0) {
    struct CUstream_st *s = fake_stream(stream);
    if (s == NULL) {
      status = cudaErrorInvalidResourceHandle;
    } else if (s->done < s->issued) {
      status = fake_advance(s, s->done + 1);
      status = status != 0 ? status : (int32_t)cudaErrorNotReady;
    } else {
      status = failure;
    }
  }
  return fake_leave_runtime(status);
}
