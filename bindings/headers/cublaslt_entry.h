/* What jextract and the fit check read for cuBLASLt: its C API. The allow-list cublaslt.includes
 * says which part of it is bound. */
#include <cublasLt.h>
