/* What jextract and the fit check read for cuDNN: its C API. The allow-list cudnn.includes says
 * which part of it is bound. */
#include <cudnn.h>
