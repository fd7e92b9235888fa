/*
 * attnpool_fake.h: how a test controls the fake CUDA and asks it what happened.
 *
 * libattnpool_cuda_fake exports the functions of the CUDA runtime, the driver, cuBLASLt and cuDNN
 * that the cuda backend calls, and the launchers of attnpool_cuda.h. All work on host memory.
 * "Device" memory is ordinary memory whose extents the fake knows.
 *
 * An operation on a stream is not done at once, but when somebody waits for it, as late as CUDA's
 * rules allow. So a test notices a result that is read without waiting, and pinned memory that is
 * reused too early. New device memory is full of NaNs. The fake also notices misuse that real CUDA
 * may not: a pointer outside every allocation, a result beyond its buffer, a stream of another
 * device, memory freed twice, bytes overwritten around an allocation. Such a call fails, and the
 * misuse is kept for the report.
 *
 * All functions may be called from any thread. Before its first call the fake reads settings from
 * the environment variable ATTNPOOL_FAKE: pairs name=value separated by commas, and
 * fail=FUNCTION:NTH:STATUS.
 */
#ifndef ATTNPOOL_FAKE_H
#define ATTNPOOL_FAKE_H

#include <stdint.h>

#define FAKE_CONTROL __attribute__((visibility("default")))

/*
 * Changes a setting. The result is 1, or 0 if there is no setting of that name. Settings and their
 * defaults:
 *
 *   devices (1)
 *   memory (268435456)      bytes of each device
 *   l2 (1048576)            bytes of each device's L2 cache
 *   processors (4)          multiprocessors of each device
 *   compute (90)            compute capability times 10
 *   runtime (13000)         version of the runtime
 *   driver (13000)          version of the driver
 *   kernels.runtime (13000) version of the runtime that the kernels contain
 *   eager (0)               1 does every operation at once
 *   blas.algorithms (16)    the most algorithms that are offered; 0 returns NOT_SUPPORTED
 *   blas.workspace (4096)   bytes that most algorithms need for more than 64 columns
 *   blas.refuses (0)        a number of columns that the first suitable algorithm refuses
 *   blas.slices (0)         1 first offers algorithms that sum slices of K separately within a
 *                           block: without a reduction scheme, but with other bits
 *   blas.splits (0)         1 also offers algorithms that split K where the preference forbids it
 *   tf32.truncates (0)      1 truncates operands to TF32 instead of rounding them
 */
FAKE_CONTROL int32_t attnpool_fake_set(const char *name, int64_t value);

/*
 * Returns a setting or a count, or -1 for any other name. Counts:
 *
 *   live.device, live.host             allocations
 *   live.streams, live.events, live.graphs
 *   live.handles, live.descriptors     of cuBLASLt and cuDNN
 *   live                               the sum of the above
 *   live.bytes, peak.bytes             of device memory, all devices together
 *   kernels                            kernels that have run
 *   pending                            operations on streams not yet done
 *   misuses
 *   contexts.N                         contexts of device N
 *   calls.FUNCTION                     calls of a function
 */
FAKE_CONTROL int64_t attnpool_fake_get(const char *name);

/*
 * Makes the nth call of a function from now on (1 is the next) return that status and do nothing.
 * The name "execution" means the nth operation done on any stream; every later call that waits
 * returns its status, as after a kernel that crashed. A second failure of the same function
 * replaces the first.
 */
FAKE_CONTROL void attnpool_fake_fail(const char *function, int64_t nth, int32_t status);

/*
 * Returns everything that is alive and the first misuses, one line each; "nothing is alive" if
 * nothing is. The text is good until the next call from the same thread.
 */
FAKE_CONTROL const char *attnpool_fake_report(void);

/*
 * Makes a context of a device, as another library in the process might with cuCtxCreate, and makes
 * it this thread's current context. Every call that needs a context is then a misuse.
 */
FAKE_CONTROL void *attnpool_fake_foreign_context(int32_t device);

/* Restores settings; forgets counts, failures and misuses. What is alive stays so and counted. */
FAKE_CONTROL void attnpool_fake_reset(void);

#endif
