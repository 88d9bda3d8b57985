/* text_names.c - who answers for which name: constants of the model here, the rest by its own file. */
#include "verify/text_names.h"

#include "base/try.h"
#include "verify/text_draw.h"
#include "verify/text_elsewhere.h"
#include "verify/text_flow.h"
#include "verify/text_layer.h"
#include "verify/text_limits.h"
#include "verify/text_mean.h"
#include "verify/text_minimum.h"
#include "verify/text_points.h"
#include "verify/text_test.h"
#include "verify/text_theory.h"
#include <math.h>

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
    case FORMULA_NAME_product:
        return text_product(w, out, err);
    case FORMULA_NAME_px:
    case FORMULA_NAME_k:
        return text_side_block(w, node->name->id, out, err);
    case FORMULA_NAME_sigma_max:
    case FORMULA_NAME_u_min:
    case FORMULA_NAME_mu:
    case FORMULA_NAME_h_min:
    case FORMULA_NAME_growth:
        return text_theory(w, node->name->id, out, err);
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
    if (node->kind == FORMULA_ELSEWHERE)
        return text_elsewhere(w, node, out, err);
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
        if ((node->needs & FORMULA_SAMPLED) == 0 && text_mean_is_exact(w, node->children[0]))
            return text_mean(w, node->children[0], out, err);
        return text_drawn(w, node, out, err);
    case FORMULA_prob:
    case FORMULA_quantile:
    case FORMULA_trained:
        return text_drawn(w, node, out, err);
    case FORMULA_lim:
    case FORMULA_order:
        return text_lim(w, node, out, err);
    case FORMULA_start:
        return text_at_start(w, node->children[0], out, err);
    case FORMULA_limit:
        return text_at_limit(w, node->children[0], out, err);
    case FORMULA_at:
        return text_at_time(w, node, out, err);
    case FORMULA_first:
    case FORMULA_last:
        return text_time_of(w, node, out, err);
    case FORMULA_plateau:
        return text_at_plateau(w, node, out, err);
    case FORMULA_largest:
    case FORMULA_least:
        return text_extreme(w, node, out, err);
    case FORMULA_before:
        return text_before(w, node, out, err);
    case FORMULA_dot:
        return text_derivative(w, node->children[0], out, err);
    case FORMULA_integral:
        return text_integral_of(w, node->children[0], out, err);
    default:
        return text_rate_of(w, node->children[0], out, err);
    }
}

const formula_world text_names = {.leaf = leaf, .call = call};
