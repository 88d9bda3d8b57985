/* random_minimum.c - Theorem 4.5 and its family: the minimum over a random covariance, loss, gap and gradient.  (W15)
 *
 *     L = 1/2 u^2 r^2 <H U, U> - u r <B, U> + 1/2 tr(E[Lambda] Omega) is a square about H A = B / r. */
#include "base/try.h"
#include "theory/law.h"
#include "theory/random_law.h"
#include <math.h>

void lsa_theory_random_minimum(const lsa_theory_random *t, double *out)
{
    ext_round(&t->A, out);
}

static long double at_zero(const lsa_theory_random *t)
{
    return 0.5L * ext_trace_product(&t->mean, &t->Omega);
}

double lsa_theory_random_loss_at_zero(const lsa_theory_random *t)
{
    return (double)at_zero(t);
}

static long double least_loss(const lsa_theory_random *t)
{
    return at_zero(t) - 0.5L * t->r * ext_inner(&t->signal, &t->A);
}

double lsa_theory_random_least_loss(const lsa_theory_random *t)
{
    return (double)least_loss(t);
}

/* u and U = A / u. */
static void place(const lsa_theory_random *t, long double u, double *u_out, double *U)
{
    *u_out = (double)u;
    for (ptrdiff_t j = 0; U != NULL && j < t->d; j++)
        for (ptrdiff_t i = 0; i < t->d; i++)
            U[i + j * t->d] = (double)(u != 0.0L ? ext_entry(&t->A, i, j) / u : 0.0L);
}

void lsa_theory_random_balanced(const lsa_theory_random *t, double *u, double *U)
{
    place(t, sqrtl(ext_norm(&t->A)), u, U);
}

lsa_status lsa_theory_random_settled(const lsa_theory_random *t, double u0, const double *U0, double *u, double *U,
                                     lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix start = {.d = 0}, unseen = {.d = 0};
    LSA_TRY(ext_from_doubles(&start, t->d, 1.0, U0, err));
    LSA_TRY(ext_dense(&unseen, &start, err));
    LSA_TRY(theory_random_unseen(t, &unseen, err));
    const long double seen2 = ext_inner(&start, &start) - ext_inner(&unseen, &unseen);
    const long double limit = theory_limit_u(u0, seen2, ext_norm(&t->A));
    place(t, limit, u, U);
    for (ptrdiff_t k = 0; U != NULL && k < t->d * t->d; k++)
        U[k] += (double)unseen.a[k];
done:
    ext_clear(&start);
    ext_clear(&unseen);
    return status;
}

/* D = u U - A, and H D; both made here. */
static lsa_status deviation(const lsa_theory_random *t, double u, const double *U, ext_matrix *D, ext_matrix *HD,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(ext_from_doubles(D, t->d, u, U, err));
    for (ptrdiff_t j = 0; j < t->d; j++)
        for (ptrdiff_t i = 0; i < t->d; i++)
            D->a[i + j * t->d] -= ext_entry(&t->A, i, j);
    LSA_TRY(theory_random_apply(t, D, HD, err));
done:
    return status;
}

static lsa_status gap_of(const lsa_theory_random *t, double u, const double *U, long double *gap, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix D = {.d = 0}, HD = {.d = 0};
    LSA_TRY(deviation(t, u, U, &D, &HD, err));
    *gap = 0.5L * t->r * t->r * ext_inner(&HD, &D);
done:
    ext_clear(&D);
    ext_clear(&HD);
    return status;
}

lsa_status lsa_theory_random_gap(const lsa_theory_random *t, double u, const double *U, double *gap, lsa_error *err)
{
    lsa_status status = LSA_OK;
    long double value = 0.0L;
    LSA_TRY(gap_of(t, u, U, &value, err));
    *gap = (double)value;
done:
    return status;
}

lsa_status lsa_theory_random_loss(const lsa_theory_random *t, double u, const double *U, double *loss, lsa_error *err)
{
    lsa_status status = LSA_OK;
    long double value = 0.0L;
    LSA_TRY(gap_of(t, u, U, &value, err));
    *loss = (double)(least_loss(t) + value);
done:
    return status;
}

/* dL/dU = u r^2 H D and dL/du = r^2 <H D, U>. */
lsa_status lsa_theory_random_gradient(const lsa_theory_random *t, double u, const double *U, double *du, double *dU,
                                      lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix D = {.d = 0}, HD = {.d = 0};
    long double sum = 0.0L;
    LSA_TRY(deviation(t, u, U, &D, &HD, err));
    ext_scale(&HD, t->r * t->r);
    for (ptrdiff_t k = 0; k < t->d * t->d; k++)
        sum += HD.a[k] * (long double)U[k];
    ext_scale(&HD, (long double)u);
    ext_round(&HD, dU);
    *du = (double)sum;
done:
    ext_clear(&D);
    ext_clear(&HD);
    return status;
}
