/* Streams, events and graphs from inside. All are kept when they are destroyed, because operations
 * that are still to be done may speak of them; they are small. */
#ifndef ATTNPOOL_FAKE_STREAM_H
#define ATTNPOOL_FAKE_STREAM_H

#include "fake.h"

struct operation {
  struct operation *next;
  const char *name;
  fake_operation *run;
  size_t bytes;
  _Alignas(16) unsigned char argument[];
};

/* Operations in order. */
struct queue {
  struct operation *first;
  struct operation *last;
};

struct CUgraph_st {
  bool alive;
  struct queue operations;
  int64_t count;
  struct CUstream_st *origin; /* while it is being captured */
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
  struct CUstream_st *stream; /* that it was recorded on last, or NULL */
  int64_t after;              /* as many operations */
  double seconds;
  struct CUgraph_st *graph; /* that it was captured into, or NULL */
};

/* The stream, or that of the current device for NULL; NULL, noted as a misuse, for none. */
struct CUstream_st *fake_stream(cudaStream_t stream);

void fake_append(struct queue *queue, const char *name, fake_operation *run,
                   const void *argument, size_t bytes);
void fake_append_all(struct queue *to, const struct queue *from);
void fake_clear(struct queue *queue);

/* Does the stream's operations until as many are done. */
int32_t fake_advance(struct CUstream_st *stream, int64_t done);

/* The first of them, destroyed ones as well. */
struct CUstream_st *fake_all_streams(void);

#endif
