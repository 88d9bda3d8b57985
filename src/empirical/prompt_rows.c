/* prompt_rows.c - see prompt_rows.h: prompts one by one, or (where only predictions and targets are asked) LSA_RNG_SIDE at once. */
#include "empirical/prompt_rows.h"

#include "base/matrix.h"
#include "base/try.h"
#include "empirical/forward.h"
#include "empirical/linear_rule.h"
#include "empirical/predictor.h"
#include "empirical/prompt.h"
#include "empirical/side.h"
#include "empirical/tail.h"
#include <math.h>
#include <stdlib.h>

/* Numbers of the first look's prompts that take a thread about a minute, 4e-9 s each. */
static const double long_numbers = 1.5e10 / 16384.0;

struct lsa_prompt_rows {
    lsa_prompt_law law;
    lsa_prompts *prompts;
    lsa_forward *forward;
    lsa_layer *layer;
    lsa_predictor predictor;
    lsa_baselines baselines;
    ptrdiff_t n;
    const lsa_row_request *requests;
    bool predicts, draws; /* a prediction is asked; further Gaussians or a drawn Lambda are */
    bool side, fast;
    lsa_rotated rotated;
    lsa_linear_rule ridge;
};

struct lsa_prompt_filler {
    lsa_trial trial;
    lsa_side side;
    double *baseline_work;
};

/* ---------------------------------------------------------------- sizes */

static lsa_status gaussian_size(const lsa_experiment *e, const lsa_prompt_law *law, int symbol, ptrdiff_t *rows,
                                ptrdiff_t *members, lsa_error *err)
{
    const lsa_symbol *s = &e->statement->symbols[symbol];
    if (s->role == LSA_ROLE_TASK && lsa_prompt_law_labels(law))
        return lsa_error_set(err, LSA_ERR_UNABLE, "the labels of these prompts come from no task %s", s->name);
    *members = s->family == LSA_FAMILY_SAMPLE ? law->M : s->family == LSA_FAMILY_HEAD ? e->data.heads : 1;
    *rows = *members * e->dims[s->rows] * e->dims[s->cols];
    return LSA_OK;
}

static lsa_status predictor_size(const lsa_experiment *e, const lsa_prompt_law *law, int which, lsa_error *err)
{
    if (!lsa_statement_draws_prompt(e->statement))
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "the statement draws no context, query and task that this predictor could learn from");
    if (1u << which == LSA_BASELINE_BEST_LINEAR && lsa_prompt_law_labels(law))
        return lsa_error_set(err, LSA_ERR_UNABLE, "the best linear predictor of a nonlinear task is not sampled");
    if (1u << which == LSA_BASELINE_OLS && lsa_baseline_rank_varies(law))
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "least squares is not offered where the rank of the context varies by its law");
    return LSA_OK;
}

lsa_status lsa_row_size(const lsa_experiment *experiment, const lsa_prompt_law *law, lsa_row_kind kind, int which,
                        ptrdiff_t *rows, ptrdiff_t *members, lsa_error *err)
{
    *members = 1;
    *rows = 1;
    switch (kind) {
    case LSA_ROW_GAUSSIAN:
        return gaussian_size(experiment, law, which, rows, members, err);
    case LSA_ROW_CONTEXT:
        *members = law->M;
        *rows = law->M * law->d;
        break;
    case LSA_ROW_LABELS:
        *members = *rows = law->M;
        break;
    case LSA_ROW_TASK:
        if (lsa_prompt_law_labels(law))
            return lsa_error_set(err, LSA_ERR_UNABLE, "the labels of these prompts come from no task w");
        *rows = law->d;
        break;
    case LSA_ROW_QUERY:
        *rows = law->d;
        break;
    case LSA_ROW_COVARIANCE:
        *rows = law->d * law->d;
        break;
    case LSA_ROW_BASELINE:
        return predictor_size(experiment, law, which, err);
    case LSA_ROW_RIDGE:
        return predictor_size(experiment, law, LSA_BASELINE_COUNT, err);
    default:
        break;
    }
    return LSA_OK;
}

/* ---------------------------------------------------------------- life */

static bool only_side(const lsa_prompt_rows *r)
{
    for (ptrdiff_t k = 0; k < r->n; k++)
        if (r->requests[k].kind > LSA_ROW_TARGET)
            return false;
    return r->layer != NULL && lsa_forward_target_is_plain(r->forward) && lsa_rotated_unable(&r->law) == NULL;
}

static unsigned asked(const lsa_prompt_rows *r)
{
    unsigned bits = 0;
    for (ptrdiff_t k = 0; k < r->n; k++) {
        if (r->requests[k].kind == LSA_ROW_BASELINE)
            bits |= 1u << r->requests[k].which;
        if (r->requests[k].kind == LSA_ROW_RIDGE)
            bits |= LSA_BASELINE_OLS; /* it is regularised least squares, and needs as much room */
    }
    return bits;
}

static lsa_status make_predictor(lsa_prompt_rows *r, const lsa_experiment *e, const double *parameters, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (r->predicts && lsa_statement_runs_layer(e->statement))
        LSA_TRY(lsa_forward_layer(r->forward, parameters, &r->layer, err));
    else if (r->predicts && lsa_prompt_law_labels(&r->law) && lsa_statement_draws_prompt(e->statement))
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE,
                              "the labels are not those that the statement writes, and it names no layer"));
    r->predictor = (lsa_predictor){r->layer, r->forward, parameters};
done:
    return status;
}

lsa_status lsa_prompt_rows_create(const lsa_experiment *experiment, const lsa_prompt_law *law, const double *parameters,
                                  uint64_t seed, bool fast, ptrdiff_t n, const lsa_row_request *requests,
                                  lsa_prompt_rows **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_prompt_rows *r = calloc(1, sizeof *r);
    LSA_TRY_MEMORY(r, "the prompts of a formula");
    r->law = *law;
    r->n = n;
    r->requests = requests;
    for (ptrdiff_t k = 0; k < n; k++) {
        r->predicts = r->predicts || requests[k].kind == LSA_ROW_PREDICTION;
        r->draws = r->draws || requests[k].kind == LSA_ROW_GAUSSIAN || requests[k].kind == LSA_ROW_COVARIANCE;
    }
    LSA_TRY(lsa_prompts_create(&r->law, seed, LSA_PROMPTS_SAMPLE, &r->prompts, err));
    LSA_TRY(lsa_forward_create(experiment, &r->law, &r->forward, err));
    LSA_TRY(make_predictor(r, experiment, parameters, err));
    LSA_TRY(lsa_baselines_init(&r->baselines, asked(r), &r->law, seed, err));
    r->ridge = (lsa_linear_rule){.r = law->d};
    r->side = only_side(r);
    r->fast = r->side && (fast || (double)law->M * (double)law->d > long_numbers);
    if (r->side)
        LSA_TRY(lsa_rotated_init(&r->rotated, r->prompts, r->layer, err));
    *out = r;
    r = NULL;
done:
    lsa_prompt_rows_destroy(r);
    return status;
}

void lsa_prompt_rows_destroy(lsa_prompt_rows *r)
{
    if (r == NULL)
        return;
    if (r->side)
        lsa_rotated_clear(&r->rotated);
    lsa_baselines_clear(&r->baselines);
    lsa_layer_destroy(r->layer);
    lsa_forward_destroy(r->forward);
    lsa_prompts_destroy(r->prompts);
    free(r);
}

const lsa_baselines *lsa_prompt_rows_baselines(const lsa_prompt_rows *r)
{
    return &r->baselines;
}

double lsa_prompt_rows_degree(const lsa_prompt_rows *r)
{
    return lsa_tail_degree(&r->predictor, &r->law);
}

lsa_status lsa_prompt_filler_create(const lsa_prompt_rows *r, lsa_prompt_filler **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_prompt_filler *f = calloc(1, sizeof *f);
    LSA_TRY_MEMORY(f, "a sampling thread");
    if (r->side)
        LSA_TRY(lsa_side_init(&f->side, &r->rotated, r->prompts, r->fast, err));
    else
        LSA_TRY(lsa_trial_init(&f->trial, r->prompts, &r->predictor, false, err));
    f->baseline_work = lsa_vec_create(r->baselines.asked != 0 ? lsa_baseline_work_size(&r->baselines) : 1);
    LSA_TRY_MEMORY(f->baseline_work, "a sampling thread");
    *out = f;
    f = NULL;
done:
    lsa_prompt_filler_destroy(f);
    return status;
}

void lsa_prompt_filler_destroy(lsa_prompt_filler *f)
{
    if (f == NULL)
        return;
    lsa_trial_clear(&f->trial);
    lsa_side_clear(&f->side);
    free(f->baseline_work);
    free(f);
}

/* ---------------------------------------------------------------- filling */

static void put(ptrdiff_t n, const double *x, ptrdiff_t width, double *lane)
{
    for (ptrdiff_t k = 0; k < n; k++)
        lane[k * width] = x[k];
}

/* Members of a family lie apart in E. */
static void put_gaussian(const lsa_prompt_rows *r, const lsa_prompt_filler *f, int symbol, ptrdiff_t width,
                         double *lane)
{
    ptrdiff_t size = 0, members = 0;
    lsa_forward_gaussian_size(r->forward, symbol, &size, &members);
    for (ptrdiff_t m = 0; m < members; m++)
        put(size, lsa_forward_gaussian(r->forward, f->trial.forward_work, f->trial.prompt, symbol, m), width,
            lane + m * size * width);
}

static double ridge(const lsa_prompt_rows *r, const lsa_prompt_filler *f, double c)
{
    lsa_linear_rule rule = r->ridge;
    rule.s = sqrt(c);
    return lsa_linear_rule_predict(&rule, f->trial.prompt, f->baseline_work);
}

static void put_request(const lsa_prompt_rows *r, lsa_prompt_filler *f, const lsa_row_request *q, double prediction,
                        double target, ptrdiff_t width, double *lane)
{
    const lsa_prompt *p = f->trial.prompt;
    const ptrdiff_t d = p->d, D = d + 1;
    switch (q->kind) {
    case LSA_ROW_PREDICTION:
        lane[0] = prediction;
        break;
    case LSA_ROW_TARGET:
        lane[0] = target + p->query_noise;
        break;
    case LSA_ROW_GAUSSIAN:
        put_gaussian(r, f, q->which, width, lane);
        break;
    case LSA_ROW_CONTEXT:
        for (ptrdiff_t j = 0; j < p->M; j++)
            put(d, p->E + j * D, width, lane + j * d * width);
        break;
    case LSA_ROW_LABELS:
        for (ptrdiff_t j = 0; j < p->M; j++)
            lane[j * width] = p->E[d + j * D];
        break;
    case LSA_ROW_QUERY:
        put(d, lsa_prompt_query(p), width, lane);
        break;
    case LSA_ROW_TASK:
        put(d, p->w, width, lane);
        break;
    case LSA_ROW_COVARIANCE:
        put(d * d, lsa_forward_covariance(f->trial.forward_work), width, lane);
        break;
    case LSA_ROW_BASELINE:
        lane[0] = lsa_baseline_predict(&r->baselines, q->which, p, f->baseline_work);
        break;
    default:
        lane[0] = ridge(r, f, q->number);
    }
}

static void fill_single(const lsa_prompt_rows *r, lsa_prompt_filler *f, uint64_t index, ptrdiff_t width, double *lane)
{
    double prediction = 0.0, target;
    if (r->predicts)
        lsa_trial_predict(&f->trial, r->prompts, &r->predictor, false, index, &prediction, &target);
    else
        lsa_trial_target(&f->trial, r->prompts, &r->predictor, index, &target);
    if (r->draws)
        lsa_forward_draw(r->forward, f->trial.forward_work, f->trial.prompt);
    for (ptrdiff_t k = 0; k < r->n; k++)
        put_request(r, f, &r->requests[k], prediction, target, width, lane + r->requests[k].first * width);
}

static void fill_side(const lsa_prompt_rows *r, lsa_prompt_filler *f, uint64_t first, ptrdiff_t count, ptrdiff_t width,
                      double *lane)
{
    lsa_side_result result;
    (r->fast ? lsa_side_fast : lsa_side_direct)(&f->side, first, &result);
    for (ptrdiff_t k = 0; k < r->n; k++) {
        const bool prediction = r->requests[k].kind == LSA_ROW_PREDICTION;
        for (ptrdiff_t l = 0; l < count; l++)
            lane[r->requests[k].first * width + l] =
                prediction ? result.prediction[l] : result.target[l] + result.query_noise[l];
    }
}

void lsa_prompt_rows_fill(const lsa_prompt_rows *r, lsa_prompt_filler *f, uint64_t first, ptrdiff_t count,
                          ptrdiff_t width, double *out)
{
    const ptrdiff_t step = r->side ? LSA_RNG_SIDE : 1;
    for (ptrdiff_t l = 0; l < count; l += step) {
        if (r->side)
            fill_side(r, f, first + (uint64_t)l, count - l < step ? count - l : step, width, out + l);
        else
            fill_single(r, f, first + (uint64_t)l, width, out + l);
    }
}
