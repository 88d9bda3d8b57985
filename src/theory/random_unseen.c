/* random_unseen.c - what no covariance of a random law sees: the component of U in null(H).  (W36) [D]
 *
 * <H U, U> = E |G^{1/2} U Lambda^{1/2}|_F^2, so H U = 0 exactly where G U Lambda = 0 for almost every Lambda. Along the flow
 * dot U = -u^2 r^2 H U + u r B lies in range(H), so that component keeps its start. */
#include "base/try.h"
#include "theory/random_law.h"
#include <math.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- entries */

static bool is_zero(const lsa_theory_random *t, ptrdiff_t i, ptrdiff_t j)
{
    return !((t->kind == LSA_COVARIANCE_MIXTURE ? theory_mixture_rate(t, i, j) : theory_diagonal_rate(t, i, j)) > 0.0L);
}

static lsa_status is_definite(const ext_matrix *A, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Q = {.d = 0};
    long double *spectrum = ext_vec_create(A->d), least = (long double)INFINITY, largest = 0.0L;
    LSA_TRY_MEMORY(spectrum, "the range of Omega");
    LSA_TRY(ext_eigen(A, spectrum, &Q, err));
    for (ptrdiff_t i = 0; i < A->d; i++) {
        least = fminl(least, spectrum[i]);
        largest = fmaxl(largest, spectrum[i]);
    }
    *out = least > ext_cut(A->d) * largest;
done:
    ext_clear(&Q);
    free(spectrum);
    return status;
}

/* X becomes its entries with h_ij = 0. A dense Omega couples entries, and h_ij is the diagonal of H alone; E[c Lambda] U Lambda
 * of a finite N, or Omega > 0, leaves null(H) to the entries all the same. */
static void keep_entries(const lsa_theory_random *t, ext_matrix *X)
{
    for (ptrdiff_t j = 0; j < t->d; j++)
        for (ptrdiff_t i = 0; i < t->d; i++)
            if (!is_zero(t, i, j))
                X->a[i + j * t->d] = 0.0L;
}

/* x becomes its component in null(M), M symmetric positive semidefinite. */
static lsa_status keep_vector(const ext_matrix *M, long double *x, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = M->d;
    ext_matrix Q = {.d = 0};
    long double *f = ext_vec_create(d), *y = ext_vec_create(d), largest = 0.0L;
    LSA_TRY_MEMORY(f != NULL ? y : NULL, "what a column sees");
    LSA_TRY(ext_eigen(M, f, &Q, err));
    ext_vector_transposed(&Q, x, y);
    for (ptrdiff_t k = 0; k < d; k++)
        largest = fmaxl(largest, f[k]);
    for (ptrdiff_t i = 0; i < d; i++)
        x[i] = 0.0L;
    for (ptrdiff_t k = 0; k < d; k++)
        for (ptrdiff_t i = 0; i < d && f[k] <= ext_cut(d) * largest; i++)
            x[i] += ext_entry(&Q, i, k) * y[k];
done:
    ext_clear(&Q);
    free(f);
    free(y);
    return status;
}

/* H takes columns apart. */
static lsa_status keep_columns(const lsa_theory_random *t, ext_matrix *X, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix M = {.d = 0};
    for (ptrdiff_t j = 0; j < t->d; j++) {
        LSA_TRY(theory_diagonal_column(t, j, &M, err));
        LSA_TRY(keep_vector(&M, X->a + j * t->d, err));
        ext_clear(&M);
    }
done:
    ext_clear(&M);
    return status;
}

static lsa_status keep_coupled(const lsa_theory_random *t, ext_matrix *X, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool by_entries = t->Omega.kind == EXT_DIAGONAL || t->inverse_n > 0.0L;
    if (!by_entries)
        LSA_TRY(is_definite(&t->Omega, &by_entries, err));
    if (by_entries)
        keep_entries(t, X);
    else
        LSA_TRY(keep_columns(t, X, err));
done:
    return status;
}

/* ---------------------------------------------------------------- mixtures */

/* X -> sum_c R_c X S_c, the projections on range(G_c) and range(Lambda_c): of the null space of H, and conditioned by the
 * angles between these ranges alone. */
typedef struct projections {
    ptrdiff_t components;
    ext_matrix *left, *right;
} projections;

static void projections_clear(projections *p)
{
    for (ptrdiff_t c = 0; p->left != NULL && p->right != NULL && c < p->components; c++) {
        ext_clear(&p->left[c]);
        ext_clear(&p->right[c]);
    }
    free(p->left);
    free(p->right);
}

/* out = the projection on range(A), A symmetric positive semidefinite up to rounding. */
static lsa_status projection_on(const ext_matrix *A, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Q = {.d = 0};
    long double *f = ext_vec_create(A->d), largest = 0.0L;
    LSA_TRY_MEMORY(f, "the range of a covariance");
    LSA_TRY(ext_eigen(A, f, &Q, err));
    for (ptrdiff_t i = 0; i < A->d; i++)
        largest = fmaxl(largest, f[i]);
    for (ptrdiff_t i = 0; i < A->d; i++)
        f[i] = f[i] > ext_cut(A->d) * largest ? 1.0L : 0.0L;
    LSA_TRY(ext_congruence(out, &Q, f, err));
done:
    ext_clear(&Q);
    free(f);
    return status;
}

static lsa_status projections_make(const lsa_theory_random *t, projections *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *p = (projections){.components = t->components};
    p->left = calloc((size_t)t->components, sizeof *p->left);
    p->right = calloc((size_t)t->components, sizeof *p->right);
    LSA_TRY_MEMORY(p->left != NULL ? p->right : NULL, "the ranges of a mixture");
    for (ptrdiff_t c = 0; c < t->components; c++) {
        LSA_TRY(projection_on(&t->G[c], &p->left[c], err));
        LSA_TRY(projection_on(&t->Lambda[c], &p->right[c], err));
    }
done:
    return status;
}

/* y += a x, both DENSE */
static void axpy(ext_matrix *y, long double a, const ext_matrix *x)
{
    for (ptrdiff_t k = 0; k < y->d * y->d; k++)
        y->a[k] += a * x->a[k];
}

static lsa_status project(const projections *p, const ext_matrix *X, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix RX = {.d = 0}, RXS = {.d = 0};
    LSA_TRY(ext_init(out, X->d, EXT_DENSE, err));
    for (ptrdiff_t c = 0; c < p->components; c++) {
        LSA_TRY(ext_product(&RX, &p->left[c], X, err));
        LSA_TRY(ext_product(&RXS, &RX, &p->right[c], err));
        axpy(out, 1.0L, &RXS);
        ext_clear(&RX);
        ext_clear(&RXS);
    }
done:
    ext_clear(&RX);
    ext_clear(&RXS);
    return status;
}

/* One step of conjugate gradients on <X, Pi X>/2, whose gradient is -R: X moves in range(Pi) only. */
static lsa_status step(const projections *pi, ext_matrix *X, ext_matrix *R, ext_matrix *direction, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix image = {.d = 0};
    const long double before = ext_inner(R, R);
    LSA_TRY(project(pi, direction, &image, err));
    const long double a = before / ext_inner(direction, &image);
    axpy(X, a, direction);
    axpy(R, -a, &image);
    ext_scale(direction, ext_inner(R, R) / before);
    axpy(direction, 1.0L, R);
done:
    ext_clear(&image);
    return status;
}

/* X becomes its component in the null space of the projections' sum: where descent from X comes to rest. */
static lsa_status keep_null(const lsa_theory_random *t, ext_matrix *X, lsa_error *err)
{
    lsa_status status = LSA_OK;
    projections pi = {.components = 0};
    ext_matrix R = {.d = 0}, direction = {.d = 0};
    /* the projections carry the rounding of entries given in double */
    const long double rest = ext_cut(t->d) * ext_norm(X);
    ptrdiff_t left = 100 + 2 * t->d * t->d; /* the number of different angles in exact arithmetic */
    LSA_TRY(projections_make(t, &pi, err));
    LSA_TRY(project(&pi, X, &R, err));
    ext_scale(&R, -1.0L);
    LSA_TRY(ext_dense(&direction, &R, err));
    while (ext_norm(&R) > rest && left-- > 0)
        LSA_TRY(step(&pi, X, &R, &direction, err));
    if (ext_norm(&R) > rest)
        status = lsa_error_set(err, LSA_ERR_UNABLE,
                               "what a mixture of covariances sees is not known: their ranges nearly meet");
done:
    ext_clear(&R);
    ext_clear(&direction);
    projections_clear(&pi);
    return status;
}

/* ---------------------------------------------------------------- Wishart */

/* Without a task in its range, or noise in a finite context, the law has G = 0 and sees nothing. */
static bool wishart_is_blind(const lsa_theory_random *t)
{
    long double sum = t->inverse_n * t->s2;
    for (ptrdiff_t i = 0; i < t->d; i++)
        sum += t->s[i];
    return !(sum > 0.0L);
}

/* X -= P V P', V = W' X W; for Lambda = z z' its symmetric part alone is seen. */
static lsa_status keep_outside(const lsa_theory_random *t, ext_matrix *X, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = t->d;
    ext_matrix V = {.d = 0}, seen = {.d = 0};
    if (wishart_is_blind(t))
        return LSA_OK;
    LSA_TRY(ext_rotate(&V, &t->W, X, err));
    LSA_TRY(ext_rotate_back(&seen, &t->P, &V, err));
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            const long double straight = ext_entry(&seen, i, j), crossed = ext_entry(&seen, j, i);
            X->a[i + j * d] -= t->k > 1.0L ? straight : 0.5L * (straight + crossed);
        }
done:
    ext_clear(&V);
    ext_clear(&seen);
    return status;
}

/* ---------------------------------------------------------------- any law */

lsa_status theory_random_unseen(const lsa_theory_random *t, ext_matrix *X, lsa_error *err)
{
    if (t->kind == LSA_COVARIANCE_WISHART)
        return keep_outside(t, X, err);
    if (t->kind == LSA_COVARIANCE_LAWS || theory_mixture_is_diagonal(t))
        return keep_coupled(t, X, err);
    return keep_null(t, X, err);
}

lsa_status lsa_theory_random_unseen(const lsa_theory_random *t, const double *U, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix X = {.d = 0};
    LSA_TRY(ext_from_doubles(&X, t->d, 1.0, U, err));
    LSA_TRY(theory_random_unseen(t, &X, err));
    ext_round(&X, out);
done:
    ext_clear(&X);
    return status;
}
