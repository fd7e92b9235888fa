/*
 * Runs a kernel on the host: block after block, its threads as coroutines that take turns. A thread
 * runs until it waits for its warp or its block, or ends; those that wait go on when all of them do.
 * All of it happens under the fake's lock, in one thread of the host.
 */
#define _GNU_SOURCE /* contexts; setjmp that leaves signals alone */
#include "simt.h"

#include "check.h"
#include "fake.h"

#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#define STACK_BYTES 65536

struct simt_thread simt_current;

enum state { READY, WAITS_FOR_WARP, WAITS_FOR_BLOCK, ENDED };

struct warp {
  /* What lanes pass one another, of this and of the last time: a lane that is ahead writes the
   * next value before others have read this one. */
  float passed[2][WARP_THREADS];
  int turn;
};

static struct {
  jmp_buf jump;
  enum state state;
  int turn; /* of the warp's passing, that the thread is at */
} threads[BLOCK_THREADS];
static struct warp warps[BLOCK_WARPS];

static char *stacks;
static jmp_buf scheduler;
static const char *complaint; /* that ends the kernel */
static const void *job_of_kernel;
static void (*kernel_to_run)(const void *job);

/* What a coroutine does, over and over: the kernel, then back to the scheduler. */
static void live(void) {
  for (;;) {
    kernel_to_run(job_of_kernel);
    int self = simt_current.index;
    threads[self].state = ENDED;
    if (_setjmp(threads[self].jump) == 0) {
      _longjmp(scheduler, 1);
    }
  }
}

/* The thread's first turn is on a stack of its own; later turns come back by a jump. */
static void make_threads(void) {
  if (stacks == NULL) {
    stacks = mmap(NULL, (size_t)BLOCK_THREADS * STACK_BYTES, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  }
  for (int i = 0; i < BLOCK_THREADS; i++) {
    threads[i].state = ENDED;
  }
}

static bool started[BLOCK_THREADS];

static void take_turn(int index) {
  simt_current.index = index;
  threads[index].state = READY;
  if (_setjmp(scheduler) != 0) {
    return;
  }
  if (started[index]) {
    _longjmp(threads[index].jump, 1);
  }
  started[index] = true;
  static ucontext_t context, unused;
  getcontext(&context);
  context.uc_stack.ss_sp = stacks + (size_t)index * STACK_BYTES;
  context.uc_stack.ss_size = STACK_BYTES;
  context.uc_link = NULL;
  makecontext(&context, live, 0);
  swapcontext(&unused, &context);
}

static void wait_as(enum state state) {
  int self = simt_current.index;
  threads[self].state = state;
  if (_setjmp(threads[self].jump) == 0) {
    _longjmp(scheduler, 1);
  }
}

void simt_wait_for_block(void) { wait_as(WAITS_FOR_BLOCK); }

/* Leaves a value for the warp; returns the values of all lanes when they are there. */
static const float *pass(float value) {
  int self = simt_current.index;
  struct warp *warp = &warps[self / WARP_THREADS];
  float *passed = warp->passed[threads[self].turn];
  threads[self].turn ^= 1;
  passed[self % WARP_THREADS] = value;
  wait_as(WAITS_FOR_WARP);
  return passed;
}

float simt_lane_xor(float value, int mask) {
  const float *passed = pass(value);
  return passed[(simt_current.index % WARP_THREADS) ^ mask];
}

float simt_lane_below(float value, int lanes) {
  const float *passed = pass(value);
  int from = simt_current.index % WARP_THREADS - lanes;
  return from < 0 ? value : passed[from];
}

bool simt_is_device(const void *at, int64_t bytes) {
  const struct allocation *a = fake_find(at);
  return a != NULL && a->kind == DEVICE_MEMORY && bytes <= a->base + a->bytes - (const char *)at;
}

void simt_expect(bool holds, const char *what) {
  if (!holds && complaint == NULL) {
    complaint = what;
  }
  if (!holds) {
    _longjmp(scheduler, 1);
  }
}

/* Lets a warp run until all its threads wait for the block or have ended. */
static void run_warp(int first) {
  for (;;) {
    int at_warp = 0;
    for (int i = first; i < first + WARP_THREADS; i++) {
      if (threads[i].state == READY) {
        take_turn(i);
        if (complaint != NULL) {
          return;
        }
      }
      at_warp += threads[i].state == WAITS_FOR_WARP;
    }
    if (at_warp == 0) {
      return;
    }
    if (at_warp < WARP_THREADS) {
      complaint = "only some lanes of a warp exchange a value";
      return;
    }
    for (int i = first; i < first + WARP_THREADS; i++) {
      threads[i].state = READY;
    }
  }
}

static void run_block(void) {
  for (int i = 0; i < BLOCK_THREADS; i++) {
    threads[i].state = READY;
    threads[i].turn = 0;
  }
  for (;;) {
    int at_block = 0;
    for (int i = 0; i < BLOCK_THREADS && complaint == NULL; i += WARP_THREADS) {
      run_warp(i);
    }
    for (int i = 0; i < BLOCK_THREADS; i++) {
      at_block += threads[i].state == WAITS_FOR_BLOCK;
    }
    if (at_block == 0 || complaint != NULL) {
      return;
    }
    if (at_block < BLOCK_THREADS) {
      complaint = "only some threads of a block wait for it";
      return;
    }
    for (int i = 0; i < BLOCK_THREADS; i++) {
      threads[i].state = READY;
    }
  }
}

struct launch {
  void (*kernel)(const void *job);
  const char *name;
  int64_t blocks;
  _Alignas(16) unsigned char job[];
};

static void run_kernel(void *argument) {
  const struct launch *launch = argument;
  kernel_to_run = launch->kernel;
  job_of_kernel = launch->job;
  complaint = NULL;
  fake_count_kernel();
  if (stacks == NULL) {
    make_threads();
  }
  for (int64_t block = 0; block < launch->blocks && complaint == NULL; block++) {
    simt_current.block = (uint32_t)block;
    run_block();
  }
  if (complaint != NULL) {
    fake_misuse("%s: %s", launch->name, complaint);
    memset(started, 0, sizeof started); /* threads that are in the middle of it are given up */
  }
}

/* The launchers' names, by how the names of their kernels begin. */
static const char *launcher_of(const char *kernel) {
  static const char *const names[][2] = {
      {"copy_", "attnpool_cuda_copy_rows"}, {"activate_", "attnpool_cuda_activate"},
      {"score_", "attnpool_cuda_score"},    {"pool_", "attnpool_cuda_pool"},
      {"merge_", "attnpool_cuda_merge"},    {"weights_", "attnpool_cuda_weights"},
      {"pad_", "attnpool_cuda_pad"},        {"unpad_", "attnpool_cuda_unpad"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strncmp(kernel, names[i][0], strlen(names[i][0])) == 0) {
      return names[i][1];
    }
  }
  return kernel;
}

int32_t simt_launch(void (*kernel)(const void *job), const char *name, const void *job,
                    size_t job_bytes, int64_t blocks, void *stream) {
  int32_t status = fake_enter(launcher_of(name));
  if (status == 0) {
    struct launch *launch = malloc(sizeof *launch + job_bytes);
    launch->kernel = kernel;
    launch->name = name;
    launch->blocks = blocks;
    memcpy(launch->job, job, job_bytes);
    status = -fake_enqueue(name, run_kernel, launch, sizeof *launch + job_bytes, stream);
    free(launch);
  }
  return fake_leave(status);
}

int32_t fake_check_extent(const void *at, int64_t bytes, bool writes) {
  (void)writes;
  int32_t status = fake_enter("attnpool_cuda argument");
  if (status == 0 && !fake_is_device("argument of a kernel", at, bytes, fake_current_device())) {
    status = -cudaErrorIllegalAddress;
  }
  return fake_leave(status);
}
