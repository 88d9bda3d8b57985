/* text_limits.c - limits and orders in a key of the model: local values on a geometric ladder, Neville's extrapolation in 1/key; the
 * error is the difference of the last two extrapolants. */
#include "verify/text_limits.h"

#include "base/try.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { RUNGS = 8, FIRST_RUNG = 64 };

/* The experiment with another context length N. A test that is as long as training would have to follow: it must be asked by
 * error(test, N). */
static lsa_status with_context(text_world *w, double N, const lsa_experiment **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_experiment *e = lsa_arena_alloc(w->arena, 1, sizeof *e);
    LSA_TRY_MEMORY(e, "a limit");
    *e = *w->experiment;
    e->training.context = N;
    *out = e;
done:
    return status;
}

static bool names_own_length(const text_world *w, const formula_node *node)
{
    const bool test = node->kind == FORMULA_CALL && node->function->id == FORMULA_error && node->n_children == 1;
    if (test && node->children[0]->integer >= 0 &&
        w->experiment->tests[node->children[0]->integer].context == w->experiment->training.context)
        return true;
    for (int k = 0; k < node->n_children; k++)
        if (names_own_length(w, node->children[k]))
            return true;
    return false;
}

static lsa_status at_rung(text_world *w, const formula_node *e, double N, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_study *study = NULL;
    text_world other = {.study = NULL};
    const lsa_experiment *experiment = NULL;
    const formula_value *value;
    lsa_study_options options = *lsa_study_settings(w->study);
    options.progress = NULL;
    LSA_TRY(with_context(w, N, &experiment, err));
    LSA_TRY(lsa_study_create(experiment, &options, &study, err));
    LSA_TRY(text_world_init(&other, &w->face, study, w->scope, w->test, w->coarse, w->run.n_kept,
                            formula_pool_bits(w->run.pool), err));
    LSA_TRY(formula_evaluate(&other.run, e, &value, err));
    w->used_flow = w->used_flow || other.used_flow;
    w->asks_share = w->asks_share || other.asks_share;
    const ptrdiff_t rows = formula_value_rows(value), cols = formula_value_cols(value);
    double *copy = lsa_arena_alloc(w->arena, (size_t)(rows * cols), sizeof *copy);
    LSA_TRY_MEMORY(copy, "a limit");
    for (ptrdiff_t k = 0; k < rows * cols; k++)
        copy[k] = formula_value_double(value, k % rows, k / rows);
    *out = formula_value_computed(w->run.pool, rows, cols, copy);
done:
    text_world_clear(&other);
    lsa_study_destroy(study);
    return status;
}

/* Neville's scheme for f(h), h -> 0, at h_k = h_0 / 2^k: the limit, and its distance to the one of a rung less. */
static void extrapolate(int n, double *f, double *limit, double *error)
{
    double before = f[n - 1];
    double size = 0.0;
    for (int k = 0; k < n; k++)
        size = fmax(size, fabs(f[k]));
    for (int order = 1; order < n; order++) {
        before = f[n - 1];
        for (int k = n - 1; k >= order; k--)
            f[k] += (f[k] - f[k - 1]) / (ldexp(1.0, order) - 1.0);
    }
    *limit = f[n - 1];
    *error = fabs(f[n - 1] - before) + 4.0 * n * DBL_EPSILON * size;
}

/* Local slopes of log f in log N between the rungs. */
static lsa_status slopes(int n, double *f, lsa_error *err)
{
    for (int k = 0; k + 1 < n; k++) {
        const double quotient = f[k + 1] / f[k];
        if (!(quotient > 0.0) || isinf(quotient))
            return lsa_error_set(err, LSA_ERR_DOMAIN,
                                 "it changes its sign or vanishes on the way: no power of the key");
        f[k] = log2(quotient);
    }
    return LSA_OK;
}

lsa_status text_lim(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *e = call->children[0], *key = call->children[1];
    const formula_value *rung[RUNGS];
    const bool order = call->function->id == FORMULA_order;
    if (strcmp(key->text, "N") != 0 && strcmp(key->text, "data.context") != 0)
        return lsa_error_set(err, LSA_ERR_UNABLE, "limits are taken in N, not yet in %.40s", key->text);
    if (key->integer == 0)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "N is at least 1: it goes to .inf only");
    if ((e->needs & (FORMULA_AT_POINT | FORMULA_IN_TIME)) != 0)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "it depends on the parameters: write limit(...) or argmin(...) inside");
    if (names_own_length(w, e))
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "a test of it is as long as N: write error(test, N), or error(test, M)");
    for (int k = 0; k < RUNGS; k++)
        LSA_TRY(at_rung(w, e, ldexp(FIRST_RUNG, k), &rung[k], err));
    const ptrdiff_t rows = formula_value_rows(rung[0]), cols = formula_value_cols(rung[0]);
    double *limit = lsa_arena_alloc(w->arena, (size_t)(rows * cols), sizeof *limit), worst = 0.0;
    LSA_TRY_MEMORY(limit, "a limit");
    for (ptrdiff_t i = 0; i < rows * cols; i++) {
        double f[RUNGS], error;
        for (int k = 0; k < RUNGS; k++)
            f[k] = formula_value_double(rung[k], i % rows, i / rows);
        if (order)
            LSA_TRY(slopes(RUNGS, f, err));
        extrapolate(order ? RUNGS - 1 : RUNGS, f, &limit[i], &error);
        worst = fmax(worst, error);
    }
    *out = formula_value_near(w->run.pool, rows, cols, limit, worst);
done:
    return status;
}
