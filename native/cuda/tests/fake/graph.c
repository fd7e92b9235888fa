/* Stream capture and graphs. */
#include "graph.h"

#include "call.h"
#include "notes.h"
#include "stream.h"

#include <stdlib.h>

/* This thread's captures that forbid it to wait or to allocate. */
static _Thread_local int strict_captures;

bool fake_forbids_waiting(void) { return strict_captures > 0; }

static int32_t begin(cudaStream_t stream, enum cudaStreamCaptureMode mode) {
  if (stream == NULL) {
    return cudaErrorStreamCaptureUnsupported;
  }
  if (fake_check_stream(stream) != cudaSuccess) {
    return cudaErrorInvalidResourceHandle;
  }
  if (stream->graph != NULL) {
    return cudaErrorInvalidValue;
  }
  struct CUgraph_st *graph = calloc(1, sizeof *graph);
  graph->origin = stream;
  graph->alive = true;
  fake_live[GRAPHS]++;
  stream->graph = graph;
  strict_captures += mode != cudaStreamCaptureModeRelaxed;
  return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, enum cudaStreamCaptureMode mode) {
  int32_t status = fake_enter("cudaStreamBeginCapture");
  return fake_leave_runtime(status != 0 ? status : begin(stream, mode));
}

static void destroy_graph(cudaGraph_t graph) {
  fake_clear(&graph->operations);
  graph->alive = false;
  fake_live[GRAPHS]--;
}

/* Ends the capture for all of its streams; false if one has not joined the first again. */
static bool release_streams(struct CUgraph_st *graph) {
  bool joined = true;
  for (struct CUstream_st *s = fake_all_streams(); s != NULL; s = s->next) {
    if (s->graph == graph) {
      joined = joined && (s == graph->origin || s->joined >= s->last_captured);
      s->graph = NULL;
    }
  }
  return joined;
}

static int32_t end(cudaStream_t stream, cudaGraph_t *result) {
  *result = NULL;
  if (fake_check_stream(stream) != cudaSuccess) {
    return cudaErrorInvalidResourceHandle;
  }
  struct CUgraph_st *graph = fake_stream(stream)->graph;
  if (graph == NULL) {
    return cudaErrorInvalidValue;
  }
  if (graph->origin != stream) {
    return cudaErrorStreamCaptureUnmatched;
  }
  strict_captures -= strict_captures > 0;
  bool joined = release_streams(graph);
  graph->origin = NULL;
  if (!joined) {
    destroy_graph(graph);
    return cudaErrorStreamCaptureUnjoined;
  }
  *result = graph;
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *pGraph) {
  int32_t failure = fake_enter("cudaStreamEndCapture");
  int32_t status = end(stream, pGraph);
  if (failure != 0 && status == cudaSuccess) { /* a capture that failed has ended, too */
    destroy_graph(*pGraph);
    *pGraph = NULL;
  }
  return fake_leave_runtime(failure != 0 ? failure : status);
}

cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t *pGraphExec, cudaGraph_t graph,
                                          unsigned long long flags) {
  int32_t status = fake_enter("cudaGraphInstantiateWithFlags");
  (void)flags;
  if (status == 0 && (graph == NULL || !graph->alive)) {
    fake_misuse("not a graph, or destroyed before");
    status = cudaErrorInvalidValue;
  }
  if (status == 0) {
    struct CUgraphExec_st *exec = calloc(1, sizeof *exec);
    exec->alive = true;
    fake_append_all(&exec->operations, &graph->operations);
    fake_live[GRAPHS]++;
    *pGraphExec = exec;
  }
  return fake_leave_runtime(status);
}

static int32_t launch(cudaGraphExec_t exec, cudaStream_t stream) {
  if (exec == NULL || !exec->alive) {
    fake_misuse("not an executable graph, or destroyed before");
    return cudaErrorInvalidValue;
  }
  int32_t status = cudaSuccess;
  for (const struct operation *o = exec->operations.first; o != NULL && status == 0; o = o->next) {
    status = fake_enqueue(o->name, o->run, o->argument, o->bytes, stream);
  }
  return status;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t graphExec, cudaStream_t stream) {
  int32_t status = fake_enter("cudaGraphLaunch");
  return fake_leave_runtime(status != 0 ? status : launch(graphExec, stream));
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graphExec) {
  int32_t status = fake_enter("cudaGraphExecDestroy");
  if (status == 0 && (graphExec == NULL || !graphExec->alive)) {
    fake_misuse("not an executable graph, or destroyed before");
    status = cudaErrorInvalidValue;
  }
  if (status == 0) {
    fake_clear(&graphExec->operations);
    graphExec->alive = false;
    fake_live[GRAPHS]--;
  }
  return fake_leave_runtime(status);
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  int32_t status = fake_enter("cudaGraphDestroy");
  if (status == 0 && (graph == NULL || !graph->alive)) {
    fake_misuse("not a graph, or destroyed before");
    status = cudaErrorInvalidValue;
  }
  if (status == 0) {
    destroy_graph(graph);
  }
  return fake_leave_runtime(status);
}
