/* equation.c - the scalar equation's data. */
#include "spectral/equation.h"
#include "base/matrix.h"
#include "base/simd_series.h"
#include "base/simd_vector.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static ptrdiff_t filled_up(ptrdiff_t n)
{
    return (n + SPECTRAL_LANES - 1) / SPECTRAL_LANES * SPECTRAL_LANES;
}

static lsa_status check(const spectral_problem *p, lsa_error *err)
{
    for (ptrdiff_t k = 0; k < p->count; k++)
        if (!(p->rates[k] > 0.0 && isfinite(p->rates[k]) && p->drives[k] != 0.0 && isfinite(p->drives[k]) &&
              isfinite(p->start[k])))
            return lsa_error_set(err, LSA_ERR_DOMAIN,
                                 "mode %td must have a rate above 0, a drive that is not 0 and a finite start, got %g, "
                                 "%g, %g",
                                 k + 1, p->rates[k], p->drives[k], p->start[k]);
    for (ptrdiff_t q = 0; q < p->n_decays; q++)
        if (!(p->decay_rates[q] >= 0.0 && isfinite(p->decay_rates[q]) && isfinite(p->decay_squares[q])))
            return lsa_error_set(err, LSA_ERR_DOMAIN, "decay %td: rate %g, square %g", q + 1, p->decay_rates[q],
                                 p->decay_squares[q]);
    if (!(isfinite(p->u) && isfinite(p->constant)))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "u = %g and u^2 - |U|^2 = %g must be finite", p->u, p->constant);
    return LSA_OK;
}

static lsa_status copy(ptrdiff_t n, const double *from, ptrdiff_t padded, double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = lsa_vec_create(padded);
    LSA_TRY_MEMORY(*out, "the scalar equation");
    if (n > 0)
        memcpy(*out, from, (size_t)n * sizeof **out);
done:
    return status;
}

typedef struct decay {
    double rate, square;
} decay;

static int by_rate(const void *a, const void *b)
{
    const double x = ((const decay *)a)->rate, y = ((const decay *)b)->rate;
    return (x > y) - (x < y);
}

/* The slowest first. */
static lsa_status sort_decays(spectral_equation *e, ptrdiff_t n, lsa_error *err)
{
    lsa_status status = LSA_OK;
    decay *list = malloc((size_t)(n + 1) * sizeof *list);
    LSA_TRY_MEMORY(list, "the scalar equation");
    for (ptrdiff_t q = 0; q < n; q++)
        list[q] = (decay){e->decay_rates[q], e->decay_squares[q]};
    qsort(list, (size_t)n, sizeof *list, by_rate);
    for (ptrdiff_t q = 0; q < n; q++) {
        e->decay_rates[q] = list[q].rate;
        e->decay_squares[q] = list[q].square;
    }
done:
    free(list);
    return status;
}

lsa_status spectral_equation_create(const spectral_problem *p, spectral_equation **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    spectral_equation *e = NULL;
    LSA_TRY(check(p, err));
    e = calloc(1, sizeof *e);
    LSA_TRY_MEMORY(e, "the scalar equation");
    e->count = p->count;
    e->padded = filled_up(p->count);
    e->n_decays = filled_up(p->n_decays);
    e->constant = p->constant;
    LSA_TRY(copy(p->count, p->rates, e->padded, &e->rates, err));
    LSA_TRY(copy(p->count, p->drives, e->padded, &e->drives, err));
    LSA_TRY(copy(p->count, p->start, e->padded, &e->start, err));
    LSA_TRY(copy(p->n_decays, p->decay_rates, e->n_decays, &e->decay_rates, err));
    LSA_TRY(copy(p->n_decays, p->decay_squares, e->n_decays, &e->decay_squares, err));
    LSA_TRY(sort_decays(e, p->n_decays, err));
    *out = e;
    e = NULL;
done:
    spectral_equation_destroy(e);
    return status;
}

void spectral_equation_destroy(spectral_equation *equation)
{
    if (equation == NULL)
        return;
    free(equation->rates);
    free(equation->drives);
    free(equation->start);
    free(equation->decay_rates);
    free(equation->decay_squares);
    free(equation);
}

/* A term so many e-folds down is 1e-43 of the least that u^2 can be, whatever its weight. */
static const double DEAD = 100.0;

/* The vectors of decays in which one is not dead yet. */
static ptrdiff_t alive(const spectral_equation *e, double action)
{
    ptrdiff_t low = 0, high = e->n_decays / SPECTRAL_LANES;
    while (low < high) {
        const ptrdiff_t middle = low + (high - low) / 2;
        if (2.0 * action * e->decay_rates[middle * SPECTRAL_LANES] < DEAD)
            low = middle + 1;
        else
            high = middle;
    }
    return low * SPECTRAL_LANES;
}

spectral_decays spectral_decays_at(const spectral_equation *e, double action)
{
    double sums[3] = {0.0};
    const ptrdiff_t n = alive(e, action);
    if (n > 0)
        lsa_simd_exp_sums(n, -2.0 * action, e->decay_rates, e->decay_squares, sums);
    return (spectral_decays){.square = sums[0], .loss = sums[1]};
}

double spectral_closure(const spectral_equation *e, double action, const double *U)
{
    return e->constant + (lsa_simd_dot(e->padded, U, U) + spectral_decays_at(e, action).square);
}

double spectral_limit(const spectral_equation *e)
{
    double square = 0.0;
    for (ptrdiff_t k = 0; k < e->count; k++)
        square += (e->drives[k] / e->rates[k]) * (e->drives[k] / e->rates[k]);
    const double half = 0.5 * e->constant, root = sqrt(half * half + square);
    return half >= 0.0 ? half + root : square / (root - half);
}
