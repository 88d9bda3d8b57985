/* init.c - the start of the flow. */
#include "base/try.h"
#include "model/array.h"
#include "model/experiment.h"
#include "model/schema.h"
#include "model/suggest.h"
#include <math.h>
#include <string.h>

static lsa_status read_theta(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, lsa_init *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (node == NULL || node->kind == LSA_NODE_SCALAR)
        return LSA_OK;
    const lsa_node *random = lsa_node_find(node, "random"), *matrix = lsa_node_find(node, "matrix");
    if ((random == NULL) == (matrix == NULL))
        return lsa_node_error(node, err, "give one of the keys random, matrix");
    out->theta = random != NULL ? LSA_THETA_RANDOM : LSA_THETA_MATRIX;
    out->theta_seed = lsa_value_seed(node, "(theta).random");
    if (matrix == NULL)
        return LSA_OK;
    LSA_TRY(lsa_reading_numbers(reading, matrix, d, d, &out->theta_matrix, err));
    LSA_TRY(lsa_array_read(matrix, LSA_ARRAY_MATRIX, d, d, out->theta_matrix, err));
    for (ptrdiff_t k = 0; k < d * d; k++)
        if (out->theta_matrix[k] != 0.0)
            return LSA_OK;
    return lsa_node_error(matrix, err, "found the zero matrix, which cannot be scaled to |Theta Theta'| = 1");
done:
    return status;
}

/* The parameter of that name, or -1. */
static int find_parameter(const lsa_statement *statement, const char *name)
{
    const int id = lsa_statement_find(statement, name);
    return id >= 0 && statement->symbols[id].kind == LSA_SYMBOL_PARAMETER ? id : -1;
}

static lsa_status unknown_parameter(const lsa_statement *statement, const lsa_node *key, lsa_error *err)
{
    char hint[LSA_SUGGESTION_SIZE];
    lsa_suggestion best = lsa_suggestion_for(key->text);
    for (int k = 0; k < statement->n_parameters; k++)
        lsa_suggestion_offer(&best, statement->symbols[statement->parameters[k]].name);
    return lsa_node_error(key, err, "the statement '%s' has no such parameter%s", statement->name,
                          lsa_suggestion_text(&best, hint));
}

static lsa_array_form form_of(const lsa_symbol *symbol)
{
    if (symbol->cols != LSA_DIM_ONE)
        return LSA_ARRAY_MATRIX;
    return symbol->rows != LSA_DIM_ONE ? LSA_ARRAY_VECTOR : LSA_ARRAY_NUMBER;
}

/* Numbers of one parameter: of a family, one value for each head. */
static lsa_status read_block(lsa_reading *reading, const lsa_experiment *e, int id, const lsa_node *node,
                             const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char found[LSA_FOUND_SIZE];
    const lsa_symbol *symbol = &e->statement->symbols[id];
    const ptrdiff_t rows = e->dims[symbol->rows], cols = e->dims[symbol->cols];
    const bool family = symbol->family == LSA_FAMILY_HEAD;
    const ptrdiff_t heads = family ? e->data.heads : 1;
    double *numbers = NULL;
    if (family && node->kind != LSA_NODE_SEQUENCE)
        return lsa_node_error(node, err, "found %s, expected a list over the heads", lsa_node_found(node, found));
    if (family && node->count != heads)
        return lsa_node_error(node, err, "found a list of length %td, expected one value for each of %td heads",
                              node->count, heads);
    LSA_TRY(lsa_reading_numbers(reading, node, rows, heads * cols, &numbers, err));
    for (ptrdiff_t h = 0; h < heads; h++)
        LSA_TRY(lsa_array_read(family ? node->items[h] : node, form_of(symbol), rows, cols, numbers + h * rows * cols,
                               err));
    *out = numbers;
done:
    return status;
}

static lsa_status read_values(lsa_reading *reading, const lsa_node *values, lsa_experiment *e, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_init *init = &e->init;
    if (values == NULL)
        return LSA_OK;
    init->values = lsa_arena_alloc(reading->arena, (size_t)values->count, sizeof *init->values);
    LSA_TRY_MEMORY(init->values, "initial values");
    for (ptrdiff_t k = 0; k < values->count; k++) {
        const int id = find_parameter(e->statement, values->keys[k]->text);
        if (id < 0)
            return unknown_parameter(e->statement, values->keys[k], err);
        init->values[k].symbol = id;
        LSA_TRY(read_block(reading, e, id, values->items[k], &init->values[k].values, err));
    }
    init->n_values = (int)values->count;
done:
    return status;
}

lsa_status lsa_init_read(lsa_reading *reading, const lsa_node *init, lsa_experiment *experiment, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_init *out = &experiment->init;
    const lsa_node *values = lsa_value_node(init, "init.values");
    const lsa_node *perturb = lsa_value_node(init, "init.perturb");
    out->scheme = (lsa_init_scheme)lsa_value_choice(init, "init.scheme");
    if (values != NULL && values->count > 0 && lsa_value_node(init, "init.scheme") == NULL)
        return lsa_node_error(values, err, "values are given, but the scheme is paper: give scheme: values");
    out->sigma = lsa_value_real(init, "init.sigma");
    LSA_TRY(read_theta(reading, lsa_value_node(init, "init.theta"), experiment->data.d, out, err));
    out->scale = lsa_value_real(init, "init.scale");
    out->seed = lsa_value_seed(init, "init.seed");
    LSA_TRY(read_values(reading, values, experiment, err));
    out->perturb_scale = lsa_value_real(perturb, "init.perturb.scale");
    out->perturb_seed = lsa_value_seed(perturb, "init.perturb.seed");
done:
    return status;
}
