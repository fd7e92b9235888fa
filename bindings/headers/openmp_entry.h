/* The two OpenMP calls that keep oneDNN single-threaded inside the caller's thread.
 *
 * Declared here because no omp.h comes with oneDNN's packaged libgomp; the OpenMP specification
 * fixes these prototypes for C, so they hold for every OpenMP runtime. */
#ifndef ATTNPOOL_OPENMP_ENTRY_H
#define ATTNPOOL_OPENMP_ENTRY_H

int omp_get_max_threads(void);
void omp_set_num_threads(int num_threads);

#endif
