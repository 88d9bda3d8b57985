/* expression.c - names, indices and shapes of an expression.
 *
 * A definition is inserted by reading its body anew with its index bound to the caller's: every sum inside then has an
 * index of its own. Depth and size of what comes out are limited, as definitions of definitions grow exponentially.
 * Shapes are pairs of named dimensions; d x d never agrees with r x d, whatever the numbers turn out to be. */
#include "model/expression.h"
#include "base/try.h"
#include "model/suggest.h"
#include <stdio.h>
#include <string.h>

/* An index variable in force. */
typedef struct binding {
    const char *name;
    int id;
    const struct binding *outer;
} binding;

/* The text being read, for messages, and the indices that it may name. */
typedef struct scope {
    const lsa_node *node;
    const binding *indices;
} scope;

static lsa_status elaborate(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax, const lsa_expr **out,
                            lsa_error *err);

lsa_family lsa_index_family(const char *name)
{
    return name[0] == 'h' || name[0] == 'g' ? LSA_FAMILY_HEAD : LSA_FAMILY_SAMPLE;
}

char *lsa_shape_text(const char *const *dims, lsa_dim rows, lsa_dim cols, char buffer[LSA_FOUND_SIZE])
{
    snprintf(buffer, LSA_FOUND_SIZE, "%.24s x %.24s", dims[rows], dims[cols]);
    return buffer;
}

static bool is_scalar(const lsa_expr *e)
{
    return e->rows == LSA_DIM_ONE && e->cols == LSA_DIM_ONE;
}

/* A node over finished children. LSA_ERR_INPUT when the expression has grown too large. */
static lsa_status make(lsa_symbol_table *table, const scope *in, lsa_expr_kind kind, lsa_dim rows, lsa_dim cols, int n,
                       const lsa_expr *const *children, lsa_expr **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (++table->size > LSA_EXPRESSION_SIZE)
        return lsa_node_error(in->node, err, "more than %d operations once the definitions are inserted",
                              LSA_EXPRESSION_SIZE);
    lsa_expr *e = lsa_arena_alloc(table->arena, 1, sizeof *e);
    LSA_TRY_MEMORY(e, "an expression");
    *e = (lsa_expr){.kind = kind, .rows = rows, .cols = cols, .symbol = -1, .index = -1, .n_children = n};
    e->children = lsa_arena_alloc(table->arena, (size_t)n, sizeof *e->children);
    LSA_TRY_MEMORY(e->children, "an expression");
    for (int k = 0; k < n; k++)
        e->children[k] = children[k];
    *out = e;
done:
    return status;
}

static lsa_status unknown_name(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax, lsa_error *err)
{
    static const char *const built_in[] = {"N", "rho", "s2", "Lambda", "Omega", "sum", "tr"};
    char hint[LSA_SUGGESTION_SIZE];
    lsa_suggestion best = lsa_suggestion_for(syntax->text);
    for (int k = 0; k < table->n_symbols; k++)
        lsa_suggestion_offer(&best, table->symbols[k].name);
    for (int k = 0; k < table->n_definitions; k++)
        lsa_suggestion_offer(&best, table->definitions[k].head->text);
    for (size_t k = 0; k < sizeof built_in / sizeof built_in[0]; k++)
        lsa_suggestion_offer(&best, built_in[k]);
    return lsa_node_error_at(in->node, syntax->offset, err, "unknown name '%s'%s", syntax->text,
                             lsa_suggestion_text(&best, hint));
}

/* The id of the index that a family symbol or an indexed definition is written with. */
static lsa_status find_index(const scope *in, const lsa_syntax *syntax, lsa_family family, int *out, lsa_error *err)
{
    const char *what = family == LSA_FAMILY_HEAD ? "heads" : "samples";
    const char *sample = family == LSA_FAMILY_HEAD ? "h" : "i";
    if (syntax->index == NULL)
        return lsa_node_error_at(in->node, syntax->offset, err, "'%s' is a family over the %s: write %s[%s]",
                                 syntax->text, what, syntax->text, sample);
    if (lsa_index_family(syntax->index) != family)
        return lsa_node_error_at(in->node, syntax->offset, err,
                                 "'%s' is a family over the %s, its index cannot be '%s' (h and g run over the heads, "
                                 "other names over the samples)",
                                 syntax->text, what, syntax->index);
    for (const binding *at = in->indices; at != NULL; at = at->outer) {
        if (strcmp(at->name, syntax->index) == 0) {
            *out = at->id;
            return LSA_OK;
        }
    }
    return lsa_node_error_at(in->node, syntax->offset, err, "the index '%s' is not bound: write sum(%s, ...) around it",
                             syntax->index, syntax->index);
}

static lsa_definition *find_definition(lsa_symbol_table *table, const char *name)
{
    for (int k = 0; k < table->n_definitions; k++)
        if (strcmp(table->definitions[k].head->text, name) == 0)
            return &table->definitions[k];
    return NULL;
}

static lsa_status insert_definition(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax,
                                    lsa_definition *definition, const lsa_expr **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *formal = definition->head->index;
    binding actual = {.name = formal, .id = -1, .outer = NULL};
    if (definition->busy)
        return lsa_node_error_at(in->node, syntax->offset, err, "the definition of '%s' refers to itself",
                                 syntax->text);
    if (formal == NULL && syntax->index != NULL)
        return lsa_node_error_at(in->node, syntax->offset, err, "'%s' is defined without an index", syntax->text);
    if (formal != NULL)
        LSA_TRY(find_index(in, syntax, lsa_index_family(formal), &actual.id, err));
    const scope inside = {.node = definition->node, .indices = formal == NULL ? NULL : &actual};
    definition->busy = true;
    status = elaborate(table, &inside, definition->body, out, err);
    definition->busy = false;
done:
    return status;
}

static lsa_status elaborate_symbol(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax,
                                   const lsa_expr **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int id = -1, index = -1;
    lsa_expr *e = NULL;
    lsa_definition *definition = find_definition(table, syntax->text);
    if (definition != NULL)
        return insert_definition(table, in, syntax, definition, out, err);
    LSA_TRY(lsa_symbol_table_resolve(table, syntax->text, in->node, &id, err));
    if (id < 0)
        return unknown_name(table, in, syntax, err);
    const lsa_symbol *symbol = &table->symbols[id];
    if (symbol->family != LSA_FAMILY_NONE)
        LSA_TRY(find_index(in, syntax, symbol->family, &index, err));
    else if (syntax->index != NULL)
        return lsa_node_error_at(in->node, syntax->offset, err, "'%s' is no family: it takes no index", syntax->text);
    LSA_TRY(make(table, in, LSA_EXPR_SYMBOL, symbol->rows, symbol->cols, 0, NULL, &e, err));
    e->symbol = id;
    e->index = index;
    *out = e;
done:
    return status;
}

static lsa_status elaborate_literal(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax,
                                    const lsa_expr **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_expr *e = NULL;
    const char *exponent = strpbrk(syntax->text, "eE");
    size_t k = exponent == NULL ? 0 : 1;
    while (exponent != NULL && (exponent[k] == '+' || exponent[k] == '-' || exponent[k] == '0'))
        k++;
    /* three digits hold +-400, the range of exact literals */
    if (exponent != NULL &&
        (strlen(exponent + k) > 3 || (strlen(exponent + k) == 3 && strcmp(exponent + k, "400") > 0)))
        return lsa_node_error_at(in->node, syntax->offset, err, "the exponent of '%s' is beyond +-400", syntax->text);
    LSA_TRY(make(table, in, LSA_EXPR_NUMBER, LSA_DIM_ONE, LSA_DIM_ONE, 0, NULL, &e, err));
    e->number = syntax->text;
    *out = e;
done:
    return status;
}

/* The children of a node of syntax, in the arena. */
static lsa_status elaborate_children(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax,
                                     const lsa_expr ***out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_expr **children = lsa_arena_alloc(table->arena, (size_t)syntax->n_children, sizeof *children);
    LSA_TRY_MEMORY(children, "an expression");
    for (int k = 0; k < syntax->n_children; k++)
        LSA_TRY(elaborate(table, in, syntax->children[k], &children[k], err));
    *out = children;
done:
    return status;
}

static lsa_status shape_error(lsa_symbol_table *table, const scope *in, size_t offset, const char *operation,
                              const lsa_expr *a, const lsa_expr *b, lsa_error *err)
{
    char left[LSA_FOUND_SIZE], right[LSA_FOUND_SIZE];
    return lsa_node_error_at(in->node, offset, err, "shapes do not agree: %s %s %s",
                             lsa_shape_text(table->dims, a->rows, a->cols, left), operation,
                             lsa_shape_text(table->dims, b->rows, b->cols, right));
}

static lsa_status elaborate_sum(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax,
                                const lsa_expr **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_expr **children = NULL;
    lsa_expr *e = NULL;
    LSA_TRY(elaborate_children(table, in, syntax, &children, err));
    for (int k = 1; k < syntax->n_children; k++)
        if (children[k]->rows != children[0]->rows || children[k]->cols != children[0]->cols)
            return shape_error(table, in, syntax->children[k]->offset, "+", children[0], children[k], err);
    LSA_TRY(make(table, in, LSA_EXPR_SUM, children[0]->rows, children[0]->cols, syntax->n_children, children, &e, err));
    *out = e;
done:
    return status;
}

/* Factors of a product while they are read from the left: `chain` is the run of matrices not yet closed. */
typedef struct product {
    const lsa_expr **factors, **chain;
    int n_factors, n_chain;
} product;

/* The run of matrices, at least a row and a column, as one factor. */
static lsa_status close_chain(lsa_symbol_table *table, const scope *in, product *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_expr *e = NULL;
    LSA_TRY(make(table, in, LSA_EXPR_PRODUCT, LSA_DIM_ONE, LSA_DIM_ONE, p->n_chain, p->chain, &e, err));
    p->factors[p->n_factors++] = e;
    p->n_chain = 0;
done:
    return status;
}

/* Takes the next factor from the left. A run that has closed to a number is one scalar factor from there on. */
static lsa_status take_factor(lsa_symbol_table *table, const scope *in, size_t offset, const lsa_expr *factor,
                              product *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (is_scalar(factor)) {
        p->factors[p->n_factors++] = factor;
        return LSA_OK;
    }
    const lsa_expr *last = p->n_chain > 0 ? p->chain[p->n_chain - 1] : NULL;
    if (last != NULL && last->cols != factor->rows)
        return shape_error(table, in, offset, "*", last, factor, err);
    p->chain[p->n_chain++] = factor;
    if (p->chain[0]->rows == LSA_DIM_ONE && factor->cols == LSA_DIM_ONE)
        LSA_TRY(close_chain(table, in, p, err));
done:
    return status;
}

/* All factors as one: scalars, and the matrices of the run that is still open among them. */
static lsa_status finish_product(lsa_symbol_table *table, const scope *in, product *p, const lsa_expr **out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_expr *e = NULL;
    const lsa_dim rows = p->n_chain > 0 ? p->chain[0]->rows : LSA_DIM_ONE;
    const lsa_dim cols = p->n_chain > 0 ? p->chain[p->n_chain - 1]->cols : LSA_DIM_ONE;
    for (int k = 0; k < p->n_chain; k++)
        p->factors[p->n_factors++] = p->chain[k];
    *out = p->factors[0];
    if (p->n_factors > 1) {
        LSA_TRY(make(table, in, LSA_EXPR_PRODUCT, rows, cols, p->n_factors, p->factors, &e, err));
        *out = e;
    }
done:
    return status;
}

static lsa_status elaborate_product(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax,
                                    const lsa_expr **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_expr **children = NULL;
    const size_t n = (size_t)syntax->n_children;
    product p = {.factors = lsa_arena_alloc(table->arena, n, sizeof *p.factors),
                 .chain = lsa_arena_alloc(table->arena, n, sizeof *p.chain)};
    LSA_TRY_MEMORY(p.factors, "an expression");
    LSA_TRY_MEMORY(p.chain, "an expression");
    LSA_TRY(elaborate_children(table, in, syntax, &children, err));
    for (int k = 0; k < syntax->n_children; k++)
        LSA_TRY(take_factor(table, in, syntax->children[k]->offset, children[k], &p, err));
    LSA_TRY(finish_product(table, in, &p, out, err));
done:
    return status;
}

static bool is_zero_literal(const char *text)
{
    return text[strspn(text, "0.")] == '\0' || strchr("eE", text[strspn(text, "0.")]) != NULL;
}

/* A product of numbers and constant scalars to integer powers, so that its inverse is one too. */
static bool is_constant_monomial(const lsa_symbol_table *table, const lsa_expr *e)
{
    switch (e->kind) {
    case LSA_EXPR_NUMBER:
        return !is_zero_literal(e->number);
    case LSA_EXPR_SYMBOL:
        return table->symbols[e->symbol].kind == LSA_SYMBOL_SCALAR;
    case LSA_EXPR_PRODUCT:
    case LSA_EXPR_NEGATE:
    case LSA_EXPR_DIVIDE:
    case LSA_EXPR_POWER:
        for (int k = 0; k < e->n_children; k++)
            if (!is_constant_monomial(table, e->children[k]))
                return false;
        return true;
    default:
        return false;
    }
}

static lsa_status elaborate_quotient(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax,
                                     const lsa_expr **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_expr **children = NULL;
    lsa_expr *e = NULL;
    LSA_TRY(elaborate_children(table, in, syntax, &children, err));
    if (!is_constant_monomial(table, children[1]))
        return lsa_node_error_at(in->node, syntax->children[1]->offset, err,
                                 "a divisor is a product of non-zero numbers and constant scalars such as N or rho");
    LSA_TRY(make(table, in, LSA_EXPR_DIVIDE, children[0]->rows, children[0]->cols, 2, children, &e, err));
    *out = e;
done:
    return status;
}

static lsa_status elaborate_power(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax,
                                  const lsa_expr **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_expr **children = NULL;
    char shape[LSA_FOUND_SIZE];
    lsa_expr *e = NULL;
    LSA_TRY(elaborate_children(table, in, syntax, &children, err));
    const lsa_expr *base = children[0];
    if (base->rows != base->cols)
        return lsa_node_error_at(in->node, syntax->offset, err, "a power needs a square matrix, found %s",
                                 lsa_shape_text(table->dims, base->rows, base->cols, shape));
    if (syntax->exponent < 0 && !is_constant_monomial(table, base))
        return lsa_node_error_at(in->node, syntax->offset, err,
                                 "a negative power needs a product of numbers and constant scalars such as N or rho");
    LSA_TRY(make(table, in, LSA_EXPR_POWER, base->rows, base->cols, 1, children, &e, err));
    e->exponent = syntax->exponent;
    *out = e;
done:
    return status;
}

/* Negation, transposition, trace. */
static lsa_status elaborate_unary(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax,
                                  const lsa_expr **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_expr *child = NULL;
    char shape[LSA_FOUND_SIZE];
    lsa_expr *e = NULL;
    LSA_TRY(elaborate(table, in, syntax->children[0], &child, err));
    if (syntax->kind == LSA_SYNTAX_TRANSPOSED && is_scalar(child)) {
        *out = child;
        return LSA_OK;
    }
    if (syntax->kind == LSA_SYNTAX_NEGATION) {
        LSA_TRY(make(table, in, LSA_EXPR_NEGATE, child->rows, child->cols, 1, &child, &e, err));
    } else if (syntax->kind == LSA_SYNTAX_TRANSPOSED) {
        LSA_TRY(make(table, in, LSA_EXPR_TRANSPOSE, child->cols, child->rows, 1, &child, &e, err));
    } else {
        if (child->rows != child->cols)
            return lsa_node_error_at(in->node, syntax->offset, err, "a trace needs a square matrix, found %s",
                                     lsa_shape_text(table->dims, child->rows, child->cols, shape));
        LSA_TRY(make(table, in, LSA_EXPR_TRACE, LSA_DIM_ONE, LSA_DIM_ONE, 1, &child, &e, err));
    }
    *out = e;
done:
    return status;
}

/* An index is bound once along a path; the free head alone may be hidden by a sum over h. */
static lsa_status elaborate_index_sum(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax,
                                      const lsa_expr **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_expr *child = NULL;
    lsa_expr *e = NULL;
    for (const binding *at = in->indices; at != NULL; at = at->outer)
        if (at->id != LSA_INDEX_HEAD && strcmp(at->name, syntax->index) == 0)
            return lsa_node_error_at(in->node, syntax->offset, err, "the index '%s' is already in use", syntax->index);
    const binding bound = {.name = syntax->index, .id = ++table->n_indices, .outer = in->indices};
    const scope inside = {.node = in->node, .indices = &bound};
    LSA_TRY(elaborate(table, &inside, syntax->children[0], &child, err));
    LSA_TRY(make(table, in, LSA_EXPR_INDEX_SUM, child->rows, child->cols, 1, &child, &e, err));
    e->index = bound.id;
    e->family = lsa_index_family(syntax->index);
    *out = e;
done:
    return status;
}

static lsa_status elaborate_kind(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax,
                                 const lsa_expr **out, lsa_error *err)
{
    switch (syntax->kind) {
    case LSA_SYNTAX_LITERAL:
        return elaborate_literal(table, in, syntax, out, err);
    case LSA_SYNTAX_SYMBOL:
        return elaborate_symbol(table, in, syntax, out, err);
    case LSA_SYNTAX_ADD:
        return elaborate_sum(table, in, syntax, out, err);
    case LSA_SYNTAX_MULTIPLY:
        return elaborate_product(table, in, syntax, out, err);
    case LSA_SYNTAX_QUOTIENT:
        return elaborate_quotient(table, in, syntax, out, err);
    case LSA_SYNTAX_RAISED:
        return elaborate_power(table, in, syntax, out, err);
    case LSA_SYNTAX_SUMMED:
        return elaborate_index_sum(table, in, syntax, out, err);
    default:
        return elaborate_unary(table, in, syntax, out, err);
    }
}

static lsa_status elaborate(lsa_symbol_table *table, const scope *in, const lsa_syntax *syntax, const lsa_expr **out,
                            lsa_error *err)
{
    if (table->depth == LSA_SYNTAX_DEPTH)
        return lsa_node_error(in->node, err, "nested more than %d deep once the definitions are inserted",
                              LSA_SYNTAX_DEPTH);
    table->depth++;
    const lsa_status status = elaborate_kind(table, in, syntax, out, err);
    table->depth--;
    return status;
}

lsa_status lsa_expression_read(lsa_symbol_table *table, const lsa_node *node, bool free_head, const lsa_expr **out,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_syntax *syntax = NULL;
    lsa_syntax_fault fault = {0};
    char found[LSA_FOUND_SIZE];
    const binding head = {.name = "h", .id = LSA_INDEX_HEAD, .outer = NULL};
    const scope in = {.node = node, .indices = free_head ? &head : NULL};
    if (node->kind != LSA_NODE_SCALAR)
        return lsa_node_error(node, err, "found %s, expected an expression", lsa_node_found(node, found));
    status = lsa_syntax_parse(node->text, table->arena, &syntax, &fault);
    if (status == LSA_ERR_MEMORY)
        return lsa_error_set(err, status, "out of memory for an expression");
    if (status != LSA_OK)
        return lsa_node_error_at(node, fault.offset, err, "%s", fault.message);
    table->size = 0;
    table->depth = 0;
    LSA_TRY(elaborate(table, &in, syntax, out, err));
done:
    return status;
}

bool lsa_expr_names(const lsa_expr *expr, int symbol)
{
    if (expr->kind == LSA_EXPR_SYMBOL)
        return expr->symbol == symbol;
    for (int k = 0; k < expr->n_children; k++)
        if (lsa_expr_names(expr->children[k], symbol))
            return true;
    return false;
}
