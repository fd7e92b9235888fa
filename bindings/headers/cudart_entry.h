/* What jextract and the fit check read for the CUDA runtime: its C API. The allow-list
 * cudart.includes says which part of it is bound. */
#include <cuda_runtime_api.h>
