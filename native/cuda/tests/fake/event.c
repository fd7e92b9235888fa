/* Events. */
#define _GNU_SOURCE
#include "call.h"
#include "notes.h"
#include "stream.h"

#include <stdlib.h>
#include <time.h>

/* The argument of recording an event, and of waiting for one. */
struct marker {
  struct CUevent_st *event;
  struct CUstream_st *stream;
  int64_t after;
};

static void keep_time(void *argument) {
  const struct marker *marker = argument;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  marker->event->seconds = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void wait_for_other(void *argument) {
  const struct marker *marker = argument;
  fake_advance(marker->stream, marker->after);
}

static bool is_event(cudaEvent_t event) {
  if (event == NULL || !event->alive) {
    fake_misuse("not an event, or destroyed before");
    return false;
  }
  return true;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned int flags) {
  int32_t status = fake_enter("cudaEventCreateWithFlags");
  if (status == 0) {
    struct CUevent_st *e = calloc(1, sizeof *e);
    e->alive = true;
    e->flags = flags;
    fake_live[EVENTS]++;
    *event = e;
  }
  return fake_leave_runtime(status);
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  int32_t status = fake_enter("cudaEventDestroy");
  if (status == 0 && !is_event(event)) {
    status = cudaErrorInvalidResourceHandle;
  }
  if (status == 0) {
    event->alive = false;
    fake_live[EVENTS]--;
  }
  return fake_leave_runtime(status);
}

static int32_t record(cudaEvent_t event, cudaStream_t stream) {
  if (!is_event(event) || fake_check_stream(stream) != cudaSuccess) {
    return cudaErrorInvalidResourceHandle;
  }
  struct CUstream_st *s = fake_stream(stream);
  event->stream = s;
  event->graph = s->graph;
  if (s->graph != NULL) {
    event->after = s->graph->count;
    return cudaSuccess;
  }
  const struct marker marker = {event, s, 0};
  event->after = s->issued + 1;
  return fake_enqueue("cudaEventRecord", keep_time, &marker, sizeof marker, stream);
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  int32_t status = fake_enter("cudaEventRecord");
  return fake_leave_runtime(status != 0 ? status : record(event, stream));
}

/* A capture keeps the order of the calls, so only which streams have joined matters. */
static int32_t wait_in_capture(struct CUstream_st *s, const struct CUevent_st *event) {
  if (event->graph == NULL || event->graph->origin == NULL ||
      (s->graph != NULL && s->graph != event->graph)) {
    return cudaErrorStreamCaptureUnsupported;
  }
  if (s->graph == NULL) {
    s->graph = event->graph;
    s->last_captured = ++s->graph->count; /* must be joined even if nothing follows */
    s->joined = 0;
  }
  if (s == event->graph->origin) {
    event->stream->joined = event->after;
  }
  return cudaSuccess;
}

static int32_t wait_for_event(cudaStream_t stream, cudaEvent_t event) {
  if (!is_event(event) || fake_check_stream(stream) != cudaSuccess) {
    return cudaErrorInvalidResourceHandle;
  }
  struct CUstream_st *s = fake_stream(stream);
  if (event->stream == NULL) {
    return cudaSuccess; /* never recorded */
  }
  if (s->graph != NULL || event->graph != NULL) {
    return wait_in_capture(s, event);
  }
  const struct marker marker = {event, event->stream, event->after};
  return fake_enqueue("cudaStreamWaitEvent", wait_for_other, &marker, sizeof marker, stream);
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned int flags) {
  int32_t status = fake_enter("cudaStreamWaitEvent");
  (void)flags;
  return fake_leave_runtime(status != 0 ? status : wait_for_event(stream, event));
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  int32_t status = fake_enter("cudaEventSynchronize");
  if (status == 0) {
    if (!is_event(event)) {
      status = cudaErrorInvalidResourceHandle;
    } else if (event->graph != NULL) {
      status = cudaErrorStreamCaptureUnsupported;
    } else if (event->stream != NULL) {
      status = fake_advance(event->stream, event->after);
    }
  }
  return fake_leave_runtime(status);
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
  int32_t status = fake_enter("cudaEventQuery");
  if (status == 0) {
    if (!is_event(event)) {
      status = cudaErrorInvalidResourceHandle;
    } else if (event->stream != NULL && event->stream->done < event->after) {
      status = fake_advance(event->stream, event->stream->done + 1);
      status = status != 0 ? status : (int32_t)cudaErrorNotReady;
    }
  }
  return fake_leave_runtime(status);
}

static int32_t elapsed(float *ms, cudaEvent_t start, cudaEvent_t end) {
  if (!is_event(start) || !is_event(end) || start->stream == NULL || end->stream == NULL ||
      ((start->flags | end->flags) & cudaEventDisableTiming) != 0) {
    return cudaErrorInvalidResourceHandle;
  }
  if (start->stream->done < start->after || end->stream->done < end->after) {
    return cudaErrorNotReady;
  }
  *ms = (float)(1e3 * (end->seconds - start->seconds));
  return cudaSuccess;
}

cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t start, cudaEvent_t end) {
  int32_t status = fake_enter("cudaEventElapsedTime");
  return fake_leave_runtime(status != 0 ? status : elapsed(ms, start, end));
}
