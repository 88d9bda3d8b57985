/* pseudo_inverse.c - x = A^+ b for a symmetric positive semidefinite A, in its eigenbasis. */
#include "base/try.h"
#include "theory/extended.h"
#include <math.h>
#include <stdlib.h>

/* x_k -> x_k / lambda_k, 0 where lambda_k is zero up to rounding. */
static void divide(ptrdiff_t d, const long double *lambda, long double *x)
{
    long double largest = 0.0L;
    for (ptrdiff_t k = 0; k < d; k++)
        largest = fmaxl(largest, lambda[k]);
    for (ptrdiff_t k = 0; k < d; k++)
        x[k] = lambda[k] > ext_cut(d) * largest ? x[k] / lambda[k] : 0.0L;
}

lsa_status ext_pseudo_solve(const ext_matrix *A, const long double *b, long double *x, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = A->d;
    ext_matrix Q = {.d = 0}, Qt = {.d = 0};
    long double *work = ext_vec_create(2 * d);
    LSA_TRY_MEMORY(work, "a linear system");
    LSA_TRY(ext_eigen(A, work, &Q, err));
    ext_vector_transposed(&Q, b, work + d);
    divide(d, work, work + d);
    LSA_TRY(ext_transpose(&Qt, &Q, err));
    ext_vector_transposed(&Qt, work + d, x);
done:
    ext_clear(&Q);
    ext_clear(&Qt);
    free(work);
    return status;
}
