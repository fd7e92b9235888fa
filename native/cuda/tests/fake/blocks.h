/* Runs the blocks of a kernel on the host. */
#ifndef ATTNPOOL_FAKE_BLOCKS_H
#define ATTNPOOL_FAKE_BLOCKS_H

#include <stdint.h>

/* Runs one block after another, until one complains: the complaint, or NULL. */
const char *fake_run_blocks(void (*kernel)(const void *job), const void *job, int64_t blocks);

#endif
