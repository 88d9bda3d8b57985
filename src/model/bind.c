/* bind.c - a statement meets the numbers of its model: where it comes from, what its dimensions and constants are. */
#include "base/text.h"
#include "base/try.h"
#include "model/array.h"
#include "model/covariance_form.h"
#include "model/experiment.h"
#include "model/schema.h"
#include "model/semidefinite.h"
#include "model/statement.h"
#include "model/suggest.h"
#include <stdlib.h>
#include <string.h>

static bool is_constant(const lsa_symbol *symbol)
{
    return symbol->kind == LSA_SYMBOL_SCALAR || symbol->kind == LSA_SYMBOL_MATRIX;
}

/* Whether a square list of rows is symmetric to the last digit, as text compares numbers. */
static lsa_status is_symmetric(const lsa_node *node, ptrdiff_t d, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *matrix = calloc((size_t)(d * d), sizeof *matrix);
    LSA_TRY_MEMORY(matrix, "the values of a model");
    LSA_TRY(lsa_array_read(node, LSA_ARRAY_MATRIX, d, d, matrix, err));
    *out = true;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < j; i++)
            *out = *out && matrix[i + j * d] == matrix[j + i * d];
done:
    free(matrix);
    return status;
}

/* The shapes of `data.values`, so that a statement may name them undeclared. */
static lsa_status read_given(lsa_reading *reading, const lsa_node *values, lsa_statement_context *context,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (values == NULL)
        return LSA_OK;
    lsa_given *given = lsa_arena_alloc(reading->arena, (size_t)values->count, sizeof *given);
    LSA_TRY_MEMORY(given, "the values of a model");
    for (ptrdiff_t k = 0; k < values->count; k++) {
        given[k].name = values->keys[k]->text;
        if (lsa_name_is_reserved(given[k].name))
            return lsa_node_error(values->keys[k], err, "'%s' has its number from the other keys of 'data'",
                                  given[k].name);
        LSA_TRY(lsa_array_shape(values->items[k], &given[k].form, &given[k].rows, &given[k].cols, err));
        if (given[k].form == LSA_ARRAY_MATRIX && given[k].rows == given[k].cols)
            LSA_TRY(is_symmetric(values->items[k], given[k].rows, &given[k].symmetric, err));
    }
    context->given = given;
    context->n_given = values->count;
done:
    return status;
}

/* The tree of a statement file that the model names. */
static lsa_status read_statement_file(lsa_reading *reading, const lsa_node *node, lsa_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    lsa_source *source = lsa_arena_alloc(reading->arena, 1, sizeof *source);
    LSA_TRY_MEMORY(source, "a statement");
    LSA_TRY(lsa_reading_path(reading, node, &source->name, err));
    LSA_TRY(lsa_text_read_file(&text, source->name, LSA_YAML_BYTES, err));
    source->length = text.length;
    source->text = lsa_arena_text(reading->arena, text.data == NULL ? "" : text.data, text.length);
    LSA_TRY_MEMORY(source->text, "a statement");
    LSA_TRY(lsa_yaml_parse(source, reading->arena, out, err));
done:
    lsa_text_clear(&text);
    return status;
}

static bool is_path(const char *text)
{
    const size_t length = strlen(text);
    return length > 5 && strcmp(text + length - 5, ".yaml") == 0;
}

static lsa_status unknown_statement(const lsa_node *node, lsa_error *err)
{
    const char *const *names = lsa_statement_shipped_names();
    char hint[LSA_SUGGESTION_SIZE], found[LSA_FOUND_SIZE], list[LSA_EXPECTED_SIZE] = "";
    lsa_suggestion best = lsa_suggestion_for(node->text);
    for (int k = 0; names[k] != NULL; k++) {
        strncat(list, names[k], sizeof list - strlen(list) - 1);
        strncat(list, ", ", sizeof list - strlen(list) - 1);
        lsa_suggestion_offer(&best, names[k]);
    }
    return lsa_node_error(node, err, "found %s, expected one of %sa path ending in .yaml, or a mapping%s",
                          lsa_node_found(node, found), list, lsa_suggestion_text(&best, hint));
}

/* The mapping of the statement and its name: shipped, from a file, or inline. */
static lsa_status find_statement(lsa_reading *reading, const lsa_node *node, const lsa_node **mapping,
                                 const char **name, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node *tree = NULL;
    *name = node->kind == LSA_NODE_MAPPING ? "inline" : node->text;
    *mapping = node;
    if (node->kind == LSA_NODE_MAPPING)
        return LSA_OK;
    if (is_path(node->text)) {
        LSA_TRY(read_statement_file(reading, node, &tree, err));
    } else {
        status = lsa_statement_shipped_tree(node->text, reading->arena, &tree, err);
        if (status == LSA_ERR_INPUT)
            status = unknown_statement(node, err);
        LSA_TRY(status);
    }
    *mapping = tree;
done:
    return status;
}

/* Reads the statement, or takes that of the run before where nothing it depends on has changed. */
static lsa_status read_statement(lsa_reading *reading, const lsa_node *node, const lsa_node *values,
                                 const lsa_data *sizes, const lsa_statement **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_statement_context context = {.d = sizes->d, .rank = sizes->rank};
    const lsa_node *mapping = NULL;
    const char *name = NULL;
    const int values_version = values == NULL ? 0 : values->version;
    const bool same = reading->statement != NULL && node == reading->statement_node &&
                      node->version == reading->statement_version && values == reading->values_node &&
                      values_version == reading->values_version && sizes->d == reading->statement_d &&
                      sizes->rank == reading->statement_rank;
    if (!same) {
        LSA_TRY(read_given(reading, values, &context, err));
        LSA_TRY(find_statement(reading, node, &mapping, &name, err));
        LSA_TRY(lsa_statement_read(name, mapping, &context, reading->arena, &reading->statement, err));
        reading->statement_node = node;
        reading->statement_version = node->version;
        reading->values_node = values;
        reading->values_version = values_version;
        reading->statement_d = sizes->d;
        reading->statement_rank = sizes->rank;
    }
    *out = reading->statement;
done:
    return status;
}

/* Dimensions that need no value of the user: 1, d, r, and numbers. The others stay 0. */
static lsa_status start_dims(lsa_reading *reading, lsa_experiment *e, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_statement *s = e->statement;
    e->dims = lsa_arena_alloc(reading->arena, (size_t)s->n_dims, sizeof *e->dims);
    LSA_TRY_MEMORY(e->dims, "the dimensions of a statement");
    for (int k = 0; k < s->n_dims; k++)
        e->dims[k] = strtol(s->dims[k], NULL, 10); /* a name gives 0 */
    e->dims[LSA_DIM_D] = e->data.d;
    if (s->rank >= 0)
        e->dims[s->rank] = e->data.rank;
    e->data.rank = s->rank >= 0 ? e->data.rank : 1;
    e->data.heads = s->has_heads ? e->data.heads : 1;
done:
    return status;
}

/* A free dimension takes the side of the first value that has it. */
static void bind_dims(const lsa_symbol *symbol, ptrdiff_t rows, ptrdiff_t cols, ptrdiff_t *dims)
{
    if (dims[symbol->rows] == 0)
        dims[symbol->rows] = rows;
    if (dims[symbol->cols] == 0)
        dims[symbol->cols] = cols;
}

/* A Gaussian whose variance or covariance is symbol `id`, or NULL. */
static const lsa_symbol *gaussian_of(const lsa_statement *s, int id)
{
    for (int k = 0; k < s->n_symbols; k++)
        if (s->symbols[k].kind == LSA_SYMBOL_GAUSSIAN && s->symbols[k].covariance == id)
            return &s->symbols[k];
    return NULL;
}

/* The numbers of a covariance, d x d, with their rounding taken away. */
static lsa_status read_covariance(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, const char *gaussian,
                                  double *numbers, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_covariance *covariance = NULL;
    status = lsa_covariance_read_rows(reading, node, d, &covariance, err);
    if (status == LSA_ERR_INPUT)
        lsa_error_add(err, "  it is the covariance of '%s'", gaussian);
    LSA_TRY(status);
    lsa_covariance_matrix(covariance, numbers);
done:
    return status;
}

/* A variance is >= 0, a covariance symmetric and semidefinite, a constant declared symmetric is so. */
static lsa_status check_role(lsa_reading *reading, const lsa_experiment *e, int id, const lsa_node *node,
                             double *numbers, lsa_error *err)
{
    char found[LSA_FOUND_SIZE];
    const lsa_symbol *symbol = &e->statement->symbols[id], *gaussian = gaussian_of(e->statement, id);
    const ptrdiff_t side = e->dims[symbol->rows];
    const bool scalar = symbol->kind == LSA_SYMBOL_SCALAR;
    if (scalar && gaussian != NULL && *numbers < 0.0)
        return lsa_node_error(node, err, "found %s, expected a number >= 0: it is the variance of '%s'",
                              lsa_node_found(node, found), gaussian->name);
    if (!scalar && gaussian != NULL)
        return read_covariance(reading, node, side, gaussian->name, numbers, err);
    return symbol->symmetric ? lsa_symmetrise(node, side, numbers, err) : LSA_OK;
}

static lsa_status read_value(lsa_reading *reading, lsa_experiment *e, int id, const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_symbol *symbol = &e->statement->symbols[id];
    lsa_array_form form = LSA_ARRAY_NUMBER;
    ptrdiff_t rows = 0, cols = 0;
    double *numbers = NULL;
    const lsa_array_form wanted = symbol->kind == LSA_SYMBOL_SCALAR ? LSA_ARRAY_NUMBER
                                  : symbol->cols == LSA_DIM_ONE     ? LSA_ARRAY_VECTOR
                                                                    : LSA_ARRAY_MATRIX;
    LSA_TRY(lsa_array_shape(node, &form, &rows, &cols, err));
    bind_dims(symbol, rows, cols, e->dims);
    rows = e->dims[symbol->rows];
    cols = e->dims[symbol->cols];
    LSA_TRY(lsa_reading_numbers(reading, node, rows, cols, &numbers, err));
    LSA_TRY(lsa_array_read(node, wanted, rows, cols, numbers, err));
    LSA_TRY(check_role(reading, e, id, node, numbers, err));
    e->data.values[e->data.n_values++] = (lsa_block_values){.symbol = id, .values = numbers};
done:
    return status;
}

/* Every constant of the statement that the law does not give has its value, and every value has its constant. */
static lsa_status read_values(lsa_reading *reading, const lsa_node *node, const lsa_node *values, lsa_experiment *e,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_statement *s = e->statement;
    e->data.values = lsa_arena_alloc(reading->arena, (size_t)s->n_symbols, sizeof *e->data.values);
    LSA_TRY_MEMORY(e->data.values, "the values of a model");
    for (int id = 0; id < s->n_symbols; id++) {
        const lsa_symbol *symbol = &s->symbols[id];
        if (!is_constant(symbol) || symbol->role != LSA_ROLE_NONE)
            continue;
        const lsa_node *value = values == NULL ? NULL : lsa_node_find(values, symbol->name);
        if (value == NULL)
            return lsa_node_error(node, err, "the statement's constant '%s' has no number: give data.values.%s",
                                  symbol->name, symbol->name);
        LSA_TRY(read_value(reading, e, id, value, err));
    }
    for (ptrdiff_t k = 0; values != NULL && k < values->count; k++) {
        const int id = lsa_statement_find(s, values->keys[k]->text);
        if (id < 0 || !is_constant(&s->symbols[id]))
            return lsa_node_error(values->keys[k], err, "the statement '%s' has no such constant", s->name);
    }
done:
    return status;
}

static lsa_status check_dims(const lsa_node *node, const lsa_experiment *e, lsa_error *err)
{
    for (int k = 0; k < e->statement->n_dims; k++)
        if (e->dims[k] < 1)
            return lsa_node_error(node, err, "the dimension '%s' is not fixed by d, r or a value",
                                  e->statement->dims[k]);
    return LSA_OK;
}

lsa_status lsa_statement_bind(lsa_reading *reading, const lsa_node *root, lsa_experiment *experiment, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *node = lsa_value_node(root, "statement");
    const lsa_node *values = lsa_value_node(lsa_value_node(root, "data"), "data.values");
    LSA_TRY(read_statement(reading, node, values, &experiment->data, &experiment->statement, err));
    LSA_TRY(start_dims(reading, experiment, err));
    LSA_TRY(read_values(reading, node, values, experiment, err));
    LSA_TRY(check_dims(node, experiment, err));
done:
    return status;
}
