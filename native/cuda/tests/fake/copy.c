/* Copies and fills. */
#include "call.h"
#include "context.h"
#include "graph.h"
#include "memory.h"
#include "notes.h"
#include "stream.h"

#include <stdlib.h>
#include <string.h>

/* Rows of bytes. If they are read from pageable memory, the call copies them after this struct. */
struct copy {
  char *dst;
  const char *src; /* NULL: the bytes that follow */
  size_t dst_pitch;
  size_t src_pitch;
  size_t width;
  size_t height;
};

static void do_copy(void *argument) {
  const struct copy *c = argument;
  const char *src = c->src == NULL ? (const char *)(c + 1) : c->src;
  for (size_t i = 0; i < c->height; i++) {
    memcpy(c->dst + i * c->dst_pitch, src + i * c->src_pitch, c->width);
  }
}

static int64_t extent(size_t pitch, const struct copy *c) {
  return c->height == 0 || c->width == 0 ? 0 : (int64_t)((c->height - 1) * pitch + c->width);
}

/*
 * Checks one side of a copy: device memory, or host memory, of which only pinned memory is known.
 */
static bool check_side(const char *function, const char *side, const void *at, int64_t bytes,
                       bool device) {
  if (device) {
    return fake_is_device(function, at, bytes, fake_current_device());
  }
  const struct allocation *a = fake_find(at);
  if (bytes == 0 || a == NULL) {
    return true;
  }
  if (a->kind == DEVICE_MEMORY || bytes > a->base + a->bytes - (const char *)at) {
    fake_misuse("%s: the %s is device memory, or beyond pinned memory", function, side);
    return false;
  }
  return true;
}

static int32_t check_copy(const char *function, const struct copy *c, enum cudaMemcpyKind kind) {
  if (kind != cudaMemcpyHostToDevice && kind != cudaMemcpyDeviceToHost &&
      kind != cudaMemcpyDeviceToDevice) {
    return cudaErrorInvalidMemcpyDirection;
  }
  if (c->dst_pitch < c->width || c->src_pitch < c->width) {
    return cudaErrorInvalidValue;
  }
  bool good = check_side(function, "destination", c->dst, extent(c->dst_pitch, c),
                         kind != cudaMemcpyDeviceToHost) &&
              check_side(function, "source", c->src, extent(c->src_pitch, c),
                         kind != cudaMemcpyHostToDevice);
  return good ? cudaSuccess : cudaErrorInvalidValue;
}

/* Puts the copy on the stream together with the bytes it copies. */
static int32_t take_over(const char *function, const struct copy *c, cudaStream_t stream) {
  struct copy *taken = malloc(sizeof *taken + c->width * c->height);
  *taken = *c;
  taken->src = NULL;
  taken->src_pitch = c->width;
  for (size_t i = 0; i < c->height; i++) {
    memcpy((char *)(taken + 1) + i * c->width, c->src + i * c->src_pitch, c->width);
  }
  int32_t status =
      fake_enqueue(function, do_copy, taken, sizeof *taken + c->width * c->height, stream);
  free(taken);
  return status;
}

static int32_t copy(const char *function, const struct copy *c, enum cudaMemcpyKind kind,
                    cudaStream_t stream) {
  int32_t status = check_copy(function, c, kind);
  if (status == 0) {
    status = fake_check_stream(stream);
  }
  if (status != 0 || extent(1, c) == 0) {
    return status;
  }
  const void *host = kind == cudaMemcpyHostToDevice ? (const void *)c->src : c->dst;
  const bool pageable = kind != cudaMemcpyDeviceToDevice && fake_find(host) == NULL;
  if (!pageable) {
    return fake_enqueue(function, do_copy, c, sizeof *c, stream);
  }
  if (fake_is_capturing(stream)) {
    return cudaErrorStreamCaptureUnsupported;
  }
  /* Pageable memory, as in CUDA: what is read is copied at once, what is written is waited for. */
  if (kind == cudaMemcpyHostToDevice) {
    return take_over(function, c, stream);
  }
  status = fake_enqueue(function, do_copy, c, sizeof *c, stream);
  return status != 0 ? status : fake_drain(stream);
}

cudaError_t cudaMemcpyAsync(void *dst, const void *src, size_t count, enum cudaMemcpyKind kind,
                            cudaStream_t stream) {
  int32_t status = fake_enter("cudaMemcpyAsync");
  const struct copy c = {dst, src, count, count, count, 1};
  return fake_leave_runtime(status != 0 ? status : copy("cudaMemcpyAsync", &c, kind, stream));
}

cudaError_t cudaMemcpy2DAsync(void *dst, size_t dpitch, const void *src, size_t spitch,
                              size_t width, size_t height, enum cudaMemcpyKind kind,
                              cudaStream_t stream) {
  int32_t status = fake_enter("cudaMemcpy2DAsync");
  const struct copy c = {dst, src, dpitch, spitch, width, height};
  return fake_leave_runtime(status != 0 ? status : copy("cudaMemcpy2DAsync", &c, kind, stream));
}

/* Runs on the default stream, which waits for blocking streams only. */
cudaError_t cudaMemcpy(void *dst, const void *src, size_t count, enum cudaMemcpyKind kind) {
  int32_t status = fake_enter("cudaMemcpy");
  const struct copy c = {dst, src, count, count, count, 1};
  if (status == 0 && fake_forbids_waiting()) {
    status = cudaErrorStreamCaptureUnsupported;
  }
  if (status == 0) {
    fake_drain_blocking(fake_current_device());
    status = copy("cudaMemcpy", &c, kind, NULL);
  }
  if (status == 0) {
    status = fake_drain(NULL);
  }
  return fake_leave_runtime(status);
}

struct fill {
  void *at;
  int value;
  size_t bytes;
};

static void do_fill(void *argument) {
  const struct fill *fill = argument;
  memset(fill->at, fill->value, fill->bytes);
}

cudaError_t cudaMemsetAsync(void *devPtr, int value, size_t count, cudaStream_t stream) {
  int32_t status = fake_enter("cudaMemsetAsync");
  if (status == 0 && !fake_is_device("cudaMemsetAsync", devPtr, (int64_t)count,
                                       fake_current_device())) {
    status = cudaErrorInvalidValue;
  }
  if (status == 0) {
    const struct fill fill = {devPtr, value, count};
    status = fake_enqueue("cudaMemsetAsync", do_fill, &fill, sizeof fill, stream);
  }
  return fake_leave_runtime(status);
}
