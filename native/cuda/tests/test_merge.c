/* Compares merged states and their contexts with float64, with guard pages around all buffers. */
#include "partials.h"

#include <math.h>
#include <stdio.h>

#define UNIT_F64 0x1p-53

static double most; /* error, as a fraction of the tolerance */

static void check(const struct partials *p, const char *what, int64_t state, double value,
                  double exact, double tolerance) {
  const double error = fabs(value - exact);
  most = error > most * tolerance && tolerance > 0 ? error / tolerance : most;
  CHECK(error <= tolerance, "%s of state %lld, %lld wide: %.17g, exactly %.17g", what,
        (long long)state, (long long)p->width, value, exact);
}

/* A sequence's tiles and their factors exp(m - M). */
struct factors {
  int64_t from, to;
  double most;
};

static struct factors factors_of(const struct partials *p, int64_t state) {
  const int64_t b = state / p->heads, head = state % p->heads;
  struct factors f = {p->of[b], p->of[b + 1], -INFINITY};
  for (int64_t i = f.from; i < f.to; i++) {
    f.most = fmax(f.most, p->max_sum[(i * p->heads + head) * 2]);
  }
  return f;
}

/*
 * Sums values[i * step] over the tiles. An exp has an error of 1 ulp and an argument up to 80, and
 * there is one more exp whenever the largest score grows. Each tile adds a product and a sum.
 */
static double sum_over_tiles(const struct partials *p, const struct factors *f, int64_t head,
                             const float *values, int64_t step, bool scaled, double *tolerance) {
  double sum = 0.0, magnitude = 0.0;
  for (int64_t i = f->from; i < f->to; i++) {
    const double m = p->max_sum[(i * p->heads + head) * 2];
    const double s = p->max_sum[(i * p->heads + head) * 2 + 1];
    const double value = values[i * step] / (scaled ? partial_scale_of(s) : 1.0);
    const double term = f->most == -INFINITY ? 0.0 : exp(m - f->most) * value;
    sum += term;
    magnitude += fabs(term);
  }
  *tolerance = UNIT_F64 * (80.0 + 6.0 * (double)(f->to - f->from)) * magnitude;
  return sum;
}

static void check_merged(const struct partials *p, const struct merged *merged, float epsilon,
                         bool weights) {
  for (int64_t state = 0; state < p->sequences * p->heads; state++) {
    const int64_t head = state % p->heads;
    const struct factors f = factors_of(p, state);
    double tolerance;
    const double s = sum_over_tiles(p, &f, head, p->max_sum + head * 2 + 1, p->heads * 2,
                                    false, &tolerance);
    CHECK(merged->max_sum[2 * state] == f.most, "m %.9g, exactly %.9g", merged->max_sum[2 * state],
          f.most);
    check(p, "s", state, merged->max_sum[2 * state + 1], s, tolerance);
    for (int64_t d = 0; d < p->width; d++) {
      const double sum = sum_over_tiles(p, &f, head, p->context + head * p->width + d,
                                        p->heads * p->width, true, &tolerance);
      const double divisor = weights || s == 0.0 ? 1.0 : s + epsilon * exp(-f.most);
      const int64_t at = state * p->width + d;
      check(p, "state_context", state, merged->state_context[at], sum, tolerance);
      check(p, "context", state, merged->context[at], sum / divisor,
            1.001 * UNIT * fabs(sum / divisor) + tolerance);
    }
  }
}

static void test_partials(struct partials *p, float epsilon) {
  make_partials(p);
  const struct merged merged = room_for_merged(p);
  RUN(merge_tiles(p, 0, p->tiles, 0, epsilon, &merged));
  check_merged(p, &merged, epsilon, false);
  /* Outputs that are not requested may be missing. */
  const struct merged other = room_for_merged(p);
  const struct merged parts[] = {{other.max_sum, NULL, other.context},
                                 {other.max_sum, other.state_context, NULL}};
  RUN(merge_tiles(p, 0, p->tiles, 0, epsilon, &parts[0]));
  RUN(merge_tiles(p, 0, p->tiles, 0, epsilon, &parts[1]));
  CHECK(same_merged(p, &merged, &other), "%lld wide: others alone", (long long)p->width);
  /* States of weights: m = 0, s = 1. */
  for (int64_t i = 0; i < p->tiles * p->heads; i++) {
    p->max_sum[2 * i] = 0.0f;
    p->max_sum[2 * i + 1] = 1.0f;
  }
  RUN(merge_tiles(p, 0, p->tiles, ATTNPOOL_CUDA_WEIGHTS, 0.0f, &merged));
  check_merged(p, &merged, 0.0f, true);
  release_device();
}

/* Without columns, contexts may be NULL, even to resume. Without states nothing is done. */
static void test_nothing(void) {
  static const int64_t tiles[] = {2, 0, 3};
  struct partials p = {.lengths = tiles, .sequences = 3, .heads = 2, .width = 0};
  make_partials(&p);
  const struct merged room = room_for_merged(&p), merged = {room.max_sum, NULL, NULL};
  const float *max_sum = p.max_sum;
  RUN(attnpool_cuda_merge(max_sum, NULL, 0, 3, 0, 2, 0, p.of, 3, 0.0f, merged.max_sum, NULL, NULL,
                          NULL));
  RUN(attnpool_cuda_merge(max_sum + 12, NULL, 3, 2, 0, 2, ATTNPOOL_CUDA_RESUME, p.of, 3, 0.0f,
                          merged.max_sum, NULL, NULL, NULL));
  check_merged(&p, &merged, 0.0f, false);
  const int64_t kernels = kernels_started();
  RUN(attnpool_cuda_merge(max_sum, NULL, 0, 5, 0, 0, 0, p.of, 3, 0.0f, merged.max_sum, NULL, NULL,
                          NULL));
  RUN(attnpool_cuda_merge(max_sum, NULL, 0, 0, 0, 2, 0, p.of, 0, 0.0f, merged.max_sum, NULL, NULL,
                          NULL));
  CHECK(kernels_started() == kernels, "kernels without states");
  release_device();
}

int main(void) {
  begin("cuda.merge");
  static const int64_t few[] = {0, 1, 2, 0, 5, 17, 300, 1, 0}, many[] = {17, 0, 257, 600, 40};
  static const int64_t widths[] = {0, 1, 31, 32, 33, 70, 255, 257};
  for (size_t i = 0; i < COUNT(widths); i++) {
    struct partials p = {few, COUNT(few), 1 + (int64_t)i % 3, widths[i], 0, NULL, NULL, NULL};
    test_partials(&p, 0.0f);
    p.lengths = many;
    p.sequences = COUNT(many);
    test_partials(&p, i % 2 == 0 ? 1e-3f : 100.0f);
  }
  test_nothing();
  printf("merged states: at most %.3f of the tolerated error\n", most);
  return end();
}
