/* theory_scope.c - of which statements theory speaks, and the numbers of an experiment as theory takes them. */
#include "verify/study_state.h"

static bool is_symbol(const lsa_expr *expr, int symbol)
{
    return expr->kind == LSA_EXPR_SYMBOL && expr->symbol == symbol;
}

/* a' * b for two symbols. */
static bool is_inner_product(const lsa_expr *expr, int a, int b)
{
    return expr->kind == LSA_EXPR_PRODUCT && expr->n_children == 2 && expr->children[0]->kind == LSA_EXPR_TRANSPOSE &&
           is_symbol(expr->children[0]->children[0], a) && is_symbol(expr->children[1], b);
}

bool lsa_study_has_theory(const lsa_study *study)
{
    const lsa_statement *statement = study->experiment->statement;
    const int w = statement->task, xq = statement->query;
    const bool noisy = study->experiment->training.label_noise > 0.0;
    return lsa_statement_runs_layer(statement) && (!noisy || statement->label_noise >= 0) &&
           (is_inner_product(statement->target, w, xq) || is_inner_product(statement->target, xq, w));
}

static ptrdiff_t least(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

/* The largest rank that the expression can have, whatever its parameters are. */
static ptrdiff_t rank_of(const lsa_experiment *experiment, const lsa_expr *expr)
{
    ptrdiff_t rank = least(experiment->dims[expr->rows], experiment->dims[expr->cols]), sum = 0;
    switch (expr->kind) {
    case LSA_EXPR_PRODUCT:
        for (int k = 0; k < expr->n_children; k++)
            if (expr->children[k]->rows != LSA_DIM_ONE || expr->children[k]->cols != LSA_DIM_ONE)
                rank = least(rank, rank_of(experiment, expr->children[k]));
        return rank;
    case LSA_EXPR_SUM:
        for (int k = 0; k < expr->n_children; k++)
            sum += rank_of(experiment, expr->children[k]);
        return least(rank, sum);
    case LSA_EXPR_NEGATE:
    case LSA_EXPR_DIVIDE:
    case LSA_EXPR_TRANSPOSE:
        return rank_of(experiment, expr->children[0]);
    default:
        return rank;
    }
}

ptrdiff_t lsa_study_rank(const lsa_study *study)
{
    const lsa_experiment *experiment = study->experiment;
    const lsa_data *data = &experiment->data;
    const lsa_expr *U = experiment->statement->layer.U;
    if (U != NULL)
        return least(data->heads * rank_of(experiment, U), data->d);
    return experiment->statement->rank >= 0 ? least(data->rank * data->heads, data->d) : data->d;
}

lsa_status study_require_theory(const lsa_study *study, lsa_error *err)
{
    if (lsa_study_has_theory(study))
        return LSA_OK;
    return lsa_error_set(
        err, LSA_ERR_UNABLE,
        "statement %s: theory has closed forms for a layer with the target w' * xq and the laws of the "
        "shipped statements only",
        study->experiment->statement->name);
}
