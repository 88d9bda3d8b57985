/* random_law.c - preparing a random covariance, and its operator H; see random_law.h. */
#include "theory/random_law.h"
#include "base/try.h"
#include "theory/law.h"
#include "theory/operator_solve.h"
#include "theory/setting_view.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* A fixed covariance is a mixture of one. */
static lsa_status init_kind(lsa_theory_random *t, const lsa_setting *training, lsa_error *err)
{
    const double one = 1.0;
    const lsa_covariance *covariance = training->covariance;
    switch (covariance->kind) {
    case LSA_COVARIANCE_LAWS:
        return theory_diagonal_init(t, covariance, err);
    case LSA_COVARIANCE_WISHART:
        return theory_wishart_init(t, training, err);
    case LSA_COVARIANCE_MIXTURE:
        return theory_mixture_init(t, covariance->n_components, covariance->weights, covariance->components, err);
    case LSA_COVARIANCE_SCALAR:
    case LSA_COVARIANCE_DIAGONAL:
    case LSA_COVARIANCE_MATRIX:
        break;
    }
    t->kind = LSA_COVARIANCE_MIXTURE;
    return theory_mixture_init(t, 1, &one, covariance, err);
}

lsa_status theory_random_init(lsa_theory_random *t, const lsa_setting *training, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *t = (lsa_theory_random){
        .d = training->covariance->d, .kind = training->covariance->kind, .s2 = (long double)training->label_noise};
    LSA_TRY(theory_check_training(training, err));
    theory_training_scales(training, &t->inverse_n, &t->r);
    LSA_TRY(theory_task_full(&t->Omega, training, err));
    LSA_TRY(init_kind(t, training, err));
    if (!(ext_trace(&t->mean) > 0.0L))
        status = lsa_error_set(err, LSA_ERR_DOMAIN, "the covariance is zero");
done:
    return status;
}

void theory_random_clear(lsa_theory_random *t)
{
    ext_matrix *const matrices[] = {&t->Omega, &t->mean, &t->signal, &t->weighted, &t->A, &t->P, &t->W};
    for (size_t k = 0; k < sizeof matrices / sizeof *matrices; k++)
        ext_clear(matrices[k]);
    for (ptrdiff_t c = 0; t->Lambda != NULL && t->G != NULL && c < t->components; c++) {
        ext_clear(&t->Lambda[c]);
        ext_clear(&t->G[c]);
    }
    for (int k = 1; k <= 3; k++)
        free(t->moment[k]);
    free(t->entries);
    free(t->weights);
    free(t->Lambda);
    free(t->G);
    free(t->s);
    *t = (lsa_theory_random){.d = 0};
}

/* H A = B: entry by entry where H is diagonal. */
static lsa_status solve_entries(const lsa_theory_random *t, ext_matrix *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool mixture = t->kind == LSA_COVARIANCE_MIXTURE;
    LSA_TRY(ext_init(A, t->d, EXT_DIAGONAL, err));
    for (ptrdiff_t i = 0; i < t->d; i++) {
        const long double g = mixture ? theory_mixture_rate(t, i, i) : theory_diagonal_rate(t, i, i);
        A->a[i] = g > 0.0L ? ext_entry(&t->signal, i, i) / g : 0.0L;
    }
done:
    return status;
}

/* A without its component in null(H), where that is known: then of least norm, and not in the solver's metric only. */
static lsa_status make_least(const lsa_theory_random *t, ext_matrix *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    ext_matrix unseen = {.d = 0};
    LSA_TRY(ext_dense(&unseen, A, err));
    status = theory_random_unseen(t, &unseen, &story);
    for (ptrdiff_t k = 0; status == LSA_OK && k < t->d * t->d; k++)
        A->a[k] -= unseen.a[k];
    if (status != LSA_OK)
        status = status == LSA_ERR_UNABLE ? LSA_OK : lsa_error_copy(err, status, &story);
done:
    ext_clear(&unseen);
    return status;
}

static lsa_status solve(const lsa_theory_random *t, ext_matrix *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (lsa_theory_random_is_diagonal(t))
        return solve_entries(t, A, err);
    if (t->kind == LSA_COVARIANCE_WISHART)
        return theory_wishart_solve(t, A, err);
    LSA_TRY(theory_operator_solve(t, A, err));
    LSA_TRY(make_least(t, A, err));
done:
    return status;
}

lsa_status lsa_theory_random_create(const lsa_setting *training, lsa_theory_random **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_random *t = calloc(1, sizeof *t);
    LSA_TRY_MEMORY(t, "a random covariance");
    LSA_TRY(theory_random_init(t, training, err));
    LSA_TRY(solve(t, &t->A, err));
    ext_scale(&t->A, 1.0L / t->r);
    *out = t; /* the caller owns it from here */
    t = NULL;
done:
    lsa_theory_random_destroy(t);
    return status;
}

void lsa_theory_random_destroy(lsa_theory_random *t)
{
    if (t == NULL)
        return;
    theory_random_clear(t);
    free(t);
}

void lsa_theory_random_mean(const lsa_theory_random *t, double *out)
{
    ext_round(&t->mean, out);
}

void lsa_theory_random_signal(const lsa_theory_random *t, double *out)
{
    ext_round(&t->signal, out);
}

bool lsa_theory_random_is_diagonal(const lsa_theory_random *t)
{
    if (t->kind == LSA_COVARIANCE_MIXTURE)
        return theory_mixture_is_diagonal(t);
    return t->kind == LSA_COVARIANCE_LAWS && t->Omega.kind == EXT_DIAGONAL;
}

lsa_status lsa_theory_random_rates(const lsa_theory_random *t, double *out, lsa_error *err)
{
    if (!lsa_theory_random_is_diagonal(t))
        return lsa_error_set(err, LSA_ERR_UNABLE, "the entries of U are coupled: no rate belongs to one of them");
    for (ptrdiff_t j = 0; j < t->d; j++)
        for (ptrdiff_t i = 0; i < t->d; i++)
            out[i + j * t->d] = (double)(t->kind == LSA_COVARIANCE_MIXTURE ? theory_mixture_rate(t, i, j)
                                                                           : theory_diagonal_rate(t, i, j));
    return LSA_OK;
}

lsa_status lsa_theory_random_off_diagonal(const lsa_theory_random *t, const double *U0, double s, double *out,
                                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double r2 = (double)(t->r * t->r);
    LSA_TRY(lsa_theory_random_rates(t, out, err));
    for (ptrdiff_t j = 0; j < t->d; j++)
        for (ptrdiff_t i = 0; i < t->d; i++) {
            const ptrdiff_t k = i + j * t->d;
            out[k] = i == j ? 0.0 : U0[k] * exp(-r2 * out[k] * s);
        }
done:
    return status;
}
