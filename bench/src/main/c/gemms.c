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
  packed_matmul *map[GEMMS_MAX_MAPS];
  float *result[GEMMS_MAX_MAPS];
  uint16_t *rounded[GEMMS_MAX_MAPS]; /* for later maps in bfloat16; only gemms_row writes it */
  packed_matmul *pool;
} part;

struct gemms {
  gemms_sizes sizes;
  gemms_map maps[GEMMS_MAX_MAPS];
  const float *values;       /* while parts are prepared */
  float *weights, *contexts; /* of one sequence, if there are heads */
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
  const gemms *all = own->all;
  const gemms_sizes *s = &all->sizes;
  omp_set_num_threads(1);
  own->good = 1;
  for (int i = 0; i < s->maps; i++) {
    const gemms_map *map = &all->maps[i];
    own->map[i] = packed_matmul_new(map->w, map->outputs, map->inputs, (int)s->bf16, s->tile);
    own->result[i] = aligned(s->tile * map->outputs, sizeof(float));
    own->rounded[i] = aligned(s->bf16 ? s->tile * map->outputs : 0, sizeof(uint16_t));
    own->good &= own->map[i] != NULL && own->result[i] != NULL && own->rounded[i] != NULL;
  }
  if (s->heads > 0) {
    own->pool = packed_matmul_new(all->values, s->width, s->steps, 0, s->tile);
    own->good &= own->pool != NULL;
  }
  return NULL;
}

gemms *gemms_new(const gemms_sizes *sizes, const gemms_map *maps, const float *values) {
  if (sizes->threads < 1 || sizes->threads > MAX_THREADS || sizes->maps > GEMMS_MAX_MAPS) {
    return NULL;
  }
  gemms *all = calloc(1, sizeof *all);
  if (all == NULL) {
    return NULL;
  }
  all->sizes = *sizes;
  memcpy(all->maps, maps, (size_t)sizes->maps * sizeof *maps);
  all->values = values;
  all->weights = aligned(sizes->heads * sizes->steps, sizeof(float));
  all->contexts = aligned(sizes->heads * sizes->width, sizeof(float));
  if (all->weights == NULL || all->contexts == NULL) {
    free(all->weights);
    free(all->contexts);
    free(all);
    return NULL;
  }
  for (int64_t i = 0; i < sizes->heads * sizes->steps; i++) {
    all->weights[i] = 1.0f / (float)sizes->steps;
  }
  if (pthread_barrier_init(&all->together, NULL, (unsigned)sizes->threads) != 0) {
    free(all->weights);
    free(all->contexts);
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

static int map(part *own, int i, const void *x, int64_t rows) {
  const gemms *all = own->all;
  int64_t source = all->maps[i].source;
  const void *from = x;
  if (source >= 0) {
    from = all->sizes.bf16 ? (const void *)own->rounded[source] : own->result[source];
  }
  return packed_matmul_run(own->map[i], from, rows, own->result[i]);
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
    for (int i = 0; i < s->maps; i++) {
      good = good && map(own, i, x + (size_t)from * row, left < s->tile ? left : s->tile);
    }
  }
  return good;
}

/* Pools this thread's share of the heads, as often as there are sequences. */
static int pool(part *own) {
  const gemms *all = own->all;
  const gemms_sizes *s = &all->sizes;
  int64_t from = s->heads * own->index / s->threads;
  int64_t end = s->heads * (own->index + 1) / s->threads;
  int good = 1;
  for (int64_t row = 0; own->pool != NULL && row < s->rows; row += s->steps) {
    good = good && packed_matmul_run(own->pool, all->weights + from * s->steps, end - from,
                                     all->contexts + from * s->width);
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
      own->good &= share(own, all->xs[input]) && pool(own);
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
  own->good = 1;
  for (int i = 0; i < s->maps; i++) {
    int64_t width = all->maps[i].outputs;
    own->good = own->good && map(own, i, all->xs[0], 1);
    /* All rows get the values of this one, so that later multiplications meet usual numbers. */
    for (int64_t t = 0; s->bf16 && t < s->tile; t++) {
      attnpool_bf16_from_f32(own->result[i], 1, width, width, own->rounded[i] + t * width, width);
    }
  }
  return NULL;
}

int32_t gemms_row(gemms *all, const void *x, float *results) {
  all->xs = &x;
  int good = on_threads(all, row);
  for (int i = 0; i < all->sizes.maps; i++) {
    memcpy(results, all->parts[0].result[i], (size_t)all->maps[i].outputs * sizeof(float));
    results += all->maps[i].outputs;
  }
  return good;
}

void gemms_free(gemms *all) {
  if (all == NULL) {
    return;
  }
  for (int i = 0; i < all->sizes.threads; i++) {
    part *own = &all->parts[i];
    for (int map = 0; map < all->sizes.maps; map++) {
      packed_matmul_free(own->map[map]);
      free(own->result[map]);
      free(own->rounded[map]);
    }
    packed_matmul_free(own->pool);
  }
  free(all->weights);
  free(all->contexts);
  pthread_barrier_destroy(&all->together);
  free(all);
}
