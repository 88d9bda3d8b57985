/* text_leaves.c - see text_leaves.h. */
#include "verify/text_leaves.h"

#include "base/text.h"
#include "base/try.h"
#include "empirical/tail.h"
#include "formula/formula_moments.h"
#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- numbers of the world */

static lsa_status constant(void *context, const formula_node *node, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_leaves *v = context;
    const formula_value *value;
    if (v->world == NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE, "a number of the model, asked for too late");
    LSA_TRY(formula_evaluate(&v->world->run, node, &value, err));
    const ptrdiff_t rows = formula_value_rows(value), cols = formula_value_cols(value);
    for (ptrdiff_t k = 0; k < rows * cols; k++)
        out[k] = formula_value_is_truth(value) ? (double)(formula_value_is_true(value) == FORMULA_TRUE)
                                               : formula_value_double(value, k % rows, k / rows);
done:
    return status;
}

/* ---------------------------------------------------------------- what a leaf asks for */

static int baseline_of(formula_name_id id)
{
    switch (id) {
    case FORMULA_NAME_ols:
        return lsa_baseline_number(LSA_BASELINE_OLS);
    case FORMULA_NAME_onestep:
        return lsa_baseline_number(LSA_BASELINE_ONE_STEP);
    case FORMULA_NAME_bestlinear:
        return lsa_baseline_number(LSA_BASELINE_BEST_LINEAR);
    default:
        return lsa_baseline_number(LSA_BASELINE_ZERO);
    }
}

static lsa_row_request request_of_name(formula_name_id id)
{
    switch (id) {
    case FORMULA_NAME_prediction:
        return (lsa_row_request){.kind = LSA_ROW_PREDICTION};
    case FORMULA_NAME_target:
        return (lsa_row_request){.kind = LSA_ROW_TARGET};
    case FORMULA_NAME_x:
        return (lsa_row_request){.kind = LSA_ROW_CONTEXT};
    case FORMULA_NAME_y:
        return (lsa_row_request){.kind = LSA_ROW_LABELS};
    case FORMULA_NAME_xq:
        return (lsa_row_request){.kind = LSA_ROW_QUERY};
    case FORMULA_NAME_w:
        return (lsa_row_request){.kind = LSA_ROW_TASK};
    case FORMULA_NAME_Lambda:
        return (lsa_row_request){.kind = LSA_ROW_COVARIANCE};
    default:
        return (lsa_row_request){.kind = LSA_ROW_BASELINE, .which = baseline_of(id)};
    }
}

static lsa_status request_of(text_leaves *v, const formula_node *leaf, lsa_row_request *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (leaf->kind == FORMULA_NAME) {
        *out = request_of_name(leaf->name->id);
    } else if (leaf->kind == FORMULA_SYMBOL) {
        const bool covariance = v->experiment->statement->symbols[leaf->symbol].role == LSA_ROLE_COVARIANCE;
        *out = (lsa_row_request){.kind = covariance ? LSA_ROW_COVARIANCE : LSA_ROW_GAUSSIAN, .which = leaf->symbol};
    } else {
        *out = (lsa_row_request){.kind = LSA_ROW_RIDGE};
        LSA_TRY(constant(v, leaf->children[0], &out->number, err));
        if (!(out->number > 0.0) || !isfinite(out->number))
            status = lsa_error_set(err, LSA_ERR_DOMAIN, "ridge(c) takes c > 0, found %.6g; its limit at 0 is ols",
                                   out->number);
    }
done:
    return status;
}

static bool same_request(const lsa_row_request *a, const lsa_row_request *b)
{
    return a->kind == b->kind && a->which == b->which && a->number == b->number;
}

static lsa_status drawn(void *context, const formula_node *leaf, ptrdiff_t *row, ptrdiff_t *members, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_leaves *v = context;
    lsa_row_request request = {.which = 0};
    ptrdiff_t rows;
    LSA_TRY(request_of(v, leaf, &request, err));
    LSA_TRY(lsa_row_size(v->experiment, &v->law, request.kind, request.which, &rows, members, err));
    for (int k = 0; k < v->n; k++) {
        if (same_request(&v->requests[k], &request)) {
            *row = v->requests[k].first;
            return LSA_OK;
        }
    }
    if (v->n == TEXT_LEAVES)
        return lsa_error_set(err, LSA_ERR_UNABLE, "more than %d different names of a prompt", TEXT_LEAVES);
    request.first = *row = v->n_rows;
    v->requests[v->n++] = request;
    v->n_rows += rows;
done:
    return status;
}

/* ---------------------------------------------------------------- life */

/* Of Lambda alone nothing but Lambda is drawn. */
static lsa_status law_of(text_leaves *v, const formula_node *e, lsa_error *err)
{
    const text_world *w = v->world;
    if (w->test != NULL && (e->needs & FORMULA_IN_PROMPT) != 0)
        return lsa_prompt_law_test(w->experiment, w->test, &v->law, err);
    v->setting = w->experiment->training;
    if ((e->needs & FORMULA_IN_PROMPT) == 0)
        v->setting.context = 0.0;
    return lsa_prompt_law_of(&v->setting, &v->law, err);
}

lsa_status text_leaves_init(text_leaves *v, lsa_arena *arena, text_world *w, const formula_node *e, const double *state,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    *v = (text_leaves){.world = w, .experiment = w->experiment};
    if (state != NULL) {
        v->state = lsa_arena_alloc(arena, (size_t)w->size, sizeof *v->state);
        LSA_TRY_MEMORY(v->state, "the parameters of a mean");
        memcpy(v->state, state, (size_t)w->size * sizeof *state);
    }
    LSA_TRY(law_of(v, e, err));
    LSA_TRY(lsa_strata_init(&v->strata, &v->law.setting, 1, err));
    v->names = (formula_lane_names){.context = v, .drawn = drawn, .constant = constant, .pairs = v->law.M};
done:
    return status;
}

lsa_status text_leaves_finish(text_leaves *v, uint64_t seed, bool fast, lsa_error *err)
{
    return lsa_prompt_rows_create(v->experiment, &v->law, v->state, seed, fast, v->n, v->requests, &v->rows, err);
}

void text_leaves_forget(text_leaves *v)
{
    v->world = NULL;
}

void text_leaves_clear(text_leaves *v)
{
    lsa_prompt_rows_destroy(v->rows);
    lsa_strata_clear(&v->strata);
}

const char *text_leaves_seldom(const text_leaves *v, double prompts)
{
    return lsa_tail_seldom(&v->strata, prompts);
}

/* ---------------------------------------------------------------- moments */

/* Least squares meets labels that no linear function of the covariates gives. */
static bool is_unstable(const text_leaves *v)
{
    return v->law.setting.label_noise > 0.0 || v->law.setting.task == LSA_TASK_TEACHER;
}

static formula_growth leaf_growth(void *context, const formula_node *leaf)
{
    text_leaves *v = context;
    lsa_row_request q = {.which = 0};
    const double label = lsa_tail_label_degree(&v->law);
    formula_growth g = {.gaussian = 1.0};
    if (request_of(v, leaf, &q, NULL) != LSA_OK)
        return g;
    switch (q.kind) {
    case LSA_ROW_PREDICTION:
        return (formula_growth){.covariate = lsa_prompt_rows_degree(v->rows), .gaussian = INFINITY};
    case LSA_ROW_LABELS:
        return (formula_growth){.covariate = label, .gaussian = INFINITY};
    case LSA_ROW_GAUSSIAN:
        g.covariate = v->experiment->statement->symbols[q.which].role == LSA_ROLE_CONTEXT;
        return g;
    case LSA_ROW_CONTEXT:
        g.covariate = 1.0;
        return g;
    case LSA_ROW_RIDGE: /* |(X'X + c)^-1 X'y| <= |y| / (2 sqrt c) */
        return (formula_growth){.covariate = label, .gaussian = INFINITY};
    case LSA_ROW_BASELINE:
        g.gaussian = INFINITY;
        g.covariate = 1u << q.which == LSA_BASELINE_ONE_STEP ? label + 1.0
                      : 1u << q.which == LSA_BASELINE_OLS    ? fmax(label - 1.0, 0.0)
                                                             : 0.0;
        g.least_squares = 1u << q.which == LSA_BASELINE_OLS && is_unstable(v);
        return g;
    case LSA_ROW_TARGET:
        g.gaussian = INFINITY;
        return g;
    default:
        return g;
    }
}

/* E |X^+|^p is finite below |M - rank| + 1. */
static bool lacks_least_squares(const text_leaves *v, double power)
{
    const double distance = fabs((double)(v->law.M - lsa_prompt_rows_baselines(v->rows)->rank));
    return power > 0.0 && power >= distance + 1.0;
}

/* E |Lambda^-1|^p of a drawn Lambda; entries that a density lets come near 0 like a gamma law's need a shape above p. */
static bool lacks_inverse(const text_leaves *v, double power)
{
    const lsa_covariance *c = v->law.setting.covariance;
    if (power == 0.0)
        return false;
    if (c->kind == LSA_COVARIANCE_WISHART)
        return !(c->dof - (double)c->d + 1.0 > 2.0 * power);
    for (ptrdiff_t i = 0; c->kind == LSA_COVARIANCE_LAWS && i < c->d; i++) {
        const lsa_law *law = &c->laws[i];
        const bool flat =
            law->kind == LSA_LAW_EXPONENTIAL || (law->kind == LSA_LAW_UNIFORM && law->parameter[0] == 0.0);
        if ((flat && !(1.0 > power)) || (law->kind == LSA_LAW_GAMMA && !(law->parameter[0] > power)))
            return true;
    }
    return false;
}

static bool lacks(const text_leaves *v, formula_growth g, double power)
{
    return lsa_tail_lacks_moment(&v->law, g.covariate, power) || lacks_least_squares(v, power * g.least_squares) ||
           lacks_inverse(v, power * g.inverse);
}

static lsa_status say(const formula_node *e, const char *format, lsa_error *err)
{
    lsa_text text;
    lsa_text_init(&text);
    formula_print(e, &text);
    const lsa_status status = lsa_error_set(err, LSA_ERR_DOMAIN, format, text.failed ? "it" : text.data);
    lsa_text_clear(&text);
    return status;
}

lsa_status text_leaves_moments(text_leaves *v, const formula_node *e, const char **no_interval, lsa_error *err)
{
    const formula_node *unknown;
    const formula_growth g = formula_growth_of(e, &v->names, leaf_growth, v, &unknown);
    *no_interval = NULL;
    if (unknown != NULL)
        return say(unknown, "no moments are known of %.60s: it may have no mean, and is not sampled", err);
    if (lacks(v, g, 1.0))
        return say(e, "%.60s has no mean under this law", err);
    if (lacks(v, g, 2.0))
        return say(e, "%.60s has no variance under this law: no interval holds, and it is not sampled", err);
    if (lacks(v, g, 4.0))
        *no_interval = "it has fewer than four moments: its tails are too heavy for an interval that can be trusted";
    return LSA_OK;
}
