/*
 * Runs a kernel on the host, block after block, with the kernel's threads as coroutines that take
 * turns. A thread runs until it waits for its warp or its block, or ends. Waiting threads go on
 * when all of the warp or block wait. All of this happens under the fake's lock, in one thread of
 * the host.
 */
#define _GNU_SOURCE /* contexts, and setjmp that leaves signals alone */
#include "blocks.h"
#include "simt.h"

#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#define STACK_BYTES 65536

struct simt_thread simt_current;

enum state { READY, WAITS_FOR_WARP, WAITS_FOR_BLOCK, ENDED };

struct warp {
  /*
   * The values that lanes pass, of this exchange and of the last: a lane that is ahead writes the
   * next value before others have read this one.
   */
  float passed[2][WARP_THREADS];
  int turn;
};

static struct {
  jmp_buf jump;
  enum state state;
  int turn; /* which of the warp's two exchanges is next */
} threads[BLOCK_THREADS];
static struct warp warps[BLOCK_WARPS];

static char *stacks;
static jmp_buf scheduler;
static const char *complaint; /* that ended the kernel */
static const void *job_of_kernel;
static void (*kernel_to_run)(const void *job);

/* The body of a coroutine: runs the kernel, then returns to the scheduler, for ever. */
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

/*
 * Prepares a stack for each thread. A thread's first turn begins on it; later turns jump back to
 * it.
 */
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

/* Passes a value to the warp, and returns all lanes' values once every lane has passed one. */
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

void simt_expect(bool holds, const char *what) {
  if (!holds && complaint == NULL) {
    complaint = what;
  }
  if (!holds) {
    _longjmp(scheduler, 1);
  }
}

/* Runs a warp until each of its threads waits for the block or has ended. */
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

const char *fake_run_blocks(void (*kernel)(const void *job), const void *job, int64_t blocks) {
  kernel_to_run = kernel;
  job_of_kernel = job;
  complaint = NULL;
  if (stacks == NULL) {
    make_threads();
  }
  for (int64_t block = 0; block < blocks && complaint == NULL; block++) {
    simt_current.block = (uint32_t)block;
    run_block();
  }
  if (complaint != NULL) {
    memset(started, 0, sizeof started); /* abandons threads in the middle of the kernel */
  }
  return complaint;
}
