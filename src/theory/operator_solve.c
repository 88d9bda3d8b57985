/* operator_solve.c - H A = B by conjugate gradients (Hestenes, Stiefel 1952), H U = E[G U Lambda].  (W15)
 *
 * H is symmetric and positive semidefinite on d*d unknowns, and B lies in its range. The metric is that of the mean law,
 * U -> E[G] U E[Lambda] (a Kronecker product, inverted in two eigenbases): what is left of the conditioning is how far
 * the law spreads about its mean, not how ill-conditioned that mean is. Steps run in extended precision; at the end they
 * start again from the true residual, which removes the drift of the recurrence, until it gains nothing. */
#include "theory/operator_solve.h"
#include "base/try.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct metric {
    ext_matrix left, right; /* eigenbases of E[G], E[Lambda] */
    long double *g, *l;     /* their spectra                 */
} metric;

static void metric_clear(metric *m)
{
    ext_clear(&m->left);
    ext_clear(&m->right);
    free(m->g);
    free(m->l);
}

/* Eigenvalues that are rounding become zeros: no step goes there. */
static void clip(ptrdiff_t d, long double *x)
{
    long double largest = 0.0L;
    for (ptrdiff_t i = 0; i < d; i++)
        largest = fmaxl(largest, x[i]);
    for (ptrdiff_t i = 0; i < d; i++)
        if (x[i] <= ext_cut(d) * largest)
            x[i] = 0.0L;
}

lsa_status theory_mean_g(const lsa_theory_random *t, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const long double n = t->inverse_n;
    LSA_TRY(ext_init(out, t->d, EXT_DENSE, err));
    for (ptrdiff_t j = 0; j < t->d; j++)
        for (ptrdiff_t i = 0; i < t->d; i++)
            out->a[i + j * t->d] = (1.0L + n) * ext_entry(&t->signal, i, j) +
                                   n * (ext_entry(&t->weighted, i, j) + t->s2 * ext_entry(&t->mean, i, j));
done:
    return status;
}

static lsa_status metric_init(metric *m, const lsa_theory_random *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix G = {.d = 0};
    *m = (metric){.g = ext_vec_create(t->d), .l = ext_vec_create(t->d)};
    LSA_TRY_MEMORY(m->g, "the minimum");
    LSA_TRY_MEMORY(m->l, "the minimum");
    LSA_TRY(theory_mean_g(t, &G, err));
    LSA_TRY(ext_eigen(&G, m->g, &m->left, err));
    LSA_TRY(ext_eigen(&t->mean, m->l, &m->right, err));
    clip(t->d, m->g);
    clip(t->d, m->l);
done:
    ext_clear(&G);
    return status;
}

/* out = left' R right, or left R right' */
static lsa_status turn(const metric *m, bool back, const ext_matrix *R, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix half = {.d = 0}, right = {.d = 0};
    if (back) {
        LSA_TRY(ext_product(&half, &m->left, R, err));
        LSA_TRY(ext_transpose(&right, &m->right, err));
        LSA_TRY(ext_product(out, &half, &right, err));
    } else {
        LSA_TRY(ext_product_transposed(&half, &m->left, R, err));
        LSA_TRY(ext_product(out, &half, &m->right, err));
    }
done:
    ext_clear(&half);
    ext_clear(&right);
    return status;
}

/* Z = E[G]^+ R E[Lambda]^+ */
static lsa_status metric_solve(const metric *m, const ext_matrix *R, ext_matrix *Z, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = R->d;
    ext_matrix Y = {.d = 0};
    LSA_TRY(turn(m, false, R, &Y, err));
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            const long double scale = m->g[i] * m->l[j];
            Y.a[i + j * d] = scale > 0.0L ? Y.a[i + j * d] / scale : 0.0L;
        }
    LSA_TRY(turn(m, true, &Y, Z, err));
done:
    ext_clear(&Y);
    return status;
}

/* y += a x, both DENSE */
static void axpy(ext_matrix *y, long double a, const ext_matrix *x)
{
    for (ptrdiff_t k = 0; k < y->d * y->d; k++)
        y->a[k] += a * x->a[k];
}

/* One step along p: X += a p, R -= a H p, then p <- Z + (new/old) p. *rz is <R, Z> before and after. */
static lsa_status step(const lsa_theory_random *t, const metric *m, ext_matrix *X, ext_matrix *R, ext_matrix *p,
                       long double *rz, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Hp = {.d = 0}, Z = {.d = 0};
    LSA_TRY(theory_random_apply(t, p, &Hp, err));
    const long double curvature = ext_inner(p, &Hp);
    const long double a = curvature > 0.0L ? *rz / curvature : 0.0L;
    axpy(X, a, p);
    axpy(R, -a, &Hp);
    LSA_TRY(metric_solve(m, R, &Z, err));
    const long double next = a != 0.0L ? ext_inner(R, &Z) : 0.0L;
    ext_scale(p, next / *rz);
    axpy(p, 1.0L, &Z);
    *rz = next;
done:
    ext_clear(&Hp);
    ext_clear(&Z);
    return status;
}

/* R = B - H X, and *rz = <R, M^-1 R>; p = M^-1 R. */
static lsa_status restart(const lsa_theory_random *t, const metric *m, const ext_matrix *X, ext_matrix *R,
                          ext_matrix *p, long double *rz, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix HX = {.d = 0};
    ext_clear(R);
    ext_clear(p);
    LSA_TRY(theory_random_apply(t, X, &HX, err));
    LSA_TRY(ext_dense(R, &t->signal, err));
    axpy(R, -1.0L, &HX);
    LSA_TRY(metric_solve(m, R, p, err));
    *rz = ext_inner(R, p);
done:
    ext_clear(&HX);
    return status;
}

/* From X until the recurrence's residual is below eps of the first one; *left counts the steps that remain. *now is the
 * residual, squared, that X began with, and *first what it was at X = 0. */
static lsa_status descend(const lsa_theory_random *t, const metric *m, ext_matrix *X, ptrdiff_t *left,
                          long double *first, long double *now, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const long double eps = t->d <= EXT_SMALL ? LDBL_EPSILON : (long double)DBL_EPSILON;
    ext_matrix R = {.d = 0}, p = {.d = 0};
    long double rz = 0.0L;
    LSA_TRY(restart(t, m, X, &R, &p, &rz, err));
    *now = rz;
    *first = fmaxl(*first, rz);
    while (rz > eps * eps * *first && (*left)-- > 0)
        LSA_TRY(step(t, m, X, &R, &p, &rz, err));
done:
    ext_clear(&R);
    ext_clear(&p);
    return status;
}

/* Rounds of descent until the true residual stops falling; *least is the smallest one seen, *first the largest. */
static lsa_status refine(const lsa_theory_random *t, const metric *m, ext_matrix *A, long double *first,
                         long double *least, lsa_error *err)
{
    enum { ROUNDS = 4 }; /* the second removes the drift of the first; more gain little and cost little */
    lsa_status status = LSA_OK;
    ptrdiff_t left = 1000 + 20 * t->d * t->d; /* d*d in exact arithmetic; rounding delays, it does not prevent */
    *least = (long double)INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        long double now;
        LSA_TRY(descend(t, m, A, &left, first, &now, err));
        if (!(now < 0.25L * *least))
            break;
        *least = now;
    }
done:
    return status;
}

lsa_status theory_operator_solve(const lsa_theory_random *t, ext_matrix *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    long double first = 0.0L, least;
    metric m = {.g = NULL};
    LSA_TRY(metric_init(&m, t, err));
    LSA_TRY(ext_init(A, t->d, EXT_DENSE, err));
    LSA_TRY(refine(t, &m, A, &first, &least, err));
    if (!(least <= 1e-20L * first)) /* a relative residual above 1e-10: the digits promised are not there */
        status = lsa_error_set(err, LSA_ERR_SOLVER,
                               "the minimum over a random covariance is too ill-conditioned: relative residual %.3g",
                               (double)sqrtl(least / first));
done:
    metric_clear(&m);
    return status;
}
