/* forward.c - a statement's prediction, target and layer blocks on numbers. */
#include "empirical/forward.h"
#include "base/matrix.h"
#include "base/try.h"
#include "empirical/formula.h"
#include "empirical/prompt.h"
#include "empirical/slots.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct lsa_forward {
    lsa_arena *arena;
    lsa_draw_slots slots;
    ptrdiff_t d, heads, stack_size;
    int n_index;
    bool masked, has_layer, empty; /* empty: rho = 0 */
    bool draws_prompt;
    int degree; /* lsa_forward_degree */
    lsa_prompt_law law;
    const lsa_formula *prediction, *target;
    const lsa_formula *prediction_again; /* empty: at another rho */
    const lsa_formula *px, *u, *U, *k;   /* NULL: zero */
};

struct lsa_forward_work {
    double *stack, *further, *normals, *covariance;
    lsa_variates variates;
    ptrdiff_t *index;
};

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* The degree in context covariates, as if all were of one sample. */
static int degree_of(const lsa_statement *statement, const lsa_expr *expr)
{
    int most = 0, sum = 0;
    if (expr->kind == LSA_EXPR_SYMBOL)
        return statement->symbols[expr->symbol].role == LSA_ROLE_CONTEXT;
    for (int k = 0; k < expr->n_children; k++) {
        const int child = degree_of(statement, expr->children[k]);
        most = child > most ? child : most;
        sum += child;
    }
    if (expr->kind == LSA_EXPR_POWER)
        return expr->exponent > 0 ? most * expr->exponent : 0;
    return expr->kind == LSA_EXPR_PRODUCT ? sum : most;
}

/* ---- Binding ---------------------------------------------------------------------------------------------------- */

/* One block of a layer is held while the next is computed, so needs add up. */
static void reserve(lsa_forward *forward, const lsa_formula *f)
{
    forward->stack_size += f->value_need > f->reverse_need ? f->value_need : f->reverse_need;
}

static lsa_status bind(lsa_binder *binder, lsa_forward *forward, const lsa_expr *expr, const char *what,
                       const lsa_formula **out, lsa_error *err)
{
    if (!expr)
        return LSA_OK;
    const lsa_status status = lsa_formula_bind(binder, expr, out, err);
    if (status == LSA_OK)
        reserve(forward, *out);
    else
        lsa_error_add(err, "  in the %s of statement %s", what, binder->statement->name);
    return status;
}

static lsa_status bind_block(lsa_binder *binder, lsa_forward *forward, const lsa_expr *expr, const char *what,
                             const lsa_formula **out, lsa_error *err)
{
    const lsa_status status = bind(binder, forward, expr, what, out, err);
    if (status == LSA_OK && *out && (*out)->has_gaussian)
        return lsa_error_set(err, LSA_ERR_INPUT, "the layer's block %s depends on the prompt", what);
    return status;
}

/* With an empty context what is divided by rho = 0 are empty sums, 0 whatever divides them: a prediction that is the
 * same for two values of rho. */
static lsa_status bind_at_another_rho(lsa_binder *binder, lsa_forward *forward, lsa_error *err)
{
    static const double another = 2.0;
    lsa_status status = LSA_OK;
    const lsa_statement *statement = binder->statement;
    const lsa_slot *slots = binder->slots;
    const size_t n = (size_t)statement->n_symbols;
    lsa_slot *other = lsa_arena_alloc(binder->arena, n, sizeof *other);
    LSA_TRY_MEMORY(other, "a statement on numbers");
    memcpy(other, slots, n * sizeof *other);
    if (statement->rho >= 0)
        other[statement->rho].value = &another;
    binder->slots = other;
    status = bind(binder, forward, statement->prediction, "prediction", &forward->prediction_again, err);
    binder->slots = slots;
done:
    return status;
}

static lsa_status bind_all(lsa_binder *binder, lsa_forward *forward, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_statement *statement = binder->statement;
    LSA_TRY(bind(binder, forward, statement->prediction, "prediction", &forward->prediction, err));
    if (forward->empty)
        LSA_TRY(bind_at_another_rho(binder, forward, err));
    LSA_TRY(bind(binder, forward, statement->target, "target", &forward->target, err));
    if (forward->has_layer) {
        LSA_TRY(bind_block(binder, forward, statement->layer.px, "px", &forward->px, err));
        LSA_TRY(bind_block(binder, forward, statement->layer.u, "u", &forward->u, err));
        LSA_TRY(bind_block(binder, forward, statement->layer.U, "U", &forward->U, err));
        LSA_TRY(bind_block(binder, forward, statement->layer.k, "k", &forward->k, err));
    }
    forward->n_index = binder->max_index + 1;
done:
    return status;
}

lsa_status lsa_forward_create(const lsa_experiment *experiment, const lsa_prompt_law *law, lsa_forward **out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_statement *statement = experiment->statement;
    lsa_forward *forward = calloc(1, sizeof *forward);
    LSA_TRY_MEMORY(forward, "a statement on numbers");
    *forward = (lsa_forward){
        .d = law->d,
        .heads = experiment->data.heads,
        .masked = statement->masked,
        .has_layer = lsa_statement_runs_layer(statement),
        .law = *law,
        .degree = larger(degree_of(statement, statement->prediction), degree_of(statement, statement->target)),
        .draws_prompt = lsa_statement_draws_prompt(statement),
        .empty = law->rho == 0.0};
    forward->arena = lsa_arena_create();
    LSA_TRY_MEMORY(forward->arena, "a statement on numbers");
    LSA_TRY(lsa_draw_slots_init(&forward->slots, forward->arena, experiment, law, err));
    lsa_binder binder = {forward->arena, statement,      experiment->dims, forward->slots.slot,
                         law->M,         forward->heads, LSA_INDEX_HEAD};
    LSA_TRY(bind_all(&binder, forward, err));
    *out = forward;
    forward = NULL;
done:
    lsa_forward_destroy(forward);
    return status;
}

void lsa_forward_destroy(lsa_forward *forward)
{
    if (!forward)
        return;
    lsa_draw_slots_clear(&forward->slots);
    lsa_arena_destroy(forward->arena);
    free(forward);
}

ptrdiff_t lsa_forward_parameter_count(const lsa_forward *forward)
{
    return forward->slots.parameter_count;
}

/* ---- Evaluation ------------------------------------------------------------------------------------------------- */

lsa_status lsa_forward_work_create(const lsa_forward *forward, lsa_forward_work **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_forward_work *work = calloc(1, sizeof *work);
    LSA_TRY_MEMORY(work, "scratch for a statement");
    work->stack = lsa_vec_create(forward->stack_size + 1);
    work->further = lsa_vec_create(forward->slots.further_count + 1);
    work->normals = lsa_vec_create(forward->slots.further_count + 1);
    work->covariance =
        lsa_vec_create(lsa_covariance_is_random(forward->law.setting.covariance) ? forward->d * forward->d : 1);
    LSA_TRY_MEMORY(work->covariance, "scratch for a statement");
    work->index = calloc((size_t)forward->n_index, sizeof *work->index);
    LSA_TRY_MEMORY(work->stack, "scratch for a statement");
    LSA_TRY_MEMORY(work->further, "scratch for a statement");
    LSA_TRY_MEMORY(work->normals, "scratch for a statement");
    LSA_TRY_MEMORY(work->index, "scratch for a statement");
    *out = work;
    work = NULL;
done:
    lsa_forward_work_destroy(work);
    return status;
}

void lsa_forward_work_destroy(lsa_forward_work *work)
{
    if (!work)
        return;
    free(work->stack);
    free(work->further);
    free(work->normals);
    free(work->covariance);
    free(work->index);
    free(work);
}

/* One draw of a further Gaussian from normals z. */
static void draw_one(const lsa_forward *forward, const lsa_further *further, lsa_variates *lengths,
                     const lsa_prompt *prompt, const double *z, double *out)
{
    const lsa_setting *setting = &forward->law.setting;
    const double nu = setting->student;
    lsa_factor_apply(further->covariate ? lsa_prompt_factor(prompt) : &further->factor, z, out);
    if (further->student)
        lsa_vec_scale(further->size, sqrt(nu - 2.0) / lsa_variate_chi(lengths, nu), out);
    if (further->covariate && setting->mean)
        lsa_vec_axpy(further->size, 1.0, setting->mean, out);
}

void lsa_forward_draw(const lsa_forward *forward, lsa_forward_work *work, const lsa_prompt *prompt)
{
    const lsa_draw_slots *slots = &forward->slots;
    ptrdiff_t at = 0;
    if (forward->law.setting.task != LSA_TASK_DATA && lsa_covariance_is_random(forward->law.setting.covariance))
        lsa_factor_square(lsa_prompt_factor(prompt), work->covariance);
    if (slots->further_count == 0)
        return;
    lsa_rng rng = lsa_prompt_further(prompt);
    lsa_rng_normals(&rng, slots->further_count, work->normals);
    lsa_variates_init(&work->variates, rng);
    for (int f = 0; f < slots->n_further; f++)
        for (ptrdiff_t i = 0; i < slots->further[f].count; i++) {
            draw_one(forward, &slots->further[f], &work->variates, prompt, work->normals + at, work->further + at);
            at += slots->further[f].size;
        }
}

void lsa_forward_gaussian_size(const lsa_forward *forward, int symbol, ptrdiff_t *size, ptrdiff_t *members)
{
    const lsa_slot *slot = &forward->slots.slot[symbol];
    *size = slot->rows * slot->cols;
    *members = slot->family ? forward->law.M : 1;
}

const double *lsa_forward_gaussian(const lsa_forward *forward, const lsa_forward_work *work, const lsa_prompt *prompt,
                                   int symbol, ptrdiff_t m)
{
    const lsa_slot *slot = &forward->slots.slot[symbol];
    switch (slot->origin) {
    case LSA_ORIGIN_CONTEXT:
        return prompt->E + m * (prompt->d + 1);
    case LSA_ORIGIN_QUERY:
        return lsa_prompt_query(prompt);
    case LSA_ORIGIN_TASK:
        return prompt->w;
    case LSA_ORIGIN_NOISE:
        return prompt->noise + m;
    default:
        return work->further + slot->offset + m * slot->rows * slot->cols;
    }
}

const double *lsa_forward_covariance(const lsa_forward_work *work)
{
    return work->covariance;
}

static lsa_run start(lsa_forward_work *work, const double *parameters, const lsa_prompt *prompt, double *gradient)
{
    return (lsa_run){.parameters = parameters,
                     .further = work->further,
                     .covariance = work->covariance,
                     .prompt = prompt,
                     .index = work->index,
                     .stack = work->stack,
                     .gradient = gradient};
}

static double number(const lsa_formula *f, lsa_run *run)
{
    const double value = lsa_formula_value(f, run)[0];
    run->top = 0;
    return value;
}

/* A layer with an empty context gives f(E) = E, so predicts 0. */
static double predict(const lsa_forward *forward, lsa_run *run)
{
    if (forward->empty && forward->has_layer)
        return 0.0;
    const double value = number(forward->prediction, run);
    return forward->empty && number(forward->prediction_again, run) != value ? (double)NAN : value;
}

void lsa_forward_evaluate(const lsa_forward *forward, lsa_forward_work *work, const double *parameters,
                          const lsa_prompt *prompt, double *prediction, double *target)
{
    lsa_run run = start(work, parameters, prompt, NULL);
    lsa_forward_draw(forward, work, prompt);
    *prediction = predict(forward, &run);
    *target = number(forward->target, &run);
}

void lsa_forward_target(const lsa_forward *forward, lsa_forward_work *work, const double *parameters,
                        const lsa_prompt *prompt, double *target)
{
    lsa_run run = start(work, parameters, prompt, NULL);
    lsa_forward_draw(forward, work, prompt);
    *target = number(forward->target, &run);
}

static bool stands_for(const lsa_formula *f, lsa_origin origin)
{
    return f->kind == LSA_EXPR_SYMBOL && f->slot->origin == origin;
}

static bool is_inner_product(const lsa_formula *left, const lsa_formula *right, lsa_origin a, lsa_origin b)
{
    return left->kind == LSA_EXPR_TRANSPOSE && stands_for(left->child[0], a) && stands_for(right, b);
}

bool lsa_forward_target_is_plain(const lsa_forward *forward)
{
    const lsa_formula *t = forward->target;
    return t->kind == LSA_EXPR_PRODUCT && t->n_children == 2 &&
           (is_inner_product(t->child[0], t->child[1], LSA_ORIGIN_TASK, LSA_ORIGIN_QUERY) ||
            is_inner_product(t->child[0], t->child[1], LSA_ORIGIN_QUERY, LSA_ORIGIN_TASK));
}

int lsa_forward_degree(const lsa_forward *forward)
{
    return forward->degree;
}

bool lsa_forward_draws_prompt(const lsa_forward *forward)
{
    return forward->draws_prompt;
}

void lsa_forward_gradient(const lsa_forward *forward, lsa_forward_work *work, const double *parameters,
                          const lsa_prompt *prompt, double *gradient)
{
    double prediction, target;
    lsa_run run = start(work, parameters, prompt, gradient);
    memset(gradient, 0, (size_t)lsa_forward_parameter_count(forward) * sizeof(double));
    lsa_forward_evaluate(forward, work, parameters, prompt, &prediction, &target);
    const double residual = prediction - target, opposite = -residual;
    if (!(forward->empty && forward->has_layer))
        lsa_formula_reverse(forward->prediction, &run, &residual);
    lsa_formula_reverse(forward->target, &run, &opposite);
}

/* ---- The layer -------------------------------------------------------------------------------------------------- */

static void set_head(const lsa_forward *forward, lsa_run *run, lsa_layer *layer, ptrdiff_t h)
{
    run->top = 0;
    run->index[LSA_INDEX_HEAD] = h;
    const double *px = forward->px ? lsa_formula_value(forward->px, run) : NULL;
    const double *u = forward->u ? lsa_formula_value(forward->u, run) : NULL;
    const double *U = forward->U ? lsa_formula_value(forward->U, run) : NULL;
    const double *k = forward->k ? lsa_formula_value(forward->k, run) : NULL;
    lsa_layer_set_blocks(layer, h, px, u ? u[0] : 0.0, U, k);
}

void lsa_forward_fill_layer(const lsa_forward *forward, lsa_forward_work *work, const double *parameters,
                            lsa_layer *layer)
{
    lsa_run run = start(work, parameters, NULL, NULL);
    for (ptrdiff_t h = 0; h < forward->heads; h++)
        set_head(forward, &run, layer, h);
}

lsa_status lsa_forward_layer(const lsa_forward *forward, const double *parameters, lsa_layer **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_layer *layer = NULL;
    lsa_forward_work *work = NULL;
    if (!forward->has_layer)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "the statement names no layer with context, query and task"));
    LSA_TRY(lsa_forward_work_create(forward, &work, err));
    LSA_TRY(lsa_layer_create(forward->d, forward->heads, forward->masked, &layer, err));
    lsa_forward_fill_layer(forward, work, parameters, layer);
    *out = layer;
    layer = NULL;
done:
    lsa_layer_destroy(layer);
    lsa_forward_work_destroy(work);
    return status;
}

void lsa_forward_pull_back(const lsa_forward *forward, lsa_forward_work *work, const double *parameters,
                           const double *block_gradient, double *gradient)
{
    const ptrdiff_t d = forward->d, D = d + 1;
    lsa_run run = start(work, parameters, NULL, gradient);
    for (ptrdiff_t h = 0; h < forward->heads; h++) {
        const double *g = block_gradient + h * D * D;
        run.index[LSA_INDEX_HEAD] = h;
        if (forward->px)
            lsa_formula_reverse(forward->px, &run, g);
        if (forward->u)
            lsa_formula_reverse(forward->u, &run, g + d);
        if (forward->U)
            lsa_formula_reverse(forward->U, &run, g + D);
        if (forward->k)
            lsa_formula_reverse(forward->k, &run, g + D + d * d);
    }
}
