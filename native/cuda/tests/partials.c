#include "partials.h"

#include <math.h>

void make_partials(struct partials *p) {
  p->of = on_device(AT_END, p->sequences + 1, sizeof *p->of);
  for (int64_t b = 0; b < p->sequences; b++) {
    p->of[b + 1] = p->of[b] + p->lengths[b];
  }
  p->tiles = p->of[p->sequences];
  const int64_t states = p->tiles * p->heads;
  p->max_sum = floats_on_device(AT_END, 2 * states, 0.0f);
  p->context = floats_on_device(AT_END, states * p->width, 0.0f);
  for (int64_t i = 0; i < states; i++) {
    const bool empty = uniform(0.0f, 8.0f) < 1.0f;
    const float s = uniform(1.0f, 256.0f);
    p->max_sum[2 * i] = empty ? -INFINITY : uniform(-40.0f, 40.0f);
    p->max_sum[2 * i + 1] = empty ? 0.0f : s;
    for (int64_t d = 0; d < p->width && !empty; d++) {
      p->context[i * p->width + d] = uniform(-2.0f * s, 2.0f * s);
    }
  }
}

struct merged room_for_merged(const struct partials *p) {
  const int64_t states = p->sequences * p->heads, elements = states * p->width;
  const struct merged room = {on_device(AT_END, 2 * states, sizeof *room.max_sum),
                              on_device(AT_END, elements, sizeof *room.state_context),
                              floats_on_device(AT_END, elements, 7.0f)};
  for (int64_t i = 0; i < 2 * states; i++) {
    room.max_sum[i] = 7.0;
  }
  for (int64_t i = 0; i < elements; i++) {
    room.state_context[i] = 7.0;
  }
  return room;
}

int32_t merge_tiles(const struct partials *p, int64_t first, int64_t count, int32_t flags,
                    float epsilon, const struct merged *to) {
  return attnpool_cuda_merge(p->max_sum + first * p->heads * 2,
                             p->context + first * p->heads * p->width, first, count, p->width,
                             p->heads, flags, p->of, p->sequences, epsilon, to->max_sum,
                             to->state_context, to->context, NULL);
}

bool same_merged(const struct partials *p, const struct merged *a, const struct merged *b) {
  const size_t states = (size_t)(p->sequences * p->heads), elements = states * (size_t)p->width;
  return same_doubles(a->max_sum, b->max_sum, 2 * states) &&
         same_doubles(a->state_context, b->state_context, elements) &&
         same_bits(a->context, b->context, elements);
}
