/* text_world.c - constants of the model, places, and who answers for which name. */
#include "verify/text_world.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SYMBOLS = 256 };

static lsa_status leaf(void *context, formula_run *run, const formula_node *node, long head, const formula_value **out,
                       lsa_error *err);
static lsa_status call(void *context, formula_run *run, const formula_node *node, const formula_value **out,
                       lsa_error *err);

/* ---------------------------------------------------------------- life */

/* The blocks of the state: parameters in the statement's order, families head by head. */
static lsa_status lay_out(text_world *w, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_statement *s = w->experiment->statement;
    int n = 0;
    for (int k = 0; k < s->n_parameters; k++)
        n += s->symbols[s->parameters[k]].family == LSA_FAMILY_HEAD ? (int)w->experiment->data.heads : 1;
    text_block *blocks = lsa_arena_alloc(w->arena, (size_t)n, sizeof *blocks);
    LSA_TRY_MEMORY(blocks, "the parameters of a claim");
    for (int k = 0; k < s->n_parameters; k++) {
        const lsa_symbol *p = &s->symbols[s->parameters[k]];
        const long heads = p->family == LSA_FAMILY_HEAD ? (long)w->experiment->data.heads : 0;
        for (long head = heads > 0; head <= heads; head++) {
            const ptrdiff_t rows = w->experiment->dims[p->rows], cols = w->experiment->dims[p->cols];
            blocks[w->n_blocks++] = (text_block){s->parameters[k], head, rows, cols, w->size};
            w->size += rows * cols;
        }
    }
    w->blocks = blocks;
done:
    return status;
}

lsa_status text_world_init(text_world *w, lsa_study *study, const formula_scope *scope, const lsa_setting *test,
                           bool coarse, int count, long bits, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *w = (text_world){
        .study = study, .experiment = lsa_study_experiment(study), .scope = scope, .test = test, .coarse = coarse};
    w->face = (formula_world){.context = w, .leaf = leaf, .call = call};
    w->n_known = SYMBOLS;
    w->arena = lsa_arena_create();
    w->known = calloc(SYMBOLS, sizeof *w->known);
    LSA_TRY_MEMORY(w->arena, "a claim");
    LSA_TRY_MEMORY(w->known, "a claim");
    LSA_TRY(lay_out(w, err));
    LSA_TRY(formula_run_init(&w->run, &w->face, w->experiment->data.d, count, bits, err));
done:
    if (status != LSA_OK)
        text_world_clear(w);
    return status;
}

void text_world_clear(text_world *w)
{
    formula_run_clear(&w->run);
    free(w->known);
    lsa_arena_destroy(w->arena);
    *w = (text_world){.study = NULL};
}

/* ---------------------------------------------------------------- places */

lsa_status text_at(text_world *w, const text_place *place, const formula_node *node, const formula_value **out,
                   lsa_error *err)
{
    const void *before = w->run.place;
    w->run.place = place;
    const lsa_status status = formula_evaluate(&w->run, node, out, err);
    w->run.place = before;
    return status;
}

lsa_status text_here(const text_world *w, const text_place **out, lsa_error *err)
{
    *out = w->run.place;
    if (*out == NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "it depends on the parameters, and there is no place to take them: write "
                             "start(...), limit(...), argmin(...) or give the claim its 'at'");
    return LSA_OK;
}

lsa_status text_place_of_state(text_world *w, const double *state, text_place *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value **blocks = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *blocks);
    LSA_TRY_MEMORY(blocks, "the parameters of a claim");
    if (state == NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the path did not keep its parameters");
    for (int k = 0; k < w->n_blocks; k++)
        blocks[k] =
            formula_value_computed(w->run.pool, w->blocks[k].rows, w->blocks[k].cols, state + w->blocks[k].offset);
    *out = (text_place){.blocks = blocks, .sample = -1};
done:
    return status;
}

lsa_status text_path(text_world *w, const flow_path **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (w->path.run == NULL)
        LSA_TRY(lsa_study_path(w->study, &w->path, err));
    w->used_flow = true;
    if (w->coarse && w->path.coarse == NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the flow beside it from which its accuracy would be known failed");
    *out = &w->path;
done:
    return status;
}

lsa_sample text_sample(const text_world *w, ptrdiff_t i)
{
    return lsa_trajectory_sample(w->coarse ? w->path.coarse : w->path.run, i);
}

lsa_status text_place_of_sample(text_world *w, ptrdiff_t i, text_place *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_sample sample = text_sample(w, i);
    w->asks_share = true;
    LSA_TRY(text_place_of_state(w, sample.state, out, err));
    out->timed = true;
    out->time = sample.time;
    out->sample = i;
done:
    return status;
}

lsa_status text_state_of(text_world *w, const text_place *place, double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *state = lsa_arena_alloc(w->arena, (size_t)w->size, sizeof *state);
    LSA_TRY_MEMORY(state, "the parameters of a claim");
    for (int k = 0; k < w->n_blocks; k++) {
        const text_block *block = &w->blocks[k];
        for (ptrdiff_t j = 0; j < block->cols; j++)
            for (ptrdiff_t i = 0; i < block->rows; i++)
                state[block->offset + i + j * block->rows] = formula_value_double(place->blocks[k], i, j);
    }
    *out = state;
done:
    return status;
}

/* ---------------------------------------------------------------- constants */

formula_value *text_computed(text_world *w, ptrdiff_t rows, ptrdiff_t cols, const double *x, double share)
{
    double largest = 0.0;
    for (ptrdiff_t k = 0; k < rows * cols; k++)
        largest = fmax(largest, fabs(x[k]));
    return formula_value_near(w->run.pool, rows, cols, x, share * largest);
}

lsa_status text_covariance(text_world *w, const lsa_covariance *covariance, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (lsa_covariance_is_random(covariance))
        return lsa_error_set(err, LSA_ERR_UNABLE, "every prompt draws its own Lambda: write its mean, as in E(Lambda)");
    const size_t d = (size_t)covariance->d;
    double *matrix = lsa_arena_alloc(w->arena, d * d, sizeof *matrix);
    LSA_TRY_MEMORY(matrix, "a covariance of a claim");
    lsa_covariance_matrix(covariance, matrix);
    *out = formula_value_written(w->run.pool, covariance->d, covariance->d, matrix);
done:
    return status;
}

static const formula_value *written(text_world *w, double x)
{
    return formula_value_written(w->run.pool, 1, 1, &x);
}

static lsa_status context_length(text_world *w, double N, const formula_value **out, lsa_error *err)
{
    if (isinf(N))
        return lsa_error_set(err, LSA_ERR_UNABLE, "the context length is infinite: write lim(e, N -> .inf)");
    *out = written(w, N);
    return LSA_OK;
}

static lsa_status value_of_symbol(text_world *w, int symbol, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_data *data = &w->experiment->data;
    const lsa_symbol *s = &w->experiment->statement->symbols[symbol];
    for (int k = 0; k < data->n_values; k++) {
        if (data->values[k].symbol == symbol) {
            *out = formula_value_written(w->run.pool, w->experiment->dims[s->rows], w->experiment->dims[s->cols],
                                         data->values[k].values);
            return LSA_OK;
        }
    }
    status = lsa_error_set(err, LSA_ERR_UNABLE, "'%s' has no number", s->name);
    return status;
}

static lsa_status constant_by_role(text_world *w, int symbol, lsa_role role, const formula_value **out, lsa_error *err)
{
    const lsa_setting *training = &w->experiment->training;
    switch (role) {
    case LSA_ROLE_CONTEXT_LENGTH:
        return context_length(w, training->context, out, err);
    case LSA_ROLE_NORMALISER:
        return context_length(w, lsa_setting_rho(training), out, err);
    case LSA_ROLE_NOISE_VARIANCE:
        *out = written(w, training->label_noise);
        return LSA_OK;
    case LSA_ROLE_COVARIANCE:
        if (w->drawn != NULL) {
            *out = w->drawn;
            return LSA_OK;
        }
        return text_covariance(w, training->covariance, out, err);
    case LSA_ROLE_TASK_COVARIANCE:
        return text_covariance(w, training->task_covariance, out, err);
    default:
        return value_of_symbol(w, symbol, out, err);
    }
}

/* A constant of the statement, kept as long as the world where it does not change. */
static lsa_status constant(text_world *w, int symbol, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_role role = w->experiment->statement->symbols[symbol].role;
    const bool keeps = symbol < w->n_known && !(w->drawn != NULL && role == LSA_ROLE_COVARIANCE);
    formula_pool *pool = w->run.pool;
    if (keeps && w->known[symbol] != NULL) {
        *out = w->known[symbol];
        return LSA_OK;
    }
    if (keeps)
        w->run.pool = w->run.constant;
    status = constant_by_role(w, symbol, role, out, err);
    w->run.pool = pool;
    if (status == LSA_OK && keeps)
        w->known[symbol] = *out;
    return status;
}

/* Theta, scaled: |Theta Theta'|_F = 1. */
static lsa_status theta(text_world *w, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_init *init = &w->experiment->init;
    const ptrdiff_t d = w->experiment->data.d;
    formula_pool *pool = w->run.pool;
    formula_value *root;
    if (init->scheme != LSA_INIT_PAPER || init->theta == LSA_THETA_RANDOM)
        return lsa_error_set(err, LSA_ERR_UNABLE, "Theta is known where init.theta is written out");
    const formula_value *raw = init->theta == LSA_THETA_MATRIX ? formula_value_written(pool, d, d, init->theta_matrix)
                                                               : formula_value_identity(pool, d);
    const formula_value *square = formula_norm_square(pool, formula_multiply(pool, raw, formula_transpose(pool, raw)));
    LSA_TRY(formula_power(pool, square, -1, 4, &root, err));
    *out = formula_multiply(pool, root, raw);
done:
    return status;
}

static lsa_status table_name(text_world *w, const formula_node *node, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_place *place;
    formula_pool *pool = w->run.pool;
    const lsa_experiment *e = w->experiment;
    switch (node->name->id) {
    case FORMULA_NAME_d:
        *out = formula_value_integer(pool, (long)e->data.d);
        break;
    case FORMULA_NAME_r:
        *out = formula_value_integer(pool, (long)e->data.rank);
        break;
    case FORMULA_NAME_heads:
        *out = formula_value_integer(pool, (long)e->data.heads);
        break;
    case FORMULA_NAME_I:
        *out = formula_value_identity(pool, e->data.d);
        break;
    case FORMULA_NAME_N:
        return constant_by_role(w, -1, LSA_ROLE_CONTEXT_LENGTH, out, err);
    case FORMULA_NAME_rho:
        return constant_by_role(w, -1, LSA_ROLE_NORMALISER, out, err);
    case FORMULA_NAME_s2:
        return constant_by_role(w, -1, LSA_ROLE_NOISE_VARIANCE, out, err);
    case FORMULA_NAME_Lambda:
        return constant_by_role(w, -1, LSA_ROLE_COVARIANCE, out, err);
    case FORMULA_NAME_Omega:
        return constant_by_role(w, -1, LSA_ROLE_TASK_COVARIANCE, out, err);
    case FORMULA_NAME_sigma:
        if (e->init.scheme != LSA_INIT_PAPER)
            return lsa_error_set(err, LSA_ERR_UNABLE, "sigma belongs to init.scheme: paper");
        *out = written(w, e->init.sigma);
        break;
    case FORMULA_NAME_Theta:
        return theta(w, out, err);
    case FORMULA_NAME_t:
        LSA_TRY(text_here(w, &place, err));
        if (!place->timed)
            return lsa_error_set(err, LSA_ERR_UNABLE, "t has no value at a point");
        *out = formula_value_computed(pool, 1, 1, &place->time);
        break;
    case FORMULA_NAME_loss:
        return text_loss(w, out, err);
    case FORMULA_NAME_risk:
        LSA_TRY(text_loss(w, out, err));
        *out = formula_multiply(pool, formula_value_integer(pool, 2), *out);
        break;
    case FORMULA_NAME_hessian:
        return text_hessian(w, out, err);
    case FORMULA_NAME_gap:
        return text_gap(w, out, err);
    case FORMULA_NAME_excess:
        return text_excess(w, out, err);
    default:
        return text_test_name(w, node, out, err);
    }
done:
    return status;
}

static lsa_status leaf(void *context, formula_run *run, const formula_node *node, long head, const formula_value **out,
                       lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_world *w = context;
    const text_place *place;
    (void)run;
    if (node->kind == FORMULA_NAME)
        return table_name(w, node, out, err);
    if (w->experiment->statement->symbols[node->symbol].kind != LSA_SYMBOL_PARAMETER)
        return constant(w, node->symbol, out, err);
    LSA_TRY(text_here(w, &place, err));
    for (int k = 0; k < w->n_blocks; k++) {
        if (w->blocks[k].symbol == node->symbol && w->blocks[k].head == head) {
            *out = place->blocks[k];
            return LSA_OK;
        }
    }
    status = lsa_error_set(err, LSA_ERR_DOMAIN, "there is no head %ld", head);
done:
    return status;
}

/* inf(loss), and inf(risk), which is twice that. */
static lsa_status inf_of(text_world *w, const formula_node *node, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(text_inf(w, out, err));
    if (node->children[0]->name->id == FORMULA_NAME_risk)
        *out = formula_multiply(w->run.pool, formula_value_integer(w->run.pool, 2), *out);
done:
    return status;
}

static lsa_status call(void *context, formula_run *run, const formula_node *node, const formula_value **out,
                       lsa_error *err)
{
    text_world *w = context;
    (void)run;
    switch (node->function->id) {
    case FORMULA_grad:
        return text_gradient(w, node->children[0], out, err);
    case FORMULA_inf:
        return inf_of(w, node, out, err);
    case FORMULA_argmin:
        return text_argmin(w, node->children[0], out, err);
    case FORMULA_best:
        return text_best(w, node->children[0], out, err);
    case FORMULA_error:
    case FORMULA_best_linear:
    case FORMULA_a:
    case FORMULA_S:
        return text_test_call(w, node, out, err);
    case FORMULA_E:
        return text_mean(w, node->children[0], out, err);
    case FORMULA_lim:
    case FORMULA_order:
        return text_lim(w, node, out, err);
    default:
        return text_flow_call(w, node, out, err);
    }
}
