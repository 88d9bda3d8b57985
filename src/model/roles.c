/* roles.c - roles of Gaussians follow from covariance symbols alone, those of parameters from the layer: never from names.
 *
 * A family over the samples with the covariance Lambda is a context. The query is the only single Gaussian ~ Lambda that
 * the target names, the task the only Gaussian ~ Omega; where there is no only one, nobody has the role, unless the
 * statement's `roles` decide. */
#include "model/roles.h"
#include "base/try.h"
#include <stdio.h>
#include <string.h>

static bool is_drawn_from(const lsa_symbol_table *table, int id, lsa_role law)
{
    const lsa_symbol *s = &table->symbols[id];
    return s->kind == LSA_SYMBOL_GAUSSIAN && table->symbols[s->covariance].role == law;
}

static bool is_single(const lsa_symbol *symbol)
{
    return symbol->family == LSA_FAMILY_NONE;
}

/* The role of a Gaussian as long as nobody is query or task. */
static lsa_role plain_role(const lsa_symbol_table *table, int id)
{
    const bool single = is_single(&table->symbols[id]);
    if (is_drawn_from(table, id, LSA_ROLE_COVARIANCE))
        return single ? LSA_ROLE_COVARIATE : LSA_ROLE_CONTEXT;
    if (is_drawn_from(table, id, LSA_ROLE_TASK_COVARIANCE))
        return LSA_ROLE_TASK_DRAW;
    return is_drawn_from(table, id, LSA_ROLE_NOISE_VARIANCE) ? LSA_ROLE_NOISE : LSA_ROLE_NONE;
}

/* The only symbol of the role, -1 for none or several. `within`: only those that this expression names; may be NULL. */
static int only_one(const lsa_symbol_table *table, lsa_role role, const lsa_expr *within)
{
    int found = -1;
    for (int id = 0; id < table->n_symbols; id++) {
        if (table->symbols[id].role != role || (within != NULL && !lsa_expr_names(within, id)))
            continue;
        if (found >= 0)
            return -1;
        found = id;
    }
    return found;
}

/* The only family over the samples of that role, or -1. */
static int only_family(const lsa_symbol_table *table, lsa_role role)
{
    int found = -1;
    for (int id = 0; id < table->n_symbols; id++) {
        if (table->symbols[id].role != role || is_single(&table->symbols[id]))
            continue;
        if (found >= 0)
            return -1;
        found = id;
    }
    return found;
}

/* The Gaussian that `roles` names, where it names one. */
static lsa_status named_one(lsa_symbol_table *table, const lsa_node *roles, const char *key, lsa_role candidate,
                            const char *law, int *out, lsa_error *err)
{
    const lsa_node *name = roles == NULL ? NULL : lsa_node_find(roles, key);
    char found[LSA_FOUND_SIZE];
    if (name == NULL)
        return LSA_OK;
    *out = name->kind == LSA_NODE_SCALAR ? lsa_symbol_table_find(table, name->text) : -1;
    if (*out < 0 || table->symbols[*out].role != candidate || !is_single(&table->symbols[*out]))
        return lsa_node_error(name, err, "found %s, expected a single Gaussian with the covariance %s",
                              lsa_node_found(name, found), law);
    return LSA_OK;
}

static bool sums_over_heads(const lsa_expr *expr)
{
    if (expr->kind == LSA_EXPR_INDEX_SUM && expr->family == LSA_FAMILY_HEAD)
        return true;
    for (int k = 0; k < expr->n_children; k++)
        if (sums_over_heads(expr->children[k]))
            return true;
    return false;
}

static bool has_heads(const lsa_symbol_table *table, const lsa_statement *s)
{
    for (int k = 0; k < s->n_parameters; k++)
        if (table->symbols[s->parameters[k]].family == LSA_FAMILY_HEAD)
            return true;
    return sums_over_heads(s->prediction) || sums_over_heads(s->target);
}

/* ---- The layer's parameters -------------------------------------------------------------------------------------- */

static const lsa_symbol *parameter_in(const lsa_symbol_table *table, const lsa_expr *expr)
{
    const lsa_symbol *s = expr->kind == LSA_EXPR_SYMBOL ? &table->symbols[expr->symbol] : NULL;
    return s != NULL && s->kind == LSA_SYMBOL_PARAMETER ? s : NULL;
}

static int parameter_of(const lsa_symbol_table *table, const lsa_expr *block)
{
    if (block == NULL)
        return LSA_BLOCK_ABSENT;
    return parameter_in(table, block) != NULL ? block->symbol : LSA_BLOCK_OTHER;
}

/* U = K' * Q with r x d parameters K and Q, both per head or both not. */
static void find_key_query(const lsa_symbol_table *table, const lsa_expr *U, lsa_layer_parameters *out)
{
    if (U == NULL || U->kind != LSA_EXPR_PRODUCT || U->n_children != 2 || U->children[0]->kind != LSA_EXPR_TRANSPOSE)
        return;
    const lsa_expr *key = U->children[0]->children[0], *query = U->children[1];
    const lsa_symbol *K = parameter_in(table, key), *Q = parameter_in(table, query);
    if (K == NULL || Q == NULL || K->family != Q->family || K->rows != Q->rows || K->cols != LSA_DIM_D ||
        Q->cols != LSA_DIM_D)
        return;
    out->K = key->symbol;
    out->Q = query->symbol;
}

static lsa_layer_parameters parameters_of_layer(const lsa_symbol_table *table, const lsa_layer_blocks *layer)
{
    lsa_layer_parameters out = {.px = parameter_of(table, layer->px),
                                .u = parameter_of(table, layer->u),
                                .U = parameter_of(table, layer->U),
                                .k = parameter_of(table, layer->k),
                                .K = LSA_BLOCK_ABSENT,
                                .Q = LSA_BLOCK_ABSENT};
    find_key_query(table, layer->U, &out);
    return out;
}

/* The only parameter of side x side. */
static int only_of_shape(const lsa_symbol_table *table, const lsa_statement *s, lsa_dim side)
{
    int found = LSA_BLOCK_ABSENT;
    for (int k = 0; k < s->n_parameters; k++) {
        const lsa_symbol *parameter = &table->symbols[s->parameters[k]];
        if (parameter->rows == side && parameter->cols == side)
            found = found == LSA_BLOCK_ABSENT ? s->parameters[k] : LSA_BLOCK_OTHER;
    }
    return found;
}

static lsa_layer_parameters parameters_by_shape(const lsa_symbol_table *table, const lsa_statement *s)
{
    return (lsa_layer_parameters){.px = LSA_BLOCK_ABSENT,
                                  .u = only_of_shape(table, s, LSA_DIM_ONE),
                                  .U = only_of_shape(table, s, LSA_DIM_D),
                                  .k = LSA_BLOCK_ABSENT,
                                  .K = LSA_BLOCK_ABSENT,
                                  .Q = LSA_BLOCK_ABSENT};
}

static lsa_dim rank_of(const lsa_symbol_table *table)
{
    for (int k = 0; k < table->n_dims; k++)
        if (strcmp(table->dims[k], "r") == 0)
            return k;
    return -1;
}

/* ---- All -------------------------------------------------------------------------------------------------------- */

lsa_status lsa_roles_find(lsa_symbol_table *table, const lsa_node *roles, lsa_statement *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int id = 0; id < table->n_symbols; id++)
        if (table->symbols[id].kind == LSA_SYMBOL_GAUSSIAN)
            table->symbols[id].role = plain_role(table, id);
    s->context = only_one(table, LSA_ROLE_CONTEXT, NULL);
    s->query = only_one(table, LSA_ROLE_COVARIATE, s->target);
    s->task = only_one(table, LSA_ROLE_TASK_DRAW, NULL);
    s->label_noise = only_family(table, LSA_ROLE_NOISE);
    if (s->task >= 0 && !is_single(&table->symbols[s->task]))
        s->task = -1;
    LSA_TRY(named_one(table, roles, "query", LSA_ROLE_COVARIATE, "Lambda", &s->query, err));
    LSA_TRY(named_one(table, roles, "task", LSA_ROLE_TASK_DRAW, "Omega", &s->task, err));
    if (s->query >= 0)
        table->symbols[s->query].role = LSA_ROLE_QUERY;
    if (s->task >= 0)
        table->symbols[s->task].role = LSA_ROLE_TASK;
    s->samples = only_one(table, LSA_ROLE_CONTEXT_LENGTH, NULL);
    s->rho = only_one(table, LSA_ROLE_NORMALISER, NULL);
    s->noise = only_one(table, LSA_ROLE_NOISE_VARIANCE, NULL);
    s->covariance = only_one(table, LSA_ROLE_COVARIANCE, NULL);
    s->task_covariance = only_one(table, LSA_ROLE_TASK_COVARIANCE, NULL);
    s->has_heads = has_heads(table, s);
    s->layer_parameters = s->has_layer ? parameters_of_layer(table, &s->layer) : parameters_by_shape(table, s);
    s->rank = rank_of(table);
done:
    return status;
}

const char *lsa_role_candidates(const lsa_statement *statement, lsa_role role, lsa_role_names out)
{
    const lsa_role other = role == LSA_ROLE_QUERY ? LSA_ROLE_COVARIATE : LSA_ROLE_TASK_DRAW;
    size_t length = 0;
    out[0] = '\0';
    for (int id = 0; id < statement->n_symbols; id++) {
        const lsa_symbol *s = &statement->symbols[id];
        if ((s->role != role && s->role != other) || !is_single(s) || length >= sizeof(lsa_role_names))
            continue;
        length +=
            (size_t)snprintf(out + length, sizeof(lsa_role_names) - length, "%s%s", length > 0 ? ", " : "", s->name);
    }
    return out;
}
