/*
 * Compares rows spread over a padded grid with a plain loop, with guard pages around all buffers.
 */
#include "grid.h"

#include <math.h>
#include <string.h>

#define UNTOUCHED 7.0f

/* Offsets of a ragged batch that starts at row 5 of a larger one. */
static const int64_t offsets[] = {5, 5, 8, 9, 9, 2009, 2050, 2050};
#define SEQUENCES ((int64_t)COUNT(offsets) - 1)

static int64_t rows_of(int64_t b) { return offsets[b + 1] - offsets[b]; }

static void check_grid(const float *values, int64_t stride, int64_t heads, int64_t steps,
                       const int64_t *positions, float fill, const float *padded) {
  for (int64_t i = 0; i < SEQUENCES * heads; i++) {
    const int64_t b = i / heads, first = offsets[b] - offsets[0];
    int64_t t = 0; /* the next row of the sequence */
    for (int64_t p = 0; p < steps; p++) {
      const bool is_row =
          t < rows_of(b) && p == (positions == NULL ? t : positions[first + t] - b * steps);
      const float want = is_row ? values[i % heads * stride + first + t] : fill;
      t += is_row;
      CHECK(same_bits(&padded[i * steps + p], &want, 1),
            "%lld steps, state %lld, step %lld: %g, not %g", (long long)steps, (long long)i,
            (long long)p, padded[i * steps + p], want);
    }
  }
}

static void test_grid(int64_t heads, int64_t steps, int64_t gap, bool has_positions, float fill) {
  const int64_t rows = offsets[SEQUENCES] - offsets[0], stride = rows + gap;
  const float *values = uniform_on_device(AT_END, elements_of(heads, rows, stride), -3.0f, 3.0f);
  float *padded = floats_on_device(AT_END, SEQUENCES * heads * steps, UNTOUCHED);
  int64_t *positions = NULL;
  if (has_positions) { /* ascending, with gaps where there is room */
    positions = on_device(AT_END, rows, sizeof *positions);
    for (int64_t b = 0, t = 0; b < SEQUENCES; b++) {
      int64_t p = b * steps, spare = steps - rows_of(b);
      for (int64_t i = 0; i < rows_of(b); i++) {
        const int64_t left_out = spare > 0 ? (int64_t)uniform(0.0f, 2.99f) : 0;
        p += left_out < spare ? left_out : 0;
        spare -= left_out < spare ? left_out : 0;
        positions[t++] = p++;
      }
    }
  }
  RUN(attnpool_cuda_pad(values, stride, rows, heads, longs_on_device(offsets, SEQUENCES + 1),
                        positions, SEQUENCES, steps, fill, padded, NULL));
  check_grid(values, stride, heads, steps, positions, fill, padded);
  release_device();
}

/* Rows beyond the steps are left out: here the grid ends within the longest sequence. */
static void test_grids(int64_t heads, bool has_positions) {
  static const int64_t steps[] = {1, 3, 41, 255, 1023, 1024, 1025, 1999, 2000, 2049, 4096};
  for (size_t i = 0; i < COUNT(steps); i++) {
    if (!has_positions || steps[i] >= 2000) {
      test_grid(heads, steps[i], (int64_t)i % 3, has_positions, i % 2 == 0 ? -INFINITY : 0.0f);
    }
  }
}

static void test_nothing(void) {
  const int64_t *no_rows = longs_on_device(offsets, 2), kernels = kernels_started();
  const float *values = floats_on_device(AT_END, 2, 1.0f);
  float *padded = floats_on_device(AT_END, 4, UNTOUCHED);
  RUN(attnpool_cuda_pad(values, 0, 0, 2, no_rows, NULL, 1, 0, 0.0f, padded, NULL));
  RUN(attnpool_cuda_pad(values, 0, 0, 0, no_rows, NULL, 1, 2, 0.0f, padded, NULL));
  RUN(attnpool_cuda_pad(values, 0, 0, 2, no_rows, NULL, 0, 2, 0.0f, padded, NULL));
  CHECK(kernels_started() == kernels && padded[0] == UNTOUCHED, "wrote %g", padded[0]);
  RUN(attnpool_cuda_pad(values, 0, 0, 2, no_rows, NULL, 1, 2, 0.5f, padded, NULL));
  for (int i = 0; i < 4; i++) {
    CHECK(padded[i] == 0.5f, "%g", padded[i]);
  }
  release_device();
}

/* Errors that a GPU would not notice. */
static void test_wrong_offsets(void) {
  static const int64_t beyond[] = {3, 5, 8}, back[] = {3, 5, 4};
  const int64_t *const wrong[] = {beyond, back};
  for (size_t i = 0; i < COUNT(wrong); i++) {
    const float *values = floats_on_device(AT_END, 4, 1.0f);
    float *padded = floats_on_device(AT_END, 10, UNTOUCHED);
    const int32_t status = attnpool_cuda_pad(values, 4, 4, 1, longs_on_device(wrong[i], 3), NULL, 2,
                                             5, 0.0f, padded, NULL);
    CHECK(status < 0 && strstr(latest_complaint(), "beyond the rows") != NULL, "status %d, %s",
          status, latest_complaint());
    release_device();
  }
}

int main(void) {
  begin("cuda.pad");
  for (int64_t heads = 1; heads <= 5; heads += 4) {
    test_grids(heads, false);
    test_grids(heads, true);
  }
  test_nothing();
  test_wrong_offsets();
  return end();
}
