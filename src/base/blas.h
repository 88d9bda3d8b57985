/* blas.h - what every caller of BLAS and LAPACK inside base shares. */
#ifndef LSAFLOW_BASE_BLAS_H
#define LSAFLOW_BASE_BLAS_H

#include <stddef.h>

/* Makes BLAS single-threaded for the rest of the process; cheap after the first call, safe from any thread. Threads are
 * spent one level up, on prompts and grid points, where they scale. */
void lsa_blas_single_thread(void);

/* A size as BLAS takes it; asserted to fit. */
int lsa_blas_int(ptrdiff_t n);

/* A leading dimension: BLAS wants at least 1, even of an empty matrix. */
int lsa_blas_ld(ptrdiff_t rows);

#endif
