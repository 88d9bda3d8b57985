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

ptrdiff_t lsa_study_rank(const lsa_study *study)
{
    const lsa_data *data = &study->experiment->data;
    const ptrdiff_t rank = data->rank * data->heads;
    return study->experiment->statement->rank >= 0 && rank < data->d ? rank : data->d;
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
