#define _POSIX_C_SOURCE 200112L
#include "gemms.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attnpool.h"
#include "packed_matmul.h"

extern void omp_set_num_threads(int);

enum { MAX_THREADS = 64, ALIGNMENT = 64 };

/* What one thread has for itself. */
typedef struct {
  gemms *all;
  int index, good;
  packed_matmul *projection, *hidden;
  float *projected, *units;
  uint16_t *rounded; /* rows for the second multiplication in bfloat16; only gemms_row writes it */
} part;

struct gemms {
  gemms_sizes sizes;
  const float *p, *w; /* while parts are prepared */
  const void *const *xs;
  int64_t inputs, first, samples, repeat;
  int64_t *nanos;
  pthread_barrier_t together;
  part parts[MAX_THREADS];
};

static void *aligned(int64_t count, size_t element) {
  size_t bytes = ((size_t)count * element + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
  void *memory = aligned_alloc(ALIGNMENT, bytes);
  if (memory != NULL) {
    memset(memory, 0, bytes);
  }
  return memory;
}

/* Runs each part in its own thread, in which OpenMP may be set to one thread for good. */
static int on_threads(gemms *all, void *(*work)(void *)) {
  pthread_t threads[MAX_THREADS];
  int good = 1;
  for (int i = 0; i < all->sizes.threads; i++) {
    if (pthread_create(&threads[i], NULL, work, &all->parts[i]) != 0) {
      abort(); /* the others would wait for it forever */
    }
  }
  for (int i = 0; i < all->sizes.threads; i++) {
    pthread_join(threads[i], NULL);
    good = good && all->parts[i].good;
  }
  return good;
}

static void *prepare(void *argument) {
  part *own = argument;
  const gemms_sizes *s = &own->all->sizes;
  omp_set_num_threads(1);
  own->hidden = packed_matmul_new(own->all->w, s->units, s->width, (int)s->bf16, s->tile);
  own->units = aligned(s->tile * s->units, sizeof(float));
  own->good = own->hidden != NULL && own->units != NULL;
  if (own->good && own->all->p != NULL) {
    own->projection = packed_matmul_new(own->all->p, s->width, s->inputs, (int)s->bf16, s->tile);
    own->projected = aligned(s->tile * s->width, sizeof(float));
    own->rounded = aligned(s->tile * s->width, sizeof(uint16_t));
    own->good = own->projection != NULL && own->projected != NULL && own->rounded != NULL;
  }
  return NULL;
}

gemms *gemms_new(const gemms_sizes *sizes, const float *p, const float *w) {
  if (sizes->threads < 1 || sizes->threads > MAX_THREADS) {
    return NULL;
  }
  gemms *all = calloc(1, sizeof *all);
  if (all == NULL) {
    return NULL;
  }
  all->sizes = *sizes;
  all->p = p;
  all->w = w;
  if (pthread_barrier_init(&all->together, NULL, (unsigned)sizes->threads) != 0) {
    free(all);
    return NULL;
  }
  for (int i = 0; i < sizes->threads; i++) {
    all->parts[i].all = all;
    all->parts[i].index = i;
  }
  if (!on_threads(all, prepare)) {
    gemms_free(all);
    return NULL;
  }
  return all;
}

static int tile(part *own, const void *x, int64_t rows) {
  const void *source = x;
  if (own->projection != NULL) {
    if (!packed_matmul_run(own->projection, x, rows, own->projected)) {
      return 0;
    }
    source = own->all->sizes.bf16 ? (const void *)own->rounded : own->projected;
  }
  return packed_matmul_run(own->hidden, source, rows, own->units);
}

/* Runs this thread's share of the tiles of one x. */
static int share(part *own, const char *x) {
  const gemms_sizes *s = &own->all->sizes;
  size_t row = (size_t)s->inputs * (s->bf16 ? sizeof(uint16_t) : sizeof(float));
  int64_t tiles = (s->rows + s->tile - 1) / s->tile;
  int64_t end = tiles * (own->index + 1) / s->threads * s->tile;
  int good = 1;
  for (int64_t from = tiles * own->index / s->threads * s->tile; from < end; from += s->tile) {
    int64_t left = s->rows - from;
    good = good && tile(own, x + (size_t)from * row, left < s->tile ? left : s->tile);
  }
  return good;
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void *timed(void *argument) {
  part *own = argument;
  gemms *all = own->all;
  int64_t input = all->first;
  omp_set_num_threads(1);
  own->good = 1;
  for (int64_t sample = 0; sample < all->samples; sample++) {
    pthread_barrier_wait(&all->together);
    int64_t start = now();
    for (int64_t call = 0; call < all->repeat; call++) {
      own->good &= share(own, all->xs[input]);
      input = input + 1 == all->inputs ? 0 : input + 1;
      pthread_barrier_wait(&all->together);
    }
    if (own->index == 0) {
      all->nanos[sample] = now() - start;
    }
  }
  return NULL;
}

int32_t gemms_time(gemms *all, const void *const *xs, int64_t inputs, int64_t first,
                   int64_t samples, int64_t repeat, int64_t *nanos) {
  all->xs = xs;
  all->inputs = inputs;
  all->first = first;
  all->samples = samples;
  all->repeat = repeat;
  all->nanos = nanos;
  return on_threads(all, timed);
}

static void *row(void *argument) {
  part *own = argument;
  gemms *all = own->all;
  const gemms_sizes *s = &all->sizes;
  omp_set_num_threads(1);
  own->good = tile(own, all->xs[0], 1);
  if (own->good && s->bf16 && own->projection != NULL) {
    /* All rows get the values of this one, so that later multiplications meet usual numbers. */
    for (int64_t t = 0; t < s->tile; t++) {
      attnpool_bf16_from_f32(own->projected, 1, s->width, s->width, own->rounded + t * s->width,
                             s->width);
    }
    own->good = tile(own, all->xs[0], 1);
  }
  return NULL;
}

int32_t gemms_row(gemms *all, const void *x, float *units) {
  all->xs = &x;
  int good = on_threads(all, row);
  memcpy(units, all->parts[0].units, (size_t)all->sizes.units * sizeof(float));
  return good;
}

void gemms_free(gemms *all) {
  if (all == NULL) {
    return;
  }
  for (int i = 0; i < all->sizes.threads; i++) {
    part *own = &all->parts[i];
    packed_matmul_free(own->projection);
    packed_matmul_free(own->hidden);
    free(own->projected);
    free(own->rounded);
    free(own->units);
  }
  pthread_barrier_destroy(&all->together);
  free(all);
}
