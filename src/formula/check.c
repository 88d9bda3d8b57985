/* check.c - names and shapes of a formula.
 *
 * A word of `where` is checked once and its tree shared by whoever names it; it sees the words of `for` and `where` and what
 * the statement and the table know, and no index of a sum around it. Depth and size are limited, so that no later walk can
 * exhaust the stack, and definitions of definitions cannot explode. */
#include "formula/check.h"
#include "base/try.h"

/* All children of a node of syntax. */
static lsa_status check_children(checker *c, const checked_text *in, const lsa_syntax *syntax,
                                 const formula_node ***out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node **children = lsa_arena_alloc(c->scope->arena, (size_t)syntax->n_children, sizeof *children);
    LSA_TRY_MEMORY(children, "a formula");
    for (int k = 0; k < syntax->n_children; k++)
        LSA_TRY(check_any(c, in, syntax->children[k], &children[k], err));
    *out = children;
done:
    return status;
}

static lsa_status check_operator(checker *c, const checked_text *in, const lsa_syntax *syntax, formula_kind kind,
                                 const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node **children = NULL;
    formula_node *node = NULL;
    LSA_TRY(check_children(c, in, syntax, &children, err));
    LSA_TRY(check_make(c, in, syntax, kind, syntax->n_children, children, &node, err));
    LSA_TRY(check_shape(node, syntax, err));
    *out = node;
done:
    return status;
}

static lsa_status check_literal(checker *c, const checked_text *in, const lsa_syntax *syntax, formula_kind kind,
                                const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_node *node = NULL;
    LSA_TRY(check_make(c, in, syntax, kind, 0, NULL, &node, err));
    node->text = syntax->text;
    *out = node;
done:
    return status;
}

static lsa_status check_integer(checker *c, const checked_text *in, const lsa_syntax *syntax, long value,
                                const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_node *node = NULL;
    LSA_TRY(check_make(c, in, syntax, FORMULA_INTEGER, 0, NULL, &node, err));
    node->integer = value;
    *out = node;
done:
    return status;
}

static lsa_status check_pairs(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_node *node = NULL;
    LSA_TRY(check_make(c, in, syntax, FORMULA_PAIRS, 0, NULL, &node, err));
    node->text = syntax->index;
    node->needs = FORMULA_IN_PROMPT;
    *out = node;
done:
    return status;
}

/* sum(j in a..b, e), sum(h, e), which is sum(h in 1..heads, e), and sum(i, e) over the pairs of a prompt's context. */
static lsa_status check_run(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *children[3];
    formula_node *node = NULL;
    const bool all = syntax->kind == LSA_SYNTAX_SUMMED;
    const bool heads = all && (syntax->index[0] == 'h' || syntax->index[0] == 'g');
    const checked_variable variable = {.name = syntax->index, .id = c->variables++, .outer = in->variables};
    const checked_text inside = {.source = in->source, .variables = &variable};
    if (check_find_variable(in, syntax->index) != NULL)
        return formula_error_at(in->source, syntax->offset, err, "the index '%s' is already in use", syntax->index);
    if (heads) {
        LSA_TRY(check_integer(c, in, syntax, 1, &children[0], err));
        LSA_TRY(check_integer(c, in, syntax, c->scope->heads, &children[1], err));
    } else if (all) {
        LSA_TRY(check_integer(c, in, syntax, 1, &children[0], err));
        LSA_TRY(check_pairs(c, in, syntax, &children[1], err));
    } else {
        LSA_TRY(check_scalar(c, in, syntax->children[0], "the bound of a sum", &children[0], err));
        LSA_TRY(check_scalar(c, in, syntax->children[1], "the bound of a sum", &children[1], err));
    }
    LSA_TRY(check_value(c, &inside, syntax->children[all ? 0 : 2], &children[2], err));
    LSA_TRY(check_make(c, in, syntax, FORMULA_RUN, 3, children, &node, err));
    node->variable = variable.id;
    node->text = variable.name;
    node->rows = children[2]->rows;
    node->cols = children[2]->cols;
    if (in->variables == NULL)
        node->needs &= ~(unsigned)FORMULA_IN_SUM;
    *out = node;
done:
    return status;
}

static lsa_status check_kind(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                             lsa_error *err)
{
    switch (syntax->kind) {
    case LSA_SYNTAX_LITERAL:
        return check_literal(c, in, syntax, FORMULA_NUMBER, out, err);
    case LSA_SYNTAX_INFINITY:
        return check_literal(c, in, syntax, FORMULA_INFINITE, out, err);
    case LSA_SYNTAX_SYMBOL:
        return check_name(c, in, syntax, out, err);
    case LSA_SYNTAX_ADD:
        return check_operator(c, in, syntax, FORMULA_SUM, out, err);
    case LSA_SYNTAX_MULTIPLY:
        return check_operator(c, in, syntax, FORMULA_PRODUCT, out, err);
    case LSA_SYNTAX_NEGATION:
        return check_operator(c, in, syntax, FORMULA_NEGATE, out, err);
    case LSA_SYNTAX_QUOTIENT:
        return check_operator(c, in, syntax, FORMULA_DIVIDE, out, err);
    case LSA_SYNTAX_TRANSPOSED:
        return check_operator(c, in, syntax, FORMULA_TRANSPOSE, out, err);
    case LSA_SYNTAX_RAISED:
        return check_operator(c, in, syntax, FORMULA_POWER, out, err);
    case LSA_SYNTAX_VECTOR:
        return check_operator(c, in, syntax, FORMULA_VECTOR, out, err);
    case LSA_SYNTAX_COMPARED:
        return check_operator(c, in, syntax, FORMULA_COMPARE, out, err);
    case LSA_SYNTAX_AND:
        return check_operator(c, in, syntax, FORMULA_AND, out, err);
    case LSA_SYNTAX_OR:
        return check_operator(c, in, syntax, FORMULA_OR, out, err);
    case LSA_SYNTAX_NOT:
        return check_operator(c, in, syntax, FORMULA_NOT, out, err);
    case LSA_SYNTAX_SUMMED:
    case LSA_SYNTAX_RUN:
        return check_run(c, in, syntax, out, err);
    case LSA_SYNTAX_STRING:
        return formula_error_at(in->source, syntax->offset, err, "a text in quotes names a test, as in error(\"%s\")",
                                syntax->text);
    case LSA_SYNTAX_TOWARDS:
        return formula_error_at(in->source, syntax->offset, err, "'->' stands in lim and order only");
    case LSA_SYNTAX_LET:
        return formula_error_at(in->source, syntax->offset, err, "found '=': two sides are compared by '=='");
    case LSA_SYNTAX_ELSEWHERE:
        return check_elsewhere(c, in, syntax, out, err);
    default:
        return check_call(c, in, syntax, out, err);
    }
}

lsa_status formula_check(const formula_scope *scope, const lsa_node *node, const formula_node **out, int *count,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_syntax_fault fault = {0};
    const lsa_syntax *syntax = NULL;
    checker c = {.scope = scope, .kind = check_kind, .count = scope->first_number};
    const checked_text in = {.source = node};
    char found[LSA_FOUND_SIZE];
    if (node->kind != LSA_NODE_SCALAR)
        return lsa_node_error(node, err, "found %s, expected a formula", lsa_node_found(node, found));
    if (scope->n_words > FORMULA_WORDS)
        return lsa_node_error(node, err, "more than %d names in 'where' and 'for'", FORMULA_WORDS);
    status = lsa_syntax_parse_formula(node->text, scope->arena, &syntax, &fault);
    if (status == LSA_ERR_INPUT)
        return formula_error_at(node, fault.offset, err, "%s", fault.message);
    LSA_TRY_MEMORY(syntax, "a formula");
    LSA_TRY(check_any(&c, &in, syntax, out, err));
    if ((*out)->kind == FORMULA_INFINITE)
        LSA_TRY(check_is_value(*out, err));
    LSA_TRY(check_means(&c, *out, err));
    *count = c.count;
done:
    return status;
}
