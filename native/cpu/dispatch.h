/* The best tier that this machine allows, and the tier in use. */
#ifndef ATTNPOOL_DISPATCH_H
#define ATTNPOOL_DISPATCH_H

#include "kernels.h"

/* Both are set before the loader returns and never change. */
extern const struct attnpool_kernels *attnpool_detected;
extern const struct attnpool_kernels *attnpool_active;

#endif
