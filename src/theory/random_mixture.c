/* random_mixture.c - finitely many covariances, each with a probability: averages are sums.  (W15) */
#include "base/try.h"
#include "theory/random_law.h"
#include "theory/setting_view.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* sum += a X; sum is DENSE unless both are DIAGONAL. */
static void add(ext_matrix *sum, long double a, const ext_matrix *X)
{
    const ptrdiff_t d = sum->d;
    if (sum->kind == X->kind) {
        for (ptrdiff_t k = 0; k < (sum->kind == EXT_DENSE ? d * d : d); k++)
            sum->a[k] += a * X->a[k];
        return;
    }
    for (ptrdiff_t i = 0; i < d; i++)
        sum->a[i + i * d] += a * X->a[i];
}

static lsa_status check_weights(ptrdiff_t components, const double *weights, lsa_error *err)
{
    double sum = 0.0;
    if (components < 1)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "a mixture needs at least one covariance, got %td", components);
    for (ptrdiff_t c = 0; c < components; c++) {
        if (!(weights[c] > 0.0))
            return lsa_error_set(err, LSA_ERR_DOMAIN, "a mixture's weight %td must be positive, got %.17g", c + 1,
                                 weights[c]);
        sum += weights[c];
    }
    if (!(fabs(sum - 1.0) <= 1e-12)) /* the rounding of decimal fractions; larger is a mistake */
        return lsa_error_set(err, LSA_ERR_DOMAIN, "a mixture's weights must sum to 1, got %.17g", sum);
    return LSA_OK;
}

/* The spectrum of a component, up to rounding, has nothing below zero. */
static lsa_status check_semidefinite(const ext_matrix *Lambda, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Q = {.d = 0};
    long double *lambda = ext_vec_create(Lambda->d), largest = 0.0L, least = 0.0L;
    LSA_TRY_MEMORY(lambda, "a random covariance");
    LSA_TRY(ext_eigen(Lambda, lambda, &Q, err));
    for (ptrdiff_t i = 0; i < Lambda->d; i++) {
        largest = fmaxl(largest, lambda[i]);
        least = fminl(least, lambda[i]);
    }
    if (least < -1e-10L * largest)
        status = lsa_error_set(err, LSA_ERR_DOMAIN, "a covariance is not positive semidefinite: eigenvalue %.17g",
                               (double)least);
done:
    ext_clear(&Q);
    free(lambda);
    return status;
}

/* Lambda_c, and Lambda_c Omega Lambda_c, whose average is B, and G_c. */
static lsa_status keep_component(lsa_theory_random *t, ptrdiff_t c, const lsa_covariance *covariance, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix *Lambda = &t->Lambda[c], *G = &t->G[c];
    assert(covariance->d == t->d);
    LSA_TRY(theory_covariance(Lambda, covariance, "a covariance", err));
    LSA_TRY(check_semidefinite(Lambda, err));
    LSA_TRY(ext_rotate(G, Lambda, &t->Omega, err));
    if (Lambda->kind == EXT_DENSE || t->Omega.kind == EXT_DENSE) {
        ext_matrix *sums[3] = {&t->mean, &t->signal, &t->weighted};
        for (int k = 0; k < 3; k++)
            if (sums[k]->kind == EXT_DIAGONAL) {
                ext_matrix dense = {.d = 0};
                LSA_TRY(ext_dense(&dense, sums[k], err));
                ext_clear(sums[k]);
                *sums[k] = dense; /* moved */
            }
    }
    const long double p = t->weights[c], trace = ext_trace_product(Lambda, &t->Omega);
    add(&t->mean, p, Lambda);
    add(&t->signal, p, G);
    add(&t->weighted, p * trace, Lambda);
    ext_scale(G, 1.0L + t->inverse_n);
    add(G, t->inverse_n * (trace + t->s2), Lambda);
done:
    return status;
}

lsa_status theory_mixture_init(lsa_theory_random *t, ptrdiff_t components, const double *weights,
                               const lsa_covariance *covariances, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(check_weights(components, weights, err));
    t->components = components;
    t->weights = ext_vec_create(t->components);
    t->Lambda = calloc((size_t)t->components, sizeof *t->Lambda);
    t->G = calloc((size_t)t->components, sizeof *t->G);
    LSA_TRY_MEMORY(t->weights, "a random covariance");
    LSA_TRY_MEMORY(t->Lambda, "a random covariance");
    LSA_TRY_MEMORY(t->G, "a random covariance");
    LSA_TRY(ext_init(&t->mean, t->d, EXT_DIAGONAL, err));
    LSA_TRY(ext_init(&t->signal, t->d, EXT_DIAGONAL, err));
    LSA_TRY(ext_init(&t->weighted, t->d, EXT_DIAGONAL, err));
    for (ptrdiff_t c = 0; c < t->components; c++) {
        t->weights[c] = (long double)weights[c];
        LSA_TRY(keep_component(t, c, &covariances[c], err));
    }
done:
    return status;
}

bool theory_mixture_is_diagonal(const lsa_theory_random *t)
{
    bool diagonal = t->Omega.kind == EXT_DIAGONAL;
    for (ptrdiff_t c = 0; c < t->components; c++)
        diagonal = diagonal && t->Lambda[c].kind == EXT_DIAGONAL;
    return diagonal;
}

long double theory_mixture_rate(const lsa_theory_random *t, ptrdiff_t i, ptrdiff_t j)
{
    long double sum = 0.0L;
    for (ptrdiff_t c = 0; c < t->components; c++)
        sum += t->weights[c] * ext_entry(&t->G[c], i, i) * ext_entry(&t->Lambda[c], j, j);
    return sum;
}

lsa_status theory_mixture_apply(const lsa_theory_random *t, const ext_matrix *U, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix GU = {.d = 0}, GUL = {.d = 0};
    const bool diagonal = U->kind == EXT_DIAGONAL && theory_mixture_is_diagonal(t);
    LSA_TRY(ext_init(out, t->d, diagonal ? EXT_DIAGONAL : EXT_DENSE, err));
    for (ptrdiff_t c = 0; c < t->components; c++) {
        LSA_TRY(ext_product(&GU, &t->G[c], U, err));
        LSA_TRY(ext_product(&GUL, &GU, &t->Lambda[c], err));
        add(out, t->weights[c], &GUL);
        ext_clear(&GU);
        ext_clear(&GUL);
    }
done:
    ext_clear(&GU);
    ext_clear(&GUL);
    return status;
}
