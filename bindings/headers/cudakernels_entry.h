/* What jextract and the fit check read for the project's own CUDA kernels; all of it is bound. */
#include "attnpool_cuda.h"
