/* The kernels and their launchers, compiled for the host. */
#include "../../attnpool_cuda.cu"
#include "../../merge.cu"
#include "../../padded.cu"
#include "../../pool.cu"
#include "../../rows.cu"
#include "../../score.cu"
#include "../../weights.cu"
