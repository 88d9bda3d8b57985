/* symbol_table.c - the symbols and dimensions of a statement, in the order in which they are first met. */
#include "base/try.h"
#include "model/expression.h"
#include <stdio.h>
#include <string.h>

lsa_dim lsa_symbol_table_dim(lsa_symbol_table *table, const char *name)
{
    for (int k = 0; k < table->n_dims; k++)
        if (strcmp(table->dims[k], name) == 0)
            return k;
    if (table->n_dims == LSA_TABLE_DIMS)
        return -1;
    table->dims[table->n_dims] = name;
    return table->n_dims++;
}

int lsa_symbol_table_find(const lsa_symbol_table *table, const char *name)
{
    for (int k = 0; k < table->n_symbols; k++)
        if (strcmp(table->symbols[k].name, name) == 0)
            return k;
    return -1;
}

/* Symbols whose numbers every setting gives. */
static const lsa_symbol reserved[] = {
    {.name = "N", .kind = LSA_SYMBOL_SCALAR, .role = LSA_ROLE_CONTEXT_LENGTH, .covariance = -1},
    {.name = "rho", .kind = LSA_SYMBOL_SCALAR, .role = LSA_ROLE_NORMALISER, .covariance = -1},
    {.name = "s2", .kind = LSA_SYMBOL_SCALAR, .role = LSA_ROLE_NOISE_VARIANCE, .covariance = -1},
    {.name = "Lambda",
     .kind = LSA_SYMBOL_MATRIX,
     .role = LSA_ROLE_COVARIANCE,
     .rows = LSA_DIM_D,
     .cols = LSA_DIM_D,
     .symmetric = true,
     .covariance = -1},
    {.name = "Omega",
     .kind = LSA_SYMBOL_MATRIX,
     .role = LSA_ROLE_TASK_COVARIANCE,
     .rows = LSA_DIM_D,
     .cols = LSA_DIM_D,
     .symmetric = true,
     .covariance = -1},
};

static const lsa_symbol *find_reserved(const char *name)
{
    for (size_t k = 0; k < sizeof reserved / sizeof *reserved; k++)
        if (strcmp(name, reserved[k].name) == 0)
            return &reserved[k];
    return NULL;
}

bool lsa_name_is_reserved(const char *name)
{
    return find_reserved(name) != NULL;
}

lsa_status lsa_symbol_table_add(lsa_symbol_table *table, const lsa_symbol *symbol, const lsa_node *node, int *out,
                                lsa_error *err)
{
    const lsa_symbol *known = find_reserved(symbol->name);
    if (lsa_symbol_table_find(table, symbol->name) >= 0)
        return lsa_node_error(node, err, "the name '%s' is already taken", symbol->name);
    if (known != NULL && (symbol->kind != known->kind || symbol->rows != known->rows || symbol->cols != known->cols))
        return lsa_node_error(node, err, "the name '%s' is reserved: it has its number from 'data'", symbol->name);
    if (strcmp(symbol->name, "sum") == 0 || strcmp(symbol->name, "tr") == 0)
        return lsa_node_error(node, err, "'%s' is a word of the grammar, not a name", symbol->name);
    if (table->n_symbols == LSA_TABLE_SYMBOLS)
        return lsa_node_error(node, err, "more than %d symbols", LSA_TABLE_SYMBOLS);
    table->symbols[table->n_symbols] = known != NULL ? *known : *symbol;
    *out = table->n_symbols++;
    return LSA_OK;
}

/* The name of a side of a given matrix: 1, d or r where the number is theirs, else the number itself. */
static lsa_status side_name(lsa_symbol_table *table, ptrdiff_t side, const lsa_node *node, lsa_dim *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *name = side == 1 ? "1" : side == table->context->d ? "d" : NULL;
    if (name == NULL)
        for (int k = 0; k < table->n_dims; k++)
            if (strcmp(table->dims[k], "r") == 0 && side == table->context->rank)
                name = "r";
    if (name == NULL)
        name = lsa_arena_printf(table->arena, "%td", side);
    LSA_TRY_MEMORY(name, "a dimension");
    *out = lsa_symbol_table_dim(table, name);
    if (*out < 0)
        return lsa_node_error(node, err, "more than %d dimensions", LSA_TABLE_DIMS);
done:
    return status;
}

static const lsa_given *find_given(const lsa_symbol_table *table, const char *name)
{
    if (table->context == NULL)
        return NULL;
    for (ptrdiff_t k = 0; k < table->context->n_given; k++)
        if (strcmp(table->context->given[k].name, name) == 0)
            return &table->context->given[k];
    return NULL;
}

static lsa_status add_given(lsa_symbol_table *table, const lsa_given *given, const lsa_node *node, int *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool one = given->rows == 1 && given->cols == 1;
    const bool scalar = one && (given->form == LSA_ARRAY_NUMBER || table->context->d != 1);
    lsa_symbol symbol = {.name = given->name,
                         .kind = scalar ? LSA_SYMBOL_SCALAR : LSA_SYMBOL_MATRIX,
                         .symmetric = given->symmetric,
                         .covariance = -1};
    LSA_TRY(side_name(table, given->rows, node, &symbol.rows, err));
    LSA_TRY(side_name(table, given->cols, node, &symbol.cols, err));
    if (one && !scalar) { /* of dimension d = 1, a list is a vector and a list of rows a square matrix */
        symbol.rows = LSA_DIM_D;
        symbol.cols = given->form == LSA_ARRAY_MATRIX ? LSA_DIM_D : LSA_DIM_ONE;
    }
    LSA_TRY(lsa_symbol_table_add(table, &symbol, node, out, err));
done:
    return status;
}

lsa_status lsa_symbol_table_resolve(lsa_symbol_table *table, const char *name, const lsa_node *node, int *out,
                                    lsa_error *err)
{
    const lsa_symbol *known = find_reserved(name);
    const lsa_given *given = find_given(table, name);
    *out = lsa_symbol_table_find(table, name);
    if (*out >= 0)
        return LSA_OK;
    if (known != NULL)
        return lsa_symbol_table_add(table, known, node, out, err);
    return given == NULL ? LSA_OK : add_given(table, given, node, out, err);
}
