#include "batch.h"

#include "rounding.h"

#include <math.h>

void make_batch(struct batch *batch) {
  batch->rows = 0;
  for (int64_t b = 0; b < batch->sequences; b++) {
    batch->rows += batch->lengths[b];
  }
  batch->stride = batch->width + batch->gap;
  batch->values_stride = batch->rows + batch->gap;
  const int64_t elements = elements_of(batch->rows, batch->width, batch->stride);
  const int64_t values = elements_of(batch->heads, batch->rows, batch->values_stride);
  batch->x = on_device(batch->placement, elements, (size_t)bytes_of_type(batch->type));
  batch->values = on_device(batch->placement, values, sizeof *batch->values);
  for (int64_t i = 0; i < elements; i++) {
    const bool inside = i % batch->stride < batch->width;
    set_element(batch->type, batch->x, i, inside ? uniform(-2.0f, 2.0f) : NAN);
  }
  for (int64_t i = 0; i < values; i++) {
    const bool inside = i % batch->values_stride < batch->rows;
    const float value = uniform(0.0f, 50.0f) < 1.0f ? -INFINITY : uniform(-6.0f, 6.0f);
    batch->values[i] = inside ? value : NAN;
  }
  batch->tiles = cut_tiles(batch->lengths, batch->sequences);
}

float *value_at(const struct batch *batch, int64_t head, int64_t row) {
  return batch->values + head * batch->values_stride + row;
}

double element_at_row(const struct batch *batch, int64_t row, int64_t column) {
  return get_element(batch->type, batch->x, row * batch->stride + column);
}

int32_t pool_tiles(const struct batch *batch, int64_t first, int64_t count, int64_t head,
                   int64_t heads, int32_t flags, float *max_sum, float *context) {
  const int64_t from = batch->tiles.rows[first], to = batch->tiles.rows[first + count];
  const char *x = (const char *)batch->x + from * batch->stride * bytes_of_type(batch->type);
  return attnpool_cuda_pool(x, batch->type, to - from, batch->width, batch->stride,
                            value_at(batch, head, from), batch->values_stride, heads, flags,
                            batch->tiles.rows + first, count, max_sum, context, NULL);
}

struct states room_for_states(const struct batch *batch) {
  const int64_t states = batch->tiles.count * batch->heads;
  const struct states room = {floats_on_device(batch->placement, 2 * states, 7.0f),
                              floats_on_device(batch->placement, batch->width * states, 7.0f)};
  return room;
}

struct states pool_batch(const struct batch *batch, int32_t flags) {
  const struct states states = room_for_states(batch);
  RUN(pool_tiles(batch, 0, batch->tiles.count, 0, batch->heads, flags, states.max_sum,
                 states.context));
  return states;
}
