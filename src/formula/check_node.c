/* check_node.c - nodes of a formula and their shapes, and messages placed at them. */
#include "formula/check.h"

#include "base/try.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const formula_side formula_one = {"1", 1};

bool formula_is_scalar(const formula_node *node)
{
    return node->rows.name != NULL && node->cols.name != NULL && strcmp(node->rows.name, "1") == 0 &&
           strcmp(node->cols.name, "1") == 0;
}

static void side_text(formula_side side, char *buffer, size_t size)
{
    if (side.name != NULL)
        snprintf(buffer, size, "%.20s", side.name);
    else
        snprintf(buffer, size, "%td", side.size);
}

char *formula_shape_text(formula_side rows, formula_side cols, char buffer[LSA_FOUND_SIZE])
{
    char left[24], right[24];
    side_text(rows, left, sizeof left);
    side_text(cols, right, sizeof right);
    snprintf(buffer, LSA_FOUND_SIZE, "%s x %s", left, right);
    return buffer;
}

bool sides_agree(formula_side a, formula_side b)
{
    return a.name != NULL && b.name != NULL ? strcmp(a.name, b.name) == 0 : a.size == b.size;
}

formula_side check_side_d(const checker *c)
{
    return (formula_side){"d", c->scope->dims[LSA_DIM_D]};
}

formula_side check_side_state(const checker *c)
{
    const lsa_statement *s = c->scope->statement;
    ptrdiff_t n = 0;
    for (int k = 0; k < s->n_parameters; k++) {
        const lsa_symbol *p = &s->symbols[s->parameters[k]];
        n += c->scope->dims[p->rows] * c->scope->dims[p->cols] * (p->family == LSA_FAMILY_HEAD ? c->scope->heads : 1);
    }
    return (formula_side){"n", n};
}

formula_side check_side_elsewhere(const checker *c, formula_side there)
{
    const lsa_statement *s = c->scope->statement;
    if (there.name == NULL || strcmp(there.name, "1") == 0)
        return there;
    const formula_side d = check_side_d(c), n = check_side_state(c);
    if (strcmp(there.name, "d") == 0 && there.size == d.size)
        return d;
    if (strcmp(there.name, "n") == 0 && there.size == n.size)
        return n;
    for (int k = 0; k < s->n_dims; k++)
        if (strcmp(s->dims[k], there.name) == 0 && c->scope->dims[k] == there.size)
            return there;
    return (formula_side){NULL, there.size};
}

/* ---------------------------------------------------------------- messages */

void formula_report(const lsa_node *source, size_t offset, lsa_error *err, const char *format, ...)
{
    char message[LSA_ERROR_CAPACITY / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (source->source->option)
        lsa_node_report(source, err, "%s (character %zu of '%.60s')", message, offset + 1, source->text);
    else
        lsa_node_report_at(source, offset, err, "%s", message);
}

/* ---------------------------------------------------------------- nodes */

lsa_status check_make(checker *c, const checked_text *in, const lsa_syntax *syntax, formula_kind kind, int n,
                      const formula_node *const *children, formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int size = 1;
    for (int k = 0; k < n && size <= FORMULA_SIZE; k++)
        size += children[k]->size;
    if (size > FORMULA_SIZE || c->count - c->scope->first_number == FORMULA_SIZE)
        return formula_error_at(in->source, syntax->offset, err,
                                "more than %d operations once the definitions are inserted", FORMULA_SIZE);
    formula_node *node = lsa_arena_alloc(c->scope->arena, 1, sizeof *node);
    LSA_TRY_MEMORY(node, "a formula");
    *node = (formula_node){.kind = kind,
                           .offset = syntax->offset,
                           .source = in->source,
                           .rows = formula_one,
                           .cols = formula_one,
                           .symbol = -1,
                           .variable = -1,
                           .root = 1,
                           .number = c->count++,
                           .size = size,
                           .n_children = n};
    node->children = lsa_arena_alloc(c->scope->arena, (size_t)n, sizeof *node->children);
    LSA_TRY_MEMORY(node->children, "a formula");
    for (int k = 0; k < n; k++) {
        node->children[k] = children[k];
        node->needs |= children[k]->needs;
        node->witnesses |= children[k]->witnesses;
    }
    *out = node;
done:
    return status;
}

lsa_status check_is_value(const formula_node *node, lsa_error *err)
{
    if (node->truth)
        return formula_error(node, err, "found a condition, expected a number or a matrix");
    if (node->kind == FORMULA_INFINITE)
        return formula_error(node, err, ".inf stands in lim, order and error(test, M) only");
    return LSA_OK;
}

lsa_status check_any(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                     lsa_error *err)
{
    if (c->depth == LSA_SYNTAX_DEPTH)
        return formula_error_at(in->source, syntax->offset, err,
                                "nested more than %d deep once the definitions are inserted", LSA_SYNTAX_DEPTH);
    c->depth++;
    const lsa_status status = c->kind(c, in, syntax, out, err);
    c->depth--;
    return status;
}

lsa_status check_value(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                       lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(check_any(c, in, syntax, out, err));
    LSA_TRY(check_is_value(*out, err));
done:
    return status;
}

lsa_status check_condition(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(check_any(c, in, syntax, out, err));
    if (!(*out)->truth)
        return formula_error(*out, err, "found a number or a matrix, expected a condition such as a == b");
done:
    return status;
}

lsa_status check_scalar(checker *c, const checked_text *in, const lsa_syntax *syntax, const char *what,
                        const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char shape[LSA_FOUND_SIZE];
    LSA_TRY(check_value(c, in, syntax, out, err));
    if (!formula_is_scalar(*out))
        return formula_error(*out, err, "%s is a scalar, found %s", what,
                             formula_shape_text((*out)->rows, (*out)->cols, shape));
done:
    return status;
}
