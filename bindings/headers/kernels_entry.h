/* What jextract and the fit check read for the project's own kernels; all of it is bound. */
#include "attnpool.h"
