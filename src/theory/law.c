/* law.c - preparing a training law; see law.h for the spectra and why they are these. */
#include "theory/law.h"
#include "base/try.h"
#include "theory/setting_view.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>

lsa_status theory_check_training(const lsa_setting *training, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(theory_check_setting(training, err));
    if (!(training->context >= 1.0))
        status =
            lsa_error_set(err, LSA_ERR_DOMAIN, "the context length N must be at least 1, got %.17g", training->context);
done:
    return status;
}

void theory_training_scales(const lsa_setting *training, long double *inverse_n, long double *r)
{
    *inverse_n = isinf(training->context) ? 0.0L : 1.0L / (long double)training->context;
    *r = training->normalise_plus_one ? 1.0L / (1.0L + *inverse_n) : 1.0L;
}

static void set_numbers(lsa_theory *t, const lsa_setting *training)
{
    t->d = training->covariance->d;
    t->s2 = (long double)training->label_noise;
    theory_training_scales(training, &t->inverse_n, &t->r);
}

static lsa_status make_vectors(lsa_theory *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    t->lambda = ext_vec_create(t->d);
    t->s = ext_vec_create(t->d);
    t->f = ext_vec_create(t->d);
    t->g = ext_vec_create(t->d);
    t->order = calloc((size_t)t->d, sizeof *t->order);
    LSA_TRY_MEMORY(t->lambda, "the spectra of a law");
    LSA_TRY_MEMORY(t->s, "the spectra of a law");
    LSA_TRY_MEMORY(t->f, "the spectra of a law");
    LSA_TRY_MEMORY(t->g, "the spectra of a law");
    LSA_TRY_MEMORY(t->order, "the spectra of a law");
done:
    return status;
}

/* Rounding may push a zero eigenvalue below zero; what lies lower than 1e-10 of the largest is no rounding of ours. */
static lsa_status clip_spectrum(ptrdiff_t d, long double *x, const char *what, lsa_error *err)
{
    long double largest = 0.0L;
    for (ptrdiff_t i = 0; i < d; i++)
        largest = fmaxl(largest, x[i]);
    for (ptrdiff_t i = 0; i < d; i++) {
        if (x[i] < -1e-10L * largest)
            return lsa_error_set(err, LSA_ERR_DOMAIN, "%s is not positive semidefinite: eigenvalue %.17g", what,
                                 (double)x[i]);
        if (x[i] <= ext_cut(d) * largest)
            x[i] = 0.0L;
    }
    return LSA_OK;
}

static lsa_status prepare_covariance(lsa_theory *t, const lsa_setting *training, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(theory_covariance(&t->Lambda, training->covariance, "the covariance", err));
    LSA_TRY(ext_eigen(&t->Lambda, t->lambda, &t->Q, err));
    LSA_TRY(clip_spectrum(t->d, t->lambda, "the covariance", err));
    t->trace = ext_trace(&t->Lambda);
    for (ptrdiff_t i = 0; i < t->d; i++)
        t->rank += t->lambda[i] > 0.0L;
    if (t->rank == 0)
        status = lsa_error_set(err, LSA_ERR_DOMAIN, "the covariance is zero");
done:
    return status;
}

static lsa_status prepare_task(lsa_theory *t, const lsa_setting *training, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(theory_task(&t->Omega, training, err));
    t->psi2 = t->Omega.a[0];
    t->isotropic_task = t->Omega.kind == EXT_DIAGONAL && t->psi2 > 0.0L;
    for (ptrdiff_t i = 1; t->isotropic_task && i < t->d; i++)
        t->isotropic_task = t->Omega.a[i] == t->psi2;
done:
    return status;
}

/* out = Q diag(lambda^power), zero columns outside range(Lambda). */
static lsa_status root(const lsa_theory *t, long double power, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix scale = {.d = 0};
    LSA_TRY(ext_init(&scale, t->d, EXT_DIAGONAL, err));
    for (ptrdiff_t i = 0; i < t->d; i++)
        scale.a[i] = t->lambda[i] > 0.0L ? powl(t->lambda[i], power) : 0.0L;
    LSA_TRY(ext_product(out, &t->Q, &scale, err));
done:
    ext_clear(&scale);
    return status;
}

/* Omega commutes with Lambda by its form: S is diagonal beside it. */
static bool commutes(const lsa_theory *t)
{
    return t->isotropic_task || (t->Q.kind == EXT_DIAGONAL && t->Omega.kind == EXT_DIAGONAL);
}

static lsa_status prepare_commuting(lsa_theory *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t i = 0; i < t->d; i++)
        t->s[i] = t->lambda[i] * (t->isotropic_task ? t->psi2 : t->Omega.a[i]);
    LSA_TRY(root(t, 0.5L, &t->P, err));
    LSA_TRY(root(t, -0.5L, &t->W, err));
done:
    return status;
}

/* S = Rq' Omega Rq with Rq = Q diag(lambda)^{1/2}: graded, which Jacobi resolves to relative accuracy. */
static lsa_status prepare_general(lsa_theory *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix R = {.d = 0}, R_inverse = {.d = 0}, Omega = {.d = 0}, S = {.d = 0}, V = {.d = 0};
    LSA_TRY(root(t, 0.5L, &R, err));
    LSA_TRY(root(t, -0.5L, &R_inverse, err));
    LSA_TRY(ext_dense(&Omega, &t->Omega, err));
    LSA_TRY(ext_rotate(&S, &R, &Omega, err));
    LSA_TRY(ext_eigen(&S, t->s, &V, err));
    LSA_TRY(clip_spectrum(t->d, t->s, "the task covariance", err));
    LSA_TRY(ext_product(&t->P, &R, &V, err));
    LSA_TRY(ext_product(&t->W, &R_inverse, &V, err));
done:
    ext_clear(&R);
    ext_clear(&R_inverse);
    ext_clear(&Omega);
    ext_clear(&S);
    ext_clear(&V);
    return status;
}

/* f_k; where G vanishes too (c = 0) the mode is not seen and f_k = 0. */
static void prepare_response(lsa_theory *t)
{
    long double sum = t->s2;
    for (ptrdiff_t k = 0; k < t->d; k++)
        sum += t->s[k];
    t->c = t->inverse_n * sum;
    for (ptrdiff_t k = 0; k < t->d; k++)
        t->f[k] = t->s[k] > 0.0L ? t->s[k] / ((1.0L + t->inverse_n) * t->s[k] + t->c) : 0.0L;
}

/* The rank of G = P diag((1 + 1/N) s + c) P' is known exactly: eigenvalues beyond it are rounding. */
static void clip_left(lsa_theory *t)
{
    ptrdiff_t rank = t->rank;
    if (t->c == 0.0L)
        for (ptrdiff_t k = rank = 0; k < t->d; k++)
            rank += t->s[k] > 0.0L;
    for (ptrdiff_t k = 0; k < t->d; k++)
        if (k < t->d - rank || t->g[k] < 0.0L)
            t->g[k] = 0.0L;
    t->blind = rank < t->rank;
}

/* The spectrum of G by its own eigendecomposition, where it does not share Lambda's basis. */
static lsa_status decompose_left(lsa_theory *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix G = {.d = 0};
    LSA_TRY(ext_congruence(&G, &t->P, t->g, err));
    LSA_TRY(ext_eigen(&G, t->g, &t->left, err));
    clip_left(t);
done:
    ext_clear(&G);
    return status;
}

static lsa_status prepare_left(lsa_theory *t, lsa_error *err)
{
    for (ptrdiff_t k = 0; k < t->d; k++)
        t->g[k] = (1.0L + t->inverse_n) * t->s[k] + t->c;
    if (!commutes(t))
        return decompose_left(t, err);
    for (ptrdiff_t k = 0; k < t->d; k++)
        t->g[k] *= t->lambda[k];
    return LSA_OK;
}

static lsa_status prepare_norms(lsa_theory *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix A = {.d = 0}, B = {.d = 0};
    if (commutes(t)) {
        long double a = 0.0L, b = 0.0L;
        for (ptrdiff_t k = 0; k < t->d; k++) {
            a += t->lambda[k] > 0.0L ? powl(t->f[k] / t->lambda[k], 2.0L) : 0.0L;
            b += powl(t->s[k] * t->lambda[k], 2.0L);
        }
        t->norm_A = sqrtl(a) / t->r;
        t->norm_B = sqrtl(b);
        goto done;
    }
    LSA_TRY(theory_minimum(t, t->d, &A, err));
    LSA_TRY(ext_congruence(&B, &t->P, t->s, err));
    t->norm_A = ext_norm(&A);
    t->norm_B = ext_norm(&B);
done:
    ext_clear(&A);
    ext_clear(&B);
    return status;
}

/* Pairs (value, index): larger values first, equal ones in their order. */
static int descending(const void *x, const void *y)
{
    const long double *a = x, *b = y;
    if (a[0] != b[0])
        return a[0] > b[0] ? -1 : 1;
    return (a[1] > b[1]) - (a[1] < b[1]);
}

static lsa_status prepare_order(lsa_theory *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    long double *pairs = ext_vec_create(2 * t->d);
    LSA_TRY_MEMORY(pairs, "the spectra of a law");
    for (ptrdiff_t k = 0; k < t->d; k++) {
        pairs[2 * k] = t->s[k];
        pairs[2 * k + 1] = (long double)k;
    }
    qsort(pairs, (size_t)t->d, 2 * sizeof *pairs, descending);
    for (ptrdiff_t k = 0; k < t->d; k++)
        t->order[k] = (ptrdiff_t)pairs[2 * k + 1];
done:
    free(pairs);
    return status;
}

lsa_status lsa_theory_create(const lsa_setting *training, lsa_theory **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory *t = NULL;
    LSA_TRY(theory_check_training(training, err));
    t = calloc(1, sizeof *t);
    LSA_TRY_MEMORY(t, "a law");
    set_numbers(t, training);
    LSA_TRY(make_vectors(t, err));
    LSA_TRY(prepare_covariance(t, training, err));
    LSA_TRY(prepare_task(t, training, err));
    LSA_TRY(commutes(t) ? prepare_commuting(t, err) : prepare_general(t, err));
    prepare_response(t);
    LSA_TRY(prepare_order(t, err));
    LSA_TRY(prepare_left(t, err));
    LSA_TRY(prepare_norms(t, err));
    *out = t; /* the caller owns it from here */
    t = NULL;
done:
    lsa_theory_destroy(t);
    return status;
}

void lsa_theory_destroy(lsa_theory *theory)
{
    if (theory == NULL)
        return;
    ext_clear(&theory->Lambda);
    ext_clear(&theory->Omega);
    ext_clear(&theory->Q);
    ext_clear(&theory->P);
    ext_clear(&theory->W);
    ext_clear(&theory->left);
    free(theory->lambda);
    free(theory->s);
    free(theory->f);
    free(theory->g);
    free(theory->order);
    free(theory);
}
