/* text_limits.c - limits and orders in a key of the model: exact where the formula is a rational function of it, else by
 * extrapolation. */
#include "verify/text_limits.h"

#include "base/try.h"
#include <assert.h>
#include <math.h>

/* ---------------------------------------------------------------- rational functions */

enum { MOST_POINTS = 64, FIRST_POINT = 1 };

/* Exact values at integers; *exact is false where one is none. */
static lsa_status exact_values(text_world *w, const formula_node *call, int n, long *x, const formula_value **y,
                               bool *exact, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *exact = true;
    for (int k = 0; k < n && *exact; k++) {
        x[k] = FIRST_POINT + k;
        LSA_TRY(text_at_rung(w, call, call->children[0], call->children[1]->text, (double)x[k], &y[k], err));
        *exact = formula_value_is_exact(y[k]);
    }
done:
    return status;
}

static lsa_status end_of_entry(text_world *w, const formula_node *call, const formula_end *end, formula_value **out,
                               lsa_error *err)
{
    const bool infinite = call->children[1]->integer != 0;
    if (call->function->id == FORMULA_order) {
        if (end->zero)
            return lsa_error_set(err, LSA_ERR_DOMAIN, "it is 0: no power of the key");
        *out = formula_value_integer(w->run.pool, end->order);
        return LSA_OK;
    }
    if (!end->zero && (infinite ? end->order > 0 : end->order < 0))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "it has no limit: it grows as the key to the power %d", end->order);
    *out = end->zero || end->order != 0 ? formula_value_integer(w->run.pool, 0) : end->coefficient;
    return LSA_OK;
}

/* *out NULL: it is none, or not exactly known. */
static lsa_status rational_limit(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    long x[MOST_POINTS];
    const formula_value *y[MOST_POINTS] = {NULL}, **entries = NULL;
    int p = 0, q = 0;
    bool exact = false;
    *out = NULL;
    if (call->n_children > 2 || !text_rational_degrees(w, call->children[0], call->children[1]->text, &p, &q) ||
        p + q + 2 > MOST_POINTS)
        return LSA_OK;
    LSA_TRY(exact_values(w, call, p + q + 2, x, y, &exact, err));
    if (!exact)
        return LSA_OK;
    const ptrdiff_t rows = formula_value_rows(y[0]), cols = formula_value_cols(y[0]);
    entries = lsa_arena_alloc(w->arena, (size_t)(rows * cols), sizeof *entries);
    LSA_TRY_MEMORY(entries, "a limit");
    for (ptrdiff_t i = 0; i < rows * cols; i++) {
        formula_end end;
        formula_value *one = NULL;
        LSA_TRY(
            formula_rational_end(w->run.pool, p + q + 2, x, y, i, p, q, call->children[1]->integer != 0, &end, err));
        LSA_TRY(end_of_entry(w, call, &end, &one, err));
        entries[i] = one;
    }
    *out = formula_value_part(w->run.pool, formula_value_join(w->run.pool, (int)(rows * cols), entries), 0, rows, cols);
done:
    return status;
}

/* ---------------------------------------------------------------- extrapolation */

/* The last values grow at each step by half of themselves and more. */
static bool runs_away(int n, const double *f)
{
    bool away = true;
    for (int k = n - 3; k + 1 < n; k++)
        away = away && fabs(f[k + 1]) > 1.5 * fabs(f[k]);
    return away;
}

static lsa_status extrapolated(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *rung[TEXT_RUNGS];
    const bool order = call->function->id == FORMULA_order;
    const text_ladder ladder = text_ladder_of(w->experiment, call->children[1]->text, call->children[1]->integer != 0);
    const int n = ladder.rungs;
    assert(n > 0);
    for (int k = 0; k < n; k++)
        LSA_TRY(text_at_rung(w, call, call->children[0], ladder.key, ladder.value[k], &rung[k], err));
    const ptrdiff_t rows = formula_value_rows(rung[0]), cols = formula_value_cols(rung[0]);
    double *limit = lsa_arena_alloc(w->arena, (size_t)(rows * cols), sizeof *limit), worst = 0.0;
    LSA_TRY_MEMORY(limit, "a limit");
    for (ptrdiff_t i = 0; i < rows * cols; i++) {
        double f[TEXT_RUNGS] = {0.0}, error;
        for (int k = 0; k < n; k++) {
            if (formula_value_rows(rung[k]) != rows || formula_value_cols(rung[k]) != cols)
                return lsa_error_set(err, LSA_ERR_UNABLE, "its shape changes with the key: there is no limit of it");
            f[k] = formula_value_double(rung[k], i % rows, i / rows);
        }
        if (!order && runs_away(n, f))
            return lsa_error_set(err, LSA_ERR_DOMAIN, "it has no limit: it is %.6g at %s = %.6g, and grows", f[n - 1],
                                 ladder.key, ladder.value[n - 1]);
        if (order)
            LSA_TRY(text_local_orders(n, ladder.infinite, f, err));
        text_extrapolate(order ? n - 1 : n, f, &limit[i], &error);
        worst = fmax(worst, error);
    }
    *out = formula_value_near(w->run.pool, rows, cols, limit, worst);
done:
    return status;
}

lsa_status text_lim(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if ((call->children[0]->needs & (FORMULA_AT_POINT | FORMULA_IN_TIME)) != 0)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "it depends on the parameters: write limit(...) or argmin(...) inside");
    LSA_TRY(rational_limit(w, call, out, err));
    if (*out == NULL)
        LSA_TRY(extrapolated(w, call, out, err));
done:
    return status;
}
