#include "arguments.h"

#define ELEMENTS 64
#define UNTOUCHED 7.0f

int64_t *numbers;
int32_t *sequence_numbers;
float *in, *out;
double *wide_out;

static int64_t kernels;

void make_arguments(void) {
  numbers = on_device(AT_END, ELEMENTS, sizeof *numbers);
  sequence_numbers = on_device(AT_END, ELEMENTS, sizeof *sequence_numbers);
  for (int i = 0; i < ELEMENTS; i++) {
    numbers[i] = i;
    sequence_numbers[i] = i;
  }
  in = floats_on_device(AT_END, ELEMENTS, 0.0f);
  out = floats_on_device(AT_END, ELEMENTS, UNTOUCHED);
  wide_out = on_device(AT_END, ELEMENTS, sizeof *wide_out);
  untouched();
}

bool untouched(void) {
  bool same = kernels == kernels_started();
  kernels = kernels_started();
  for (int i = 0; i < ELEMENTS; i++) {
    same = same && out[i] == UNTOUCHED && wide_out[i] == (double)UNTOUCHED && in[i] == 0.0f;
    out[i] = UNTOUCHED;
    wide_out[i] = (double)UNTOUCHED;
    in[i] = 0.0f;
  }
  return same;
}
