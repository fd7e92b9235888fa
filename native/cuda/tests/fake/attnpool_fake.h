/*
 * attnpool_fake.h: how a test steers and questions the fake of the CUDA libraries.
 *
 * libattnpool_cuda_fake exports the functions of the CUDA runtime, cuBLASLt and cuDNN that the
 * cuda backend calls, and the launchers of attnpool_cuda.h, all on host memory. "Device" memory is
 * ordinary memory that the fake knows the extents of.
 *
 * What is put on a stream is not done at once but when somebody waits for it, as late as the rules
 * of CUDA allow: reading a result without waiting, or reusing pinned memory too early, shows. New
 * device memory is full of NaNs. A wrong use that real CUDA need not notice (a pointer outside every
 * allocation, a result beyond its buffer, a stream of another device, memory freed twice, anything
 * overwritten around an allocation) makes the call fail and is kept for the report.
 *
 * All functions may be called from any thread. Before the first call of anything, settings are
 * taken from the environment variable ATTNPOOL_FAKE: name=value pairs separated by commas, and
 * fail=FUNCTION:NTH:STATUS.
 */
#ifndef ATTNPOOL_FAKE_H
#define ATTNPOOL_FAKE_H

#include <stdint.h>

#define FAKE_CONTROL __attribute__((visibility("default")))

/*
 * Settings, and what they are at first: devices (1), memory (bytes of each device, 268435456), l2
 * (bytes of its L2 cache, 1048576), processors (4), compute (90, the compute capability times 10),
 * runtime and driver (13000, their versions), kernels.runtime (13000, that of the runtime inside the
 * kernels), eager (0; 1 does everything at once). 0 where there
 * is no such setting, else 1. Those of cuBLASLt:
 *
 *   blas.algorithms (16)  most algorithms that it offers; with 0 it says NOT_SUPPORTED
 *   blas.workspace (4096) bytes that most of them need for more than 64 columns
 *   blas.refuses (0)      columns that the first algorithm offered that could serve them refuses
 *   blas.slices (0)       1 offers algorithms first that sum slices of K apart, inside a block, the
 *                         others for more columns: no reduction scheme, but other bits
 *   blas.splits (0)       1 offers algorithms that split K also where the preference forbids it
 *   tf32.truncates (0)    1 cuts operands to TF32 instead of rounding them
 */
FAKE_CONTROL int32_t attnpool_fake_set(const char *name, int64_t value);

/*
 * A setting or a count: live.device, live.host (allocations), live.bytes (of all devices),
 * live.streams, live.events, live.graphs, live.handles (of cuBLASLt and cuDNN),
 * live.descriptors; live (all of these but bytes); peak.bytes; kernels (launches done); pending
 * (operations on streams not yet done); misuses; contexts.N (of device N); calls.FUNCTION. -1 for
 * any other name.
 */
FAKE_CONTROL int64_t attnpool_fake_get(const char *name);

/*
 * Makes the nth call of a function from now on (1 is the next) return that status and do nothing.
 * With the name "execution" it is the nth operation done on any stream, whose status every later
 * call that waits returns, as after a kernel that crashed. A second failure of the same function
 * replaces the first.
 */
FAKE_CONTROL void attnpool_fake_fail(const char *function, int64_t nth, int32_t status);

/*
 * Everything that is alive and the first misuses, a line each; "nothing is alive" when so. The text
 * is good until the next call from the same thread.
 */
FAKE_CONTROL const char *attnpool_fake_report(void);

/*
 * Makes a context of a device, as another library in the process might with cuCtxCreate, and has it
 * be this thread's current one. To call anything that needs a context is then a misuse.
 */
FAKE_CONTROL void *attnpool_fake_foreign_context(int32_t device);

/* Settings, counts, failures and misuses are as at first; what is alive stays so, and is counted. */
FAKE_CONTROL void attnpool_fake_reset(void);

#endif
