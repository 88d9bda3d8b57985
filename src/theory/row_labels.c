/* row_labels.c - a user's own regression data as a law: rows drawn with replacement.  (W25)
 *
 * Every expectation is a mean over rows. The least squares solution goes by the eigenbasis of X'X/n, whose condition is
 * the square of X's; steps of refinement on the residual, which is X's own, bring it back. */
#include "base/try.h"
#include "lsaflow/theory_labels.h"
#include "theory/extended.h"
#include <math.h>
#include <stdlib.h>

typedef struct table {
    ptrdiff_t n, d;
    const double *rows, *labels;
} table;

static lsa_status check(const table *t, lsa_error *err)
{
    if (t->n < 1 || t->d < 1)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "data need at least one row and one column, got %td by %td", t->n,
                             t->d);
    for (ptrdiff_t k = 0; k < t->n * t->d; k++)
        if (!isfinite(t->rows[k]))
            return lsa_error_set(err, LSA_ERR_DOMAIN, "row %td, column %td is not finite", k % t->n + 1, k / t->n + 1);
    for (ptrdiff_t k = 0; k < t->n; k++)
        if (!isfinite(t->labels[k]))
            return lsa_error_set(err, LSA_ERR_DOMAIN, "the label of row %td is not finite", k + 1);
    return LSA_OK;
}

/* out = (1/n) sum_k weight_k x_k x_k'; weight NULL: all 1. */
static lsa_status weighted_moment(const table *t, const double *weight, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(ext_init(out, t->d, EXT_DENSE, err));
    for (ptrdiff_t j = 0; j < t->d; j++)
        for (ptrdiff_t i = 0; i <= j; i++) {
            const double *x = t->rows + i * t->n, *z = t->rows + j * t->n;
            long double sum = 0.0L;
            for (ptrdiff_t k = 0; k < t->n; k++)
                sum += (long double)x[k] * (long double)z[k] *
                       (weight != NULL ? (long double)weight[k] * (long double)weight[k] : 1.0L);
            out->a[i + j * t->d] = out->a[j + i * t->d] = sum / (long double)t->n;
        }
done:
    return status;
}

/* h = X' e / n */
static void project(const table *t, const long double *e, long double *h)
{
    for (ptrdiff_t j = 0; j < t->d; j++) {
        h[j] = 0.0L;
        for (ptrdiff_t k = 0; k < t->n; k++)
            h[j] += (long double)t->rows[k + j * t->n] * e[k];
        h[j] /= (long double)t->n;
    }
}

/* e = y - X a; returns the mean of its square. */
static long double residual(const table *t, const long double *a, long double *e)
{
    long double sum = 0.0L;
    for (ptrdiff_t k = 0; k < t->n; k++)
        e[k] = (long double)t->labels[k];
    for (ptrdiff_t j = 0; j < t->d; j++)
        for (ptrdiff_t k = 0; k < t->n; k++)
            e[k] -= (long double)t->rows[k + j * t->n] * a[j];
    for (ptrdiff_t k = 0; k < t->n; k++)
        sum += e[k] * e[k];
    return sum / (long double)t->n;
}

/* a by solves on the residuals of each other; *best the last mean squared residual. */
static lsa_status least_squares(const table *t, const ext_matrix *Lambda, long double *a, long double *best,
                                lsa_error *err)
{
    enum { ROUNDS = 4 }; /* each gains -log10(eps cond(X)^2) digits: 7 and more for cond(X) = 1e6 */
    lsa_status status = LSA_OK;
    long double *e = ext_vec_create(t->n), *h = ext_vec_create(2 * t->d);
    LSA_TRY_MEMORY(e, "least squares");
    LSA_TRY_MEMORY(h, "least squares");
    for (int round = 0; round < ROUNDS; round++) {
        residual(t, a, e);
        project(t, e, h);
        LSA_TRY(ext_pseudo_solve(Lambda, h, h + t->d, err));
        for (ptrdiff_t j = 0; j < t->d; j++)
            a[j] += h[t->d + j];
    }
    *best = residual(t, a, e);
done:
    free(e);
    free(h);
    return status;
}

static lsa_status covariance_of_products(const table *t, double *S, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix M = {.d = 0};
    long double *h = ext_vec_create(t->d), *y = ext_vec_create(t->n);
    LSA_TRY_MEMORY(h, "the moments of data");
    LSA_TRY_MEMORY(y, "the moments of data");
    for (ptrdiff_t k = 0; k < t->n; k++)
        y[k] = (long double)t->labels[k];
    project(t, y, h);
    LSA_TRY(weighted_moment(t, t->labels, &M, err));
    for (ptrdiff_t j = 0; j < t->d; j++)
        for (ptrdiff_t i = 0; i < t->d; i++)
            M.a[i + j * t->d] -= h[i] * h[j];
    ext_round(&M, S);
done:
    ext_clear(&M);
    free(h);
    free(y);
    return status;
}

lsa_status lsa_theory_row_labels(ptrdiff_t n, ptrdiff_t d, const double *rows, const double *labels, double *Lambda,
                                 double *a, double *S, double *best_linear, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const table t = {.n = n, .d = d, .rows = rows, .labels = labels};
    ext_matrix moment = {.d = 0};
    long double *solution = NULL, best = 0.0L;
    LSA_TRY(check(&t, err));
    solution = ext_vec_create(d);
    LSA_TRY_MEMORY(solution, "the moments of data");
    LSA_TRY(weighted_moment(&t, NULL, &moment, err));
    LSA_TRY(least_squares(&t, &moment, solution, &best, err));
    if (S != NULL)
        LSA_TRY(covariance_of_products(&t, S, err));
    if (Lambda != NULL)
        ext_round(&moment, Lambda);
    for (ptrdiff_t i = 0; a != NULL && i < d; i++)
        a[i] = (double)solution[i];
    if (best_linear != NULL)
        *best_linear = (double)best;
done:
    ext_clear(&moment);
    free(solution);
    return status;
}
