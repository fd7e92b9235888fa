/* What jextract and the fit check read for the CUDA driver: its C API. The allow-list
 * cudadriver.includes says which part of it is bound. */
#include <cuda.h>
