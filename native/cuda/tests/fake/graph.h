/* Stream capture. */
#ifndef ATTNPOOL_FAKE_GRAPH_H
#define ATTNPOOL_FAKE_GRAPH_H

#include <stdbool.h>

/* Whether a capture that this thread has begun forbids it to wait or to allocate. */
bool fake_forbids_waiting(void);

#endif
