/* constants.c - the constants of all theorems in one list, for reports. */
#include "base/try.h"
#include "theory/law.h"
#include <assert.h>
#include <math.h>

typedef struct constant_list {
    lsa_theory_constant *items;
    ptrdiff_t count;
} constant_list;

static const char *const needs_isotropic =
    "the paper states it for a task covariance that is a multiple of the identity";
static const char *const needs_start = "it belongs to a start that satisfies Assumption 3.3";
static const char *const needs_full_rank = "it is infinite for a singular covariance";

static const char *const flat = "the loss is constant, or the start has u = 0";

/* A value that does not exist keeps the reason. */
static void add(constant_list *list, const char *name, double value, const char *source, const char *why)
{
    assert(list->count < LSA_THEORY_CONSTANTS_MAX);
    const bool exists = isfinite(value);
    list->items[list->count++] = (lsa_theory_constant){
        .name = name, .value = exists ? value : (double)NAN, .source = source, .why = exists ? NULL : why};
}

static void add_law(constant_list *list, const lsa_theory *t, double u_limit)
{
    add(list, "trace_Lambda", lsa_theory_trace(t), "section 4", NULL);
    add(list, "rank_Lambda", (double)t->rank, "section 3", NULL);
    add(list, "condition", lsa_theory_condition(t), "section 4.1", NULL);
    add(list, "Gamma_norm", lsa_theory_gamma_norm(t), "Theorem 4.1", NULL);
    add(list, "sigma_max", lsa_theory_sigma_max(t), "Theorem 4.1", needs_isotropic);
    add(list, "minimum_norm", lsa_theory_minimum_norm(t), "Theorem 4.1", NULL);
    add(list, "u_limit", u_limit, "Theorem 4.1", NULL);
    add(list, "minimum_loss", lsa_theory_minimum_loss(t, t->d), "Lemma 5.3", NULL);
    add(list, "loss_at_zero", lsa_theory_loss_at_zero(t), "Lemma 5.2", NULL);
    add(list, "least_rate", lsa_theory_least_rate(t), "Lemma 5.4, sharpened", flat);
    add(list, "growth_rate", lsa_theory_growth_rate(t), "Lemma 5.2, linearised at zero", NULL);
    add(list, "learning_floor", lsa_theory_learning_floor(t), "Corollary 4.3", needs_full_rank);
}

static lsa_status add_start(constant_list *list, const lsa_theory *t, double u0, const double *U0, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_start start;
    double u = 0.0, rate = (double)NAN;
    LSA_TRY(lsa_theory_assess_start(t, u0, U0, &start, err));
    LSA_TRY(lsa_theory_limit(t, u0, U0, &u, NULL, err));
    const double absent = (double)NAN;
    if (t->norm_A > 0.0L)
        LSA_TRY(lsa_theory_local_rate(t, u, U0, &rate, err));
    const char *why = start.holds ? needs_isotropic : needs_start;
    add(list, "sigma_margin", lsa_theory_sigma_margin(t, u0), "Theorem 4.1", needs_isotropic);
    add(list, "theta_excitation", start.excitation, "Assumption 3.3", needs_start);
    add(list, "u_lower_bound", start.holds ? lsa_theory_u_lower_bound(t, &start) : absent, "(A.14)", why);
    add(list, "mu", start.holds ? lsa_theory_pl_constant(t, &start) : absent, "(5.7)", why);
    add(list, "mu_sharp", start.holds ? lsa_theory_pl_constant_sharp(t, &start) : absent, "Lemma 5.4, sharpened", why);
    add(list, "local_rate", rate, "Theorem 4.1, linearised at the limit", flat);
    add(list, "escape_time", lsa_theory_escape_time(t, u0), "2501.16265, small initialisation", flat);
done:
    return status;
}

lsa_status lsa_theory_constants(const lsa_theory *theory, double u0, const double *U0,
                                lsa_theory_constant out[LSA_THEORY_CONSTANTS_MAX], ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    constant_list list = {.items = out, .count = 0};
    double u_limit = sqrt(lsa_theory_minimum_norm(theory));
    /* what a start keeps where the loss does not see it counts in |U|, and so in u */
    if (U0 != NULL && !lsa_theory_sees_all(theory))
        LSA_TRY(lsa_theory_limit(theory, u0, U0, &u_limit, NULL, err));
    add_law(&list, theory, u_limit);
    if (U0 != NULL)
        LSA_TRY(add_start(&list, theory, u0, U0, err));
    *count = list.count;
done:
    return status;
}
