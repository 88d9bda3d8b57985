/* eigen.c - symmetric eigendecomposition, accurate for small eigenvalues.
 *
 * Cyclic Jacobi (Jacobi 1846; Demmel and Veselic 1992 for its relative accuracy on graded positive matrices) in
 * extended precision: an eigenvalue 1e-6 of the largest still has 12 digits, where LAPACK in double precision leaves
 * 10. Its O(d^3) has a large constant, so beyond EXT_SMALL (0.1 s) the matrix goes to LAPACK. */
#include "base/matrix.h"
#include "base/try.h"
#include "theory/extended.h"
#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#define JACOBI_SWEEPS 40 /* convergence is quadratic: 6 to 10 sweeps in practice, more only for failure */

/* The rotation that annihilates a_pq: tangent of the smaller angle. */
static void jacobi_angle(long double app, long double aqq, long double apq, long double *cosine, long double *sine)
{
    const long double theta = (aqq - app) / (2.0L * apq);
    const long double t = copysignl(1.0L, theta) / (fabsl(theta) + hypotl(1.0L, theta));
    *cosine = 1.0L / hypotl(1.0L, t);
    *sine = t * *cosine;
}

static void rotate_pair(ptrdiff_t count, long double *x, long double *y, ptrdiff_t stride, long double c, long double s)
{
    for (ptrdiff_t k = 0; k < count; k++) {
        const long double xk = x[k * stride], yk = y[k * stride];
        x[k * stride] = c * xk - s * yk;
        y[k * stride] = s * xk + c * yk;
    }
}

static void jacobi_rotate(ptrdiff_t d, long double *a, long double *q, ptrdiff_t i, ptrdiff_t j)
{
    long double c, s;
    jacobi_angle(a[i + i * d], a[j + j * d], a[i + j * d], &c, &s);
    rotate_pair(d, a + i * d, a + j * d, 1, c, s);
    rotate_pair(d, a + i, a + j, d, c, s);
    rotate_pair(d, q + i * d, q + j * d, 1, c, s);
    a[i + j * d] = a[j + i * d] = 0.0L;
}

/* a_ij matters while it exceeds eps sqrt(a_ii a_jj): the criterion that keeps small eigenvalues relatively accurate. */
static bool is_negligible(ptrdiff_t d, const long double *a, ptrdiff_t i, ptrdiff_t j)
{
    const long double scale = sqrtl(fabsl(a[i + i * d])) * sqrtl(fabsl(a[j + j * d]));
    return fabsl(a[i + j * d]) <= LDBL_EPSILON * scale;
}

static ptrdiff_t jacobi_sweep(ptrdiff_t d, long double *a, long double *q)
{
    ptrdiff_t rotations = 0;
    for (ptrdiff_t j = 1; j < d; j++)
        for (ptrdiff_t i = 0; i < j; i++)
            if (a[i + j * d] != 0.0L && !is_negligible(d, a, i, j)) {
                jacobi_rotate(d, a, q, i, j);
                rotations++;
            }
    return rotations;
}

static long double off_diagonal_norm(ptrdiff_t d, const long double *a)
{
    long double sum = 0.0L;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            sum += i != j ? a[i + j * d] * a[i + j * d] : 0.0L;
    return sqrtl(sum);
}

static void sort_ascending(ptrdiff_t d, long double *lambda, long double *q)
{
    for (ptrdiff_t i = 0; i < d; i++) {
        ptrdiff_t least = i;
        for (ptrdiff_t j = i + 1; j < d; j++)
            least = lambda[j] < lambda[least] ? j : least;
        const long double held = lambda[i];
        lambda[i] = lambda[least];
        lambda[least] = held;
        if (least != i)
            rotate_pair(d, q + i * d, q + least * d, 1, 0.0L, -1.0L); /* a swap, up to a sign */
    }
}

/* Ends when nothing is left to rotate, or when a sweep no longer halves what is left: then rounding speaks, which is an
 * answer if it speaks softly (long double may be no longer than double on a machine or an emulator). */
static lsa_status jacobi(ptrdiff_t d, ext_matrix *a, long double *lambda, ext_matrix *Q, lsa_error *err)
{
    const long double norm = ext_norm(a);
    long double off = off_diagonal_norm(d, a->a);
    for (int sweep = 0; sweep < JACOBI_SWEEPS; sweep++) {
        if (jacobi_sweep(d, a->a, Q->a) == 0)
            break;
        const long double before = off;
        off = off_diagonal_norm(d, a->a);
        if (off > 0.5L * before && off <= ext_cut(d) * norm)
            break;
    }
    if (!(off <= ext_cut(d) * norm))
        return lsa_error_set(err, LSA_ERR_SOLVER, "the eigenvalues of a %td-by-%td matrix were not found", d, d);
    for (ptrdiff_t i = 0; i < d; i++)
        lambda[i] = a->a[i + i * d];
    sort_ascending(d, lambda, Q->a);
    return LSA_OK;
}

static lsa_status eigen_small(const ext_matrix *A, long double *lambda, ext_matrix *Q, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix a = {.d = 0};
    LSA_TRY(ext_dense(&a, A, err));
    LSA_TRY(ext_init(Q, A->d, EXT_DENSE, err));
    for (ptrdiff_t i = 0; i < A->d; i++)
        Q->a[i + i * A->d] = 1.0L;
    LSA_TRY(jacobi(A->d, &a, lambda, Q, err));
done:
    ext_clear(&a);
    return status;
}

static lsa_status eigen_large(const ext_matrix *A, long double *lambda, ext_matrix *Q, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = A->d;
    double *a = lsa_vec_create(d * d), *q = lsa_vec_create(d * d), *l = lsa_vec_create(d);
    LSA_TRY_MEMORY(a, "an eigendecomposition");
    LSA_TRY_MEMORY(q, "an eigendecomposition");
    LSA_TRY_MEMORY(l, "an eigendecomposition");
    ext_round(A, a);
    LSA_TRY(lsa_mat_eigen(d, a, l, q, err));
    LSA_TRY(ext_from_doubles(Q, d, 1.0, q, err));
    for (ptrdiff_t i = 0; i < d; i++)
        lambda[i] = (long double)l[i];
done:
    free(a);
    free(q);
    free(l);
    return status;
}

lsa_status ext_eigen(const ext_matrix *A, long double *lambda, ext_matrix *Q, lsa_error *err)
{
    lsa_status status = LSA_OK;
    assert(A->kind != EXT_RANK_ONE);
    if (A->kind == EXT_DENSE)
        return A->d <= EXT_SMALL ? eigen_small(A, lambda, Q, err) : eigen_large(A, lambda, Q, err);
    LSA_TRY(ext_init(Q, A->d, EXT_DIAGONAL, err));
    for (ptrdiff_t i = 0; i < A->d; i++) {
        lambda[i] = A->a[i];
        Q->a[i] = 1.0L;
    }
done:
    return status;
}
