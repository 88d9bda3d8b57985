/* shift_risk.c - the error of any A = u U when context, query, task, noise and length all differ from training.  (W13)
 *
 * Written as bias and variance, so that nothing cancels: with X = Lambda_c A_r,
 *     bias      tr(Omega (I - X) Lambda_q (I - X)')                               what infinitely many pairs leave
 *     variance  (1/M) [tr(Omega X Lambda_q X') + (tr(Lambda_c Omega) + s2) tr(X Lambda_q A_r')]
 * A fixed task is Omega = w w'; label noise enters by its variance alone, whatever its law. */
#include "base/try.h"
#include "theory/law.h"
#include "theory/risk.h"
#include "theory/setting_view.h"
#include <math.h>
#include <stdlib.h>

/* X -> I - X */
static void complement(ext_matrix *X)
{
    const ptrdiff_t stride = X->kind == EXT_DENSE ? X->d + 1 : 1;
    ext_scale(X, -1.0L);
    for (ptrdiff_t i = 0; i < X->d; i++)
        X->a[i * stride] += 1.0L;
}

/* The variance at r = 1. */
static lsa_status risk_variance(const risk_setting *s, const ext_matrix *A, const ext_matrix *X, long double *variance,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix XQ = {.d = 0};
    long double repeated = 0.0L, correction = 0.0L;
    LSA_TRY(ext_product(&XQ, X, s->query, err));
    LSA_TRY(ext_weighted_inner(s->task, &XQ, X, &repeated, err));
    const long double signal = ext_trace_product(s->context, s->task) + s->s2;
    LSA_TRY(theory_context_correction(s, A, &correction, err));
    *variance = s->inverse_m * (repeated + signal * ext_inner(&XQ, A) + correction);
done:
    ext_clear(&XQ);
    return status;
}

lsa_status theory_risk(const risk_setting *s, const ext_matrix *A, long double *risk, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix X = {.d = 0}, YQ = {.d = 0};
    long double variance = 0.0L, bias = 0.0L;
    LSA_TRY(ext_product(&X, s->context, A, err));
    if (s->inverse_m > 0.0L)
        LSA_TRY(risk_variance(s, A, &X, &variance, err));
    ext_scale(&X, s->r);
    complement(&X);
    LSA_TRY(ext_product(&YQ, &X, s->query, err));
    LSA_TRY(ext_weighted_inner(s->task, &YQ, &X, &bias, err));
    *risk = bias + s->r * s->r * variance;
done:
    ext_clear(&X);
    ext_clear(&YQ);
    return status;
}

lsa_status theory_check_test(const lsa_setting *test, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(theory_check_setting(test, err));
    if (test->context != 0.0 && !(test->context >= 1.0))
        status = lsa_error_set(err, LSA_ERR_DOMAIN, "the context length M must be 0 or at least 1, got %.17g",
                               test->context);
done:
    return status;
}

void theory_test_scales(double M, bool plus_one, long double *inverse_m, long double *r)
{
    *inverse_m = M == 0.0 || isinf(M) ? 0.0L : 1.0L / (long double)M;
    *r = M == 0.0 ? 0.0L : 1.0L / (1.0L + (plus_one ? *inverse_m : 0.0L));
}

/* The second moments of covariates with a mean, and their covariance beside them. */
static lsa_status set_mean(owned_setting *s, ptrdiff_t d, const double *mean, lsa_error *err)
{
    lsa_status status = LSA_OK;
    s->mean = ext_vec_create(d);
    LSA_TRY_MEMORY(s->mean, "a test setting");
    for (ptrdiff_t i = 0; i < d; i++)
        s->mean[i] = (long double)mean[i];
    LSA_TRY(ext_dense(&s->centred, &s->context, err));
    LSA_TRY(theory_add_outer(&s->context, s->mean, err));
    LSA_TRY(theory_add_outer(&s->query, s->mean, err));
done:
    return status;
}

static lsa_status require_independent(const lsa_setting *test, lsa_error *err)
{
    if (!lsa_setting_is_linear(test))
        return lsa_error_set(err, LSA_ERR_UNABLE, "the labels are no linear task");
    if (test->query_orthogonal)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the query depends on the context");
    if (lsa_covariance_is_random(test->covariance) || (!test->query_is_same && lsa_covariance_is_random(test->query)))
        return lsa_error_set(err, LSA_ERR_UNABLE, "every prompt draws its own covariance");
    return LSA_OK;
}

lsa_status theory_setting_init(owned_setting *s, const lsa_setting *test, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(require_independent(test, err));
    LSA_TRY(theory_check_test(test, err));
    LSA_TRY(theory_check_context_law(test, err));
    LSA_TRY(theory_covariance(&s->context, test->covariance, "the context covariance", err));
    LSA_TRY(theory_query(&s->query, test, err));
    LSA_TRY(theory_task(&s->task, test, err));
    if (test->mean != NULL)
        LSA_TRY(set_mean(s, test->covariance->d, test->mean, err));
    s->view = (risk_setting){.context = &s->context,
                             .query = &s->query,
                             .centred = test->mean != NULL ? &s->centred : &s->context,
                             .mean = s->mean,
                             .excess = (long double)theory_excess(test),
                             .task = &s->task,
                             .s2 = (long double)test->label_noise};
    theory_test_scales(test->context, test->normalise_plus_one, &s->view.inverse_m, &s->view.r);
done:
    return status;
}

void theory_setting_clear(owned_setting *s)
{
    ext_clear(&s->context);
    ext_clear(&s->query);
    ext_clear(&s->task);
    ext_clear(&s->centred);
    free(s->mean);
    s->mean = NULL;
}

lsa_status lsa_theory_shift_risk(const lsa_setting *test, const double *A, double *risk, lsa_error *err)
{
    lsa_status status = LSA_OK;
    owned_setting setting = {.context = {.d = 0}};
    ext_matrix product = {.d = 0};
    long double value = 0.0L;
    LSA_TRY(theory_setting_init(&setting, test, err));
    LSA_TRY(ext_from_doubles(&product, test->covariance->d, 1.0, A, err));
    LSA_TRY(theory_risk(&setting.view, &product, &value, err));
    *risk = (double)(value + (long double)theory_query_noise(test));
done:
    theory_setting_clear(&setting);
    ext_clear(&product);
    return status;
}

/* The best A does not depend on the query's law, so it is the minimum of training in this very setting. */
static lsa_status best_gaussian(const lsa_setting *test, ext_matrix *best, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory *there = NULL;
    LSA_TRY(lsa_theory_create(test, &there, err));
    LSA_TRY(theory_minimum(there, there->d, best, err));
done:
    lsa_theory_destroy(there);
    return status;
}

lsa_status lsa_theory_shift_best(const lsa_setting *test, double *A, double *risk, lsa_error *err)
{
    lsa_status status = LSA_OK;
    owned_setting setting = {.context = {.d = 0}};
    ext_matrix best = {.d = 0};
    long double value = 0.0L;
    if (test->mean != NULL || theory_excess(test) != 0.0)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "the best parameters are known here for centred Gaussian contexts only");
    LSA_TRY(theory_setting_init(&setting, test, err));
    LSA_TRY(best_gaussian(test, &best, err));
    LSA_TRY(theory_risk(&setting.view, &best, &value, err));
    *risk = (double)(value + (long double)theory_query_noise(test));
    if (A != NULL)
        ext_round(&best, A);
done:
    theory_setting_clear(&setting);
    ext_clear(&best);
    return status;
}
