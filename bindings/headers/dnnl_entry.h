/* What jextract and the fit check read for oneDNN: the C API and the functions that name its enums.
 * The allow-list dnnl.includes says which part of it is bound. */
#include "oneapi/dnnl/dnnl.h"
#include "oneapi/dnnl/dnnl_debug.h"
