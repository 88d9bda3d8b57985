/* statement.c - the mapping of a statement: who is Gaussian, who moves, the prediction, the target, the layer.
 *
 * Constants come first, then Gaussians, then parameters, then definitions, whatever their order in the file: each may
 * then name what stands before it. */
#include "model/statement.h"
#include "base/try.h"
#include "model/roles.h"
#include "model/suggest.h"
#include <stdio.h>
#include <string.h>

static const char *const statement_keys[] = {"constants", "gaussians", "parameters", "define", "prediction",
                                             "target",    "roles",     "layer",      NULL};
static const char *const role_keys[] = {"query", "task", NULL};
static const char *const gaussian_keys[] = {"covariance", "variance", "samples", NULL};
static const char *const constant_keys[] = {"shape", "symmetric", NULL};
static const char *const layer_keys[] = {"px", "u", "U", "k", "masked", NULL};

static lsa_status expect_mapping(const lsa_node *node, lsa_error *err)
{
    char found[LSA_FOUND_SIZE];
    if (node->kind == LSA_NODE_MAPPING)
        return LSA_OK;
    return lsa_node_error(node, err, "found %s, expected a mapping", lsa_node_found(node, found));
}

/* Every key of the mapping is one of `known`. */
static lsa_status check_keys(const lsa_node *mapping, const char *const *known, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(expect_mapping(mapping, err));
    for (ptrdiff_t i = 0; i < mapping->count; i++) {
        char hint[LSA_SUGGESTION_SIZE];
        lsa_suggestion best = lsa_suggestion_for(mapping->keys[i]->text);
        bool found = false;
        for (int k = 0; known[k] != NULL; k++) {
            found = found || strcmp(known[k], mapping->keys[i]->text) == 0;
            lsa_suggestion_offer(&best, known[k]);
        }
        if (!found)
            return lsa_node_error(mapping->keys[i], err, "unknown key%s", lsa_suggestion_text(&best, hint));
    }
done:
    return status;
}

/* Reads `name` or `name[index]` from a scalar. */
static lsa_status read_head(lsa_symbol_table *table, const lsa_node *node, const lsa_syntax **out, lsa_error *err)
{
    char found[LSA_FOUND_SIZE];
    lsa_syntax_fault fault = {0};
    if (node->kind != LSA_NODE_SCALAR)
        return lsa_node_error(node, err, "found %s, expected a name", lsa_node_found(node, found));
    const lsa_status status = lsa_syntax_parse_name(node->text, table->arena, out, &fault);
    if (status == LSA_ERR_MEMORY)
        return lsa_error_set(err, status, "out of memory for a name");
    if (status != LSA_OK)
        return lsa_node_error_at(node, fault.offset, err, "%s", fault.message);
    return LSA_OK;
}

/* A name without an index. */
static lsa_status read_name(lsa_symbol_table *table, const lsa_node *node, const char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_syntax *head = NULL;
    LSA_TRY(read_head(table, node, &head, err));
    if (head->index != NULL)
        return lsa_node_error(node, err, "found '%s[%s]', expected a name without an index", head->text, head->index);
    *out = head->text;
done:
    return status;
}

/* One side of a shape: the name of a dimension or a number from 1 to 1000000. */
static lsa_status read_side(lsa_symbol_table *table, const lsa_node *node, lsa_dim *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char found[LSA_FOUND_SIZE];
    const char *name = NULL;
    if (node->kind == LSA_NODE_SCALAR && node->length > 0 && strspn(node->text, "0123456789") == node->length) {
        if (node->text[0] == '0' || node->length > 7 || (node->length == 7 && strcmp(node->text, "1000000") > 0))
            return lsa_node_error(node, err, "found %s, expected a side from 1 to 1000000",
                                  lsa_node_found(node, found));
        name = node->text;
    } else {
        LSA_TRY(read_name(table, node, &name, err));
    }
    *out = lsa_symbol_table_dim(table, name);
    if (*out < 0)
        return lsa_node_error(node, err, "more than %d dimensions", LSA_TABLE_DIMS);
done:
    return status;
}

/* `scalar`, `vector` (d x 1) or [rows, cols]. */
static lsa_status read_shape(lsa_symbol_table *table, const lsa_node *node, lsa_symbol *symbol, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char found[LSA_FOUND_SIZE];
    const bool scalar = node->kind == LSA_NODE_SCALAR && strcmp(node->text, "scalar") == 0;
    const bool vector = node->kind == LSA_NODE_SCALAR && strcmp(node->text, "vector") == 0;
    if (scalar || vector) {
        symbol->rows = vector ? LSA_DIM_D : LSA_DIM_ONE;
        symbol->cols = LSA_DIM_ONE;
        return LSA_OK;
    }
    if (node->kind != LSA_NODE_SEQUENCE || node->count != 2)
        return lsa_node_error(node, err, "found %s, expected a shape: scalar, vector or [rows, columns]",
                              lsa_node_found(node, found));
    LSA_TRY(read_side(table, node->items[0], &symbol->rows, err));
    LSA_TRY(read_side(table, node->items[1], &symbol->cols, err));
done:
    return status;
}

static lsa_status read_flag(const lsa_node *node, bool *out, lsa_error *err)
{
    char found[LSA_FOUND_SIZE];
    *out = node->kind == LSA_NODE_SCALAR && strcmp(node->text, "true") == 0;
    if (*out || (node->kind == LSA_NODE_SCALAR && strcmp(node->text, "false") == 0))
        return LSA_OK;
    return lsa_node_error(node, err, "found %s, expected true or false", lsa_node_found(node, found));
}

static lsa_status read_constant(lsa_symbol_table *table, const lsa_node *key, const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_symbol symbol = {.covariance = -1};
    const lsa_node *shape = node;
    int id = -1;
    LSA_TRY(read_name(table, key, &symbol.name, err));
    if (node->kind == LSA_NODE_MAPPING) {
        LSA_TRY(check_keys(node, constant_keys, err));
        const lsa_node *flag = lsa_node_find(node, "symmetric");
        if (flag != NULL)
            LSA_TRY(read_flag(flag, &symbol.symmetric, err));
        shape = lsa_node_find(node, "shape");
        if (shape == NULL)
            return lsa_node_error(node, err, "the key 'shape' is missing");
    }
    LSA_TRY(read_shape(table, shape, &symbol, err));
    if (symbol.symmetric && symbol.rows != symbol.cols)
        return lsa_node_error(node, err, "a symmetric constant must be square");
    symbol.kind = symbol.rows == LSA_DIM_ONE && symbol.cols == LSA_DIM_ONE ? LSA_SYMBOL_SCALAR : LSA_SYMBOL_MATRIX;
    LSA_TRY(lsa_symbol_table_add(table, &symbol, key, &id, err));
done:
    return status;
}

/* The symbol of a covariance or a variance: known by now, or a new constant that the model must give. */
static lsa_status read_spread(lsa_symbol_table *table, const lsa_node *node, bool scalar, int *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *name = NULL;
    const lsa_dim side = scalar ? LSA_DIM_ONE : LSA_DIM_D;
    LSA_TRY(read_name(table, node, &name, err));
    LSA_TRY(lsa_symbol_table_resolve(table, name, node, out, err));
    if (*out < 0) {
        const lsa_symbol symbol = {.name = name,
                                   .kind = scalar ? LSA_SYMBOL_SCALAR : LSA_SYMBOL_MATRIX,
                                   .rows = side,
                                   .cols = side,
                                   .symmetric = !scalar,
                                   .covariance = -1};
        LSA_TRY(lsa_symbol_table_add(table, &symbol, node, out, err));
    }
    const lsa_symbol *found = &table->symbols[*out];
    if (scalar && found->kind != LSA_SYMBOL_SCALAR)
        return lsa_node_error(node, err, "'%s' is no constant scalar", name);
    if (!scalar && (found->kind != LSA_SYMBOL_MATRIX || found->rows != found->cols))
        return lsa_node_error(node, err, "'%s' is no square constant matrix", name);
    if (!scalar)
        table->symbols[*out].symmetric = true;
done:
    return status;
}

static lsa_status read_gaussian(lsa_symbol_table *table, const lsa_node *key, const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_symbol symbol = {.kind = LSA_SYMBOL_GAUSSIAN, .cols = LSA_DIM_ONE};
    int id = -1, samples = -1;
    LSA_TRY(read_name(table, key, &symbol.name, err));
    LSA_TRY(check_keys(node, gaussian_keys, err));
    const lsa_node *covariance = lsa_node_find(node, "covariance"), *variance = lsa_node_find(node, "variance");
    const lsa_node *count = lsa_node_find(node, "samples");
    if ((covariance == NULL) == (variance == NULL))
        return lsa_node_error(node, err, "give either 'covariance' (a vector) or 'variance' (a scalar)");
    LSA_TRY(read_spread(table, covariance != NULL ? covariance : variance, variance != NULL, &symbol.covariance, err));
    symbol.rows = table->symbols[symbol.covariance].rows;
    if (count != NULL) {
        char found[LSA_FOUND_SIZE];
        if (count->kind != LSA_NODE_SCALAR || strcmp(count->text, "N") != 0)
            return lsa_node_error(count, err, "found %s, expected N, the number of samples",
                                  lsa_node_found(count, found));
        LSA_TRY(lsa_symbol_table_resolve(table, "N", count, &samples, err));
        symbol.family = LSA_FAMILY_SAMPLE;
    }
    LSA_TRY(lsa_symbol_table_add(table, &symbol, key, &id, err));
done:
    return status;
}

static lsa_status read_parameter(lsa_symbol_table *table, const lsa_node *key, const lsa_node *node, int *out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_syntax *head = NULL;
    lsa_symbol symbol = {.kind = LSA_SYMBOL_PARAMETER, .covariance = -1};
    LSA_TRY(read_head(table, key, &head, err));
    symbol.name = head->text;
    if (head->index != NULL && lsa_index_family(head->index) != LSA_FAMILY_HEAD)
        return lsa_node_error(key, err, "a family of parameters runs over the heads: write %s[h]", head->text);
    symbol.family = head->index != NULL ? LSA_FAMILY_HEAD : LSA_FAMILY_NONE;
    LSA_TRY(read_shape(table, node, &symbol, err));
    LSA_TRY(lsa_symbol_table_add(table, &symbol, key, out, err));
done:
    return status;
}

static lsa_status read_parameters(lsa_symbol_table *table, const lsa_node *node, lsa_statement *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(expect_mapping(node, err));
    if (node->count == 0)
        return lsa_node_error(node, err, "a statement has at least one parameter");
    int *ids = lsa_arena_alloc(table->arena, (size_t)node->count, sizeof *ids);
    LSA_TRY_MEMORY(ids, "the parameters of a statement");
    for (ptrdiff_t k = 0; k < node->count; k++)
        LSA_TRY(read_parameter(table, node->keys[k], node->items[k], &ids[k], err));
    s->n_parameters = (int)node->count;
    s->parameters = ids;
done:
    return status;
}

static lsa_status read_definition(lsa_symbol_table *table, const lsa_node *key, const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_definition *definition = &table->definitions[table->n_definitions];
    lsa_syntax_fault fault = {0};
    char found[LSA_FOUND_SIZE];
    int taken = -1;
    if (table->n_definitions == LSA_TABLE_DEFINITIONS)
        return lsa_node_error(key, err, "more than %d definitions", LSA_TABLE_DEFINITIONS);
    *definition = (lsa_definition){.node = node};
    LSA_TRY(read_head(table, key, &definition->head, err));
    LSA_TRY(lsa_symbol_table_resolve(table, definition->head->text, key, &taken, err));
    if (taken >= 0)
        return lsa_node_error(key, err, "the name '%s' is already taken", definition->head->text);
    for (int k = 0; k < table->n_definitions; k++)
        if (strcmp(table->definitions[k].head->text, definition->head->text) == 0)
            return lsa_node_error(key, err, "'%s' is defined twice", definition->head->text);
    if (node->kind != LSA_NODE_SCALAR)
        return lsa_node_error(node, err, "found %s, expected an expression", lsa_node_found(node, found));
    status = lsa_syntax_parse(node->text, table->arena, &definition->body, &fault);
    if (status == LSA_ERR_MEMORY)
        return lsa_error_set(err, status, "out of memory for a definition");
    if (status != LSA_OK)
        return lsa_node_error_at(node, fault.offset, err, "%s", fault.message);
    table->n_definitions++;
done:
    return status;
}

/* Reads an expression that must have the shape rows x cols; NULL for null where that is allowed. */
static lsa_status read_shaped(lsa_symbol_table *table, const lsa_node *node, lsa_dim rows, lsa_dim cols, bool block,
                              const lsa_expr **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char found[LSA_FOUND_SIZE], wanted[LSA_FOUND_SIZE];
    *out = NULL;
    if (block && (node == NULL || lsa_node_is_null(node)))
        return LSA_OK;
    LSA_TRY(lsa_expression_read(table, node, block, out, err));
    if ((*out)->rows != rows || (*out)->cols != cols)
        return lsa_node_error(node, err, "the shape is %s, expected %s",
                              lsa_shape_text(table->dims, (*out)->rows, (*out)->cols, found),
                              lsa_shape_text(table->dims, rows, cols, wanted));
done:
    return status;
}

/* Sampled quantities have no place in a weight matrix. */
static lsa_status check_block(const lsa_symbol_table *table, const lsa_expr *e, const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (e == NULL)
        return LSA_OK;
    if (e->kind == LSA_EXPR_SYMBOL && table->symbols[e->symbol].kind == LSA_SYMBOL_GAUSSIAN)
        return lsa_node_error(node, err, "a block of the layer cannot depend on the sampled '%s'",
                              table->symbols[e->symbol].name);
    for (int k = 0; k < e->n_children; k++)
        LSA_TRY(check_block(table, e->children[k], node, err));
done:
    return status;
}

static lsa_status read_layer(lsa_symbol_table *table, const lsa_node *node, lsa_statement *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_layer_blocks *layer = &s->layer;
    const struct {
        const char *key;
        lsa_dim rows, cols;
        const lsa_expr **out;
    } blocks[] = {{"px", LSA_DIM_D, LSA_DIM_ONE, &layer->px},
                  {"u", LSA_DIM_ONE, LSA_DIM_ONE, &layer->u},
                  {"U", LSA_DIM_D, LSA_DIM_D, &layer->U},
                  {"k", LSA_DIM_D, LSA_DIM_ONE, &layer->k}};
    LSA_TRY(check_keys(node, layer_keys, err));
    for (size_t k = 0; k < sizeof blocks / sizeof blocks[0]; k++) {
        const lsa_node *block = lsa_node_find(node, blocks[k].key);
        LSA_TRY(read_shaped(table, block, blocks[k].rows, blocks[k].cols, true, blocks[k].out, err));
        LSA_TRY(check_block(table, *blocks[k].out, block, err));
    }
    const lsa_node *masked = lsa_node_find(node, "masked");
    if (masked != NULL)
        LSA_TRY(read_flag(masked, &s->masked, err));
    s->has_layer = true;
done:
    return status;
}

/* A required key of the statement. */
static lsa_status require(const lsa_node *mapping, const char *key, const lsa_node **out, lsa_error *err)
{
    *out = lsa_node_find(mapping, key);
    return *out != NULL ? LSA_OK : lsa_node_error(mapping, err, "the key '%s' is missing", key);
}

typedef lsa_status entry_reader(lsa_symbol_table *table, const lsa_node *key, const lsa_node *node, lsa_error *err);

/* Every entry of an optional mapping. */
static lsa_status read_entries(lsa_symbol_table *table, const lsa_node *mapping, entry_reader *read, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (mapping == NULL)
        return LSA_OK;
    LSA_TRY(expect_mapping(mapping, err));
    for (ptrdiff_t k = 0; k < mapping->count; k++)
        LSA_TRY(read(table, mapping->keys[k], mapping->items[k], err));
done:
    return status;
}

static lsa_status read_body(lsa_symbol_table *table, const lsa_node *mapping, lsa_statement *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *gaussians = NULL, *parameters = NULL, *prediction = NULL, *target = NULL;
    const lsa_node *layer = lsa_node_find(mapping, "layer"), *roles = lsa_node_find(mapping, "roles");
    int samples = -1;
    LSA_TRY(require(mapping, "gaussians", &gaussians, err));
    LSA_TRY(require(mapping, "parameters", &parameters, err));
    LSA_TRY(require(mapping, "prediction", &prediction, err));
    LSA_TRY(require(mapping, "target", &target, err));
    LSA_TRY(read_entries(table, lsa_node_find(mapping, "constants"), read_constant, err));
    LSA_TRY(read_entries(table, gaussians, read_gaussian, err));
    LSA_TRY(read_parameters(table, parameters, s, err));
    LSA_TRY(read_entries(table, lsa_node_find(mapping, "define"), read_definition, err));
    LSA_TRY(read_shaped(table, prediction, LSA_DIM_ONE, LSA_DIM_ONE, false, &s->prediction, err));
    LSA_TRY(read_shaped(table, target, LSA_DIM_ONE, LSA_DIM_ONE, false, &s->target, err));
    if (layer != NULL && !lsa_node_is_null(layer))
        LSA_TRY(read_layer(table, layer, s, err));
    LSA_TRY(lsa_symbol_table_resolve(table, "N", mapping, &samples, err)); /* what a sum over the samples may count */
    if (roles != NULL)
        LSA_TRY(check_keys(roles, role_keys, err));
    LSA_TRY(lsa_roles_find(table, roles, s, err));
done:
    return status;
}

/* Copies the table into the statement. */
static lsa_status keep_table(const lsa_symbol_table *table, lsa_statement *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char **dims = lsa_arena_alloc(table->arena, (size_t)table->n_dims, sizeof *dims);
    lsa_symbol *symbols = lsa_arena_alloc(table->arena, (size_t)table->n_symbols, sizeof *symbols);
    LSA_TRY_MEMORY(dims, "the dimensions of a statement");
    LSA_TRY_MEMORY(symbols, "the symbols of a statement");
    memcpy(dims, table->dims, (size_t)table->n_dims * sizeof *dims);
    memcpy(symbols, table->symbols, (size_t)table->n_symbols * sizeof *symbols);
    s->n_dims = table->n_dims;
    s->dims = dims;
    s->n_symbols = table->n_symbols;
    s->symbols = symbols;
done:
    return status;
}

lsa_status lsa_statement_read(const char *name, const lsa_node *mapping, const lsa_statement_context *context,
                              lsa_arena *arena, const lsa_statement **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_symbol_table *table = lsa_arena_alloc(arena, 1, sizeof *table);
    lsa_statement *s = lsa_arena_alloc(arena, 1, sizeof *s);
    LSA_TRY_MEMORY(table, "a statement");
    LSA_TRY_MEMORY(s, "a statement");
    LSA_TRY(check_keys(mapping, statement_keys, err));
    table->arena = arena;
    table->context = context;
    lsa_symbol_table_dim(table, "1");
    lsa_symbol_table_dim(table, "d");
    s->name = name;
    LSA_TRY(read_body(table, mapping, s, err));
    LSA_TRY(keep_table(table, s, err));
    *out = s;
done:
    return status;
}

int lsa_statement_find(const lsa_statement *statement, const char *name)
{
    for (int k = 0; k < statement->n_symbols; k++)
        if (strcmp(statement->symbols[k].name, name) == 0)
            return k;
    return -1;
}

bool lsa_statement_draws_prompt(const lsa_statement *statement)
{
    return statement->context >= 0 && statement->query >= 0 && statement->task >= 0;
}

bool lsa_statement_runs_layer(const lsa_statement *statement)
{
    return statement->has_layer && lsa_statement_draws_prompt(statement);
}

bool lsa_statement_names(const lsa_statement *statement, int symbol)
{
    return lsa_expr_names(statement->prediction, symbol) || lsa_expr_names(statement->target, symbol);
}

lsa_status lsa_expression_parse(const lsa_statement *statement, const char *text, lsa_arena *arena,
                                const lsa_expr **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_source *source = lsa_arena_alloc(arena, 1, sizeof *source);
    lsa_node *node = lsa_arena_alloc(arena, 1, sizeof *node);
    lsa_symbol_table *table = lsa_arena_alloc(arena, 1, sizeof *table);
    LSA_TRY_MEMORY(source, "an expression");
    LSA_TRY_MEMORY(node, "an expression");
    LSA_TRY_MEMORY(table, "an expression");
    if (statement->n_dims > LSA_TABLE_DIMS || statement->n_symbols > LSA_TABLE_SYMBOLS)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the statement has more than %d symbols", LSA_TABLE_SYMBOLS);
    *source = (lsa_source){.name = "expression", .text = text, .length = strlen(text)};
    *node = (lsa_node){.kind = LSA_NODE_SCALAR, .source = source, .line = 1, .column = 1, .text = text};
    node->length = source->length;
    table->arena = arena;
    table->n_dims = statement->n_dims;
    table->n_symbols = statement->n_symbols;
    memcpy(table->dims, statement->dims, (size_t)statement->n_dims * sizeof *table->dims);
    memcpy(table->symbols, statement->symbols, (size_t)statement->n_symbols * sizeof *table->symbols);
    LSA_TRY(lsa_expression_read(table, node, true, out, err));
    if (table->n_symbols > statement->n_symbols)
        return lsa_node_error(node, err, "'%s' does not occur in the statement '%s'",
                              table->symbols[statement->n_symbols].name, statement->name);
done:
    return status;
}
