/* check.c - names and shapes of a formula.
 *
 * A word of `where` is checked once and its tree shared by whoever names it; it sees the words of `for` and `where` and what
 * the statement and the table know, and no index of a sum around it. Depth and size are limited, so that no later walk can
 * exhaust the stack, and definitions of definitions cannot explode. */
#include "formula/check.h"
#include "base/try.h"
#include "model/suggest.h"
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

static formula_side side_of(const checker *c, lsa_dim dim)
{
    return (formula_side){c->scope->statement->dims[dim], c->scope->dims[dim]};
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
    if (c->count - c->scope->first_number == FORMULA_SIZE)
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

static lsa_status want_value(const formula_node *node, lsa_error *err)
{
    if (node->truth)
        return formula_error(node, err, "found a condition, expected a number or a matrix");
    if (node->kind == FORMULA_INFINITE)
        return formula_error(node, err, ".inf stands in lim, order and error(test, M) only");
    return LSA_OK;
}

lsa_status check_value(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                       lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(check_any(c, in, syntax, out, err));
    LSA_TRY(want_value(*out, err));
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

/* ---------------------------------------------------------------- names */

static lsa_status unknown_name(const checker *c, const checked_text *in, const lsa_syntax *syntax, lsa_error *err)
{
    char hint[LSA_SUGGESTION_SIZE];
    const lsa_statement *s = c->scope->statement;
    lsa_suggestion best = lsa_suggestion_for(syntax->text);
    for (int k = 0; k < c->scope->n_words; k++)
        lsa_suggestion_offer(&best, c->scope->words[k].name);
    for (int k = 0; k < s->n_symbols; k++)
        if (s->symbols[k].kind != LSA_SYMBOL_GAUSSIAN)
            lsa_suggestion_offer(&best, s->symbols[k].name);
    for (int k = 0; k < FORMULA_NAME_COUNT; k++)
        lsa_suggestion_offer(&best, formula_names()[k].name);
    if (best.best == NULL && formula_function_find(syntax->text) != NULL)
        return formula_error_at(in->source, syntax->offset, err, "'%s' is a function: write %s(%s)", syntax->text,
                                syntax->text, formula_function_find(syntax->text)->arguments);
    return formula_error_at(in->source, syntax->offset, err, "unknown name '%s'%s", syntax->text,
                            lsa_suggestion_text(&best, hint));
}

static const checked_variable *find_variable(const checked_text *in, const char *name)
{
    for (const checked_variable *at = in->variables; at != NULL; at = at->outer)
        if (strcmp(at->name, name) == 0)
            return at;
    return NULL;
}

static lsa_status check_variable(checker *c, const checked_text *in, const lsa_syntax *syntax,
                                 const checked_variable *variable, const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_node *node = NULL;
    LSA_TRY(check_make(c, in, syntax, FORMULA_VARIABLE, 0, NULL, &node, err));
    node->variable = variable->id;
    node->text = variable->name;
    node->needs = FORMULA_IN_SUM;
    *out = node;
done:
    return status;
}

static lsa_status check_word(checker *c, const checked_text *in, const lsa_syntax *syntax, int k,
                             const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_word *word = &c->scope->words[k];
    lsa_syntax_fault fault = {0};
    const lsa_syntax *body = NULL;
    formula_node *node = NULL;
    if (word->body == NULL) {
        LSA_TRY(check_make(c, in, syntax, FORMULA_INTEGER, 0, NULL, &node, err));
        node->integer = word->integer;
        node->text = word->name;
        *out = node;
        return LSA_OK;
    }
    if (c->busy[k])
        return formula_error_at(in->source, syntax->offset, err, "the definition of '%s' refers to itself", word->name);
    if (c->words[k] == NULL) {
        const checked_text inside = {.source = word->body};
        status = lsa_syntax_parse_formula(word->body->text, c->scope->arena, &body, &fault);
        if (status == LSA_ERR_INPUT)
            return formula_error_at(word->body, fault.offset, err, "%s", fault.message);
        LSA_TRY_MEMORY(body, "a formula");
        c->busy[k] = true;
        status = check_value(c, &inside, body, &c->words[k], err);
        c->busy[k] = false;
        LSA_TRY(status);
    }
    LSA_TRY(check_make(c, in, syntax, FORMULA_DEFINED, 1, &c->words[k], &node, err));
    node->rows = c->words[k]->rows;
    node->cols = c->words[k]->cols;
    node->text = word->name;
    *out = node;
done:
    return status;
}

/* The head of U[1], U[g]: a number, a word of `for`, the index of a sum. */
static lsa_status check_head(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_node *node = NULL;
    const checked_variable *variable = find_variable(in, syntax->index);
    if (variable != NULL)
        return check_variable(c, in, syntax, variable, out, err);
    for (int k = 0; k < c->scope->n_words; k++)
        if (strcmp(c->scope->words[k].name, syntax->index) == 0)
            return check_word(c, in, syntax, k, out, err);
    if (syntax->index[0] < '0' || syntax->index[0] > '9')
        return formula_error_at(in->source, syntax->offset, err,
                                "the index '%s' is not bound: write a head's number, or sum(%s, ...) around it",
                                syntax->index, syntax->index);
    LSA_TRY(check_make(c, in, syntax, FORMULA_INTEGER, 0, NULL, &node, err));
    for (const char *at = syntax->index; *at != '\0'; at++)
        node->integer = 10 * node->integer + (*at - '0');
    if (node->integer < 1 || node->integer > c->scope->heads)
        return formula_error_at(in->source, syntax->offset, err, "there is no head %ld of %td", node->integer,
                                c->scope->heads);
    *out = node;
done:
    return status;
}

static lsa_status check_symbol(checker *c, const checked_text *in, const lsa_syntax *syntax, int id,
                               const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_symbol *symbol = &c->scope->statement->symbols[id];
    const formula_node *head = NULL;
    formula_node *node = NULL;
    if (symbol->kind == LSA_SYMBOL_GAUSSIAN)
        return formula_error_at(in->source, syntax->offset, err,
                                "'%s' is drawn anew in every prompt: no claim knows its value", symbol->name);
    if (symbol->family == LSA_FAMILY_HEAD && syntax->index == NULL)
        return formula_error_at(in->source, syntax->offset, err,
                                "'%s' is a family over the heads: write %s[1], or %s[g] in "
                                "sum(g, ...)",
                                symbol->name, symbol->name, symbol->name);
    if (symbol->family == LSA_FAMILY_NONE && syntax->index != NULL)
        return formula_error_at(in->source, syntax->offset, err, "'%s' is no family: it takes no index", symbol->name);
    if (syntax->index != NULL)
        LSA_TRY(check_head(c, in, syntax, &head, err));
    LSA_TRY(check_make(c, in, syntax, FORMULA_SYMBOL, head != NULL, &head, &node, err));
    node->symbol = id;
    node->text = symbol->name;
    node->rows = side_of(c, symbol->rows);
    node->cols = side_of(c, symbol->cols);
    node->witnesses = symbol->kind == LSA_SYMBOL_PARAMETER ? FORMULA_BY_FLOW : FORMULA_BY_MODEL;
    if (symbol->kind == LSA_SYMBOL_PARAMETER)
        node->needs |= FORMULA_AT_POINT;
    *out = node;
done:
    return status;
}

static lsa_status check_table_name(checker *c, const checked_text *in, const lsa_syntax *syntax,
                                   const formula_name *name, const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_node *node = NULL;
    if (syntax->index != NULL)
        return formula_error_at(in->source, syntax->offset, err, "'%s' is no family: it takes no index", name->name);
    if (name->need == FORMULA_TEST && !c->scope->each_test)
        return formula_error_at(in->source, syntax->offset, err,
                                "'%s' is a test's: it has a value in a claim with 'for: tests'", name->name);
    LSA_TRY(check_make(c, in, syntax, FORMULA_NAME, 0, NULL, &node, err));
    node->name = name;
    node->text = name->name;
    node->witnesses = name->witness;
    if (name->shape == FORMULA_dd)
        node->rows = node->cols = check_side_d(c);
    if (name->shape == FORMULA_nn)
        node->rows = node->cols = check_side_state(c);
    node->needs = name->need == FORMULA_POINT  ? FORMULA_AT_POINT
                  : name->need == FORMULA_TIME ? FORMULA_IN_TIME
                  : name->need == FORMULA_TEST ? FORMULA_IN_TEST
                                               : 0;
    if (name->id == FORMULA_NAME_gap)
        node->needs |= FORMULA_AT_POINT;
    *out = node;
done:
    return status;
}

/* Inner names win: the index of a sum, `for` and `where`, the statement's, the table. */
static lsa_status check_name(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                             lsa_error *err)
{
    const checked_variable *variable = find_variable(in, syntax->text);
    if (variable != NULL && syntax->index == NULL)
        return check_variable(c, in, syntax, variable, out, err);
    for (int k = 0; k < c->scope->n_words; k++)
        if (strcmp(c->scope->words[k].name, syntax->text) == 0 && syntax->index == NULL)
            return check_word(c, in, syntax, k, out, err);
    const int id = lsa_statement_find(c->scope->statement, syntax->text);
    if (id >= 0)
        return check_symbol(c, in, syntax, id, out, err);
    const formula_name *name = formula_name_find(syntax->text);
    if (name != NULL)
        return check_table_name(c, in, syntax, name, out, err);
    return unknown_name(c, in, syntax, err);
}

/* ---------------------------------------------------------------- operators */

static lsa_status shape_error(const formula_node *at, const char *operation, const formula_node *a,
                              const formula_node *b, lsa_error *err)
{
    char left[LSA_FOUND_SIZE], right[LSA_FOUND_SIZE];
    const bool square = formula_is_scalar(a) != formula_is_scalar(b);
    return formula_error(at, err, "shapes do not agree: %s %s %s%s", formula_shape_text(a->rows, a->cols, left),
                         operation, formula_shape_text(b->rows, b->cols, right),
                         square && operation[0] != '*' ? "; a multiple of the identity is written scalar*I" : "");
}

static formula_side named_of(formula_side a, formula_side b)
{
    return a.name != NULL ? a : b;
}

/* Summands and sides of comparisons: all of one shape. */
static lsa_status check_alike(formula_node *node, const char *operation, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *a = node->children[0];
    node->rows = a->rows;
    node->cols = a->cols;
    for (int k = 0; k < node->n_children; k++) {
        const formula_node *b = node->children[k];
        LSA_TRY(want_value(b, err));
        if (!sides_agree(node->rows, b->rows) || !sides_agree(node->cols, b->cols))
            return shape_error(b, operation, a, b, err);
        node->rows = named_of(node->rows, b->rows);
        node->cols = named_of(node->cols, b->cols);
    }
done:
    return status;
}

/* Factors from the left: a run of matrices that closes to a number is one scalar from there on. */
static lsa_status check_product(formula_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *open = NULL;
    formula_node run = {0};
    for (int k = 0; k < node->n_children; k++) {
        const formula_node *factor = node->children[k];
        LSA_TRY(want_value(factor, err));
        if (formula_is_scalar(factor))
            continue;
        if (open != NULL && !sides_agree(run.cols, factor->rows))
            return shape_error(factor, "*", &run, factor, err);
        run.rows = open == NULL ? factor->rows : run.rows;
        run.cols = factor->cols;
        open = formula_is_scalar(&run) ? NULL : &run;
    }
    if (open != NULL) {
        node->rows = run.rows;
        node->cols = run.cols;
    }
done:
    return status;
}

static lsa_status check_quotient(formula_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char shape[LSA_FOUND_SIZE];
    const formula_node *below = node->children[1];
    LSA_TRY(want_value(node->children[0], err));
    LSA_TRY(want_value(below, err));
    if (!formula_is_scalar(below))
        return formula_error(below, err, "a divisor is a scalar, found %s; X/Y is written X*inv(Y)",
                             formula_shape_text(below->rows, below->cols, shape));
    node->rows = node->children[0]->rows;
    node->cols = node->children[0]->cols;
done:
    return status;
}

static lsa_status check_power(formula_node *node, const lsa_syntax *syntax, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char shape[LSA_FOUND_SIZE];
    const formula_node *base = node->children[0];
    LSA_TRY(want_value(base, err));
    if (!sides_agree(base->rows, base->cols))
        return formula_error(node, err, "a power needs a scalar or a square matrix, found %s",
                             formula_shape_text(base->rows, base->cols, shape));
    if (syntax->root != 1 && !formula_is_scalar(base))
        return formula_error(node, err, "a root is taken of scalars; that of a semidefinite matrix is sqrtm(X)");
    node->exponent = syntax->exponent;
    node->root = syntax->root;
    node->rows = base->rows;
    node->cols = base->cols;
done:
    return status;
}

static lsa_status check_vector(formula_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *first = node->children[0];
    const bool rows = first->kind == FORMULA_VECTOR;
    for (int k = 0; k < node->n_children; k++) {
        const formula_node *one = node->children[k];
        LSA_TRY(want_value(one, err));
        if (rows ? one->kind != FORMULA_VECTOR || one->rows.size != first->rows.size ||
                       !sides_agree(one->cols, formula_one)
                 : !formula_is_scalar(one))
            return formula_error(one, err, "a vector holds scalars, a matrix rows of one length");
    }
    node->rows = (formula_side){NULL, node->n_children};
    node->cols = rows ? (formula_side){NULL, first->rows.size} : formula_one;
done:
    return status;
}

static lsa_status finish(formula_node *node, const lsa_syntax *syntax, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *child = node->children[0];
    switch (node->kind) {
    case FORMULA_SUM:
        return check_alike(node, "+", err);
    case FORMULA_PRODUCT:
        return check_product(node, err);
    case FORMULA_DIVIDE:
        return check_quotient(node, err);
    case FORMULA_POWER:
        return check_power(node, syntax, err);
    case FORMULA_VECTOR:
        return check_vector(node, err);
    case FORMULA_NEGATE:
    case FORMULA_TRANSPOSE:
        LSA_TRY(want_value(child, err));
        node->rows = node->kind == FORMULA_NEGATE ? child->rows : child->cols;
        node->cols = node->kind == FORMULA_NEGATE ? child->cols : child->rows;
        break;
    case FORMULA_COMPARE:
        LSA_TRY(check_alike(node, lsa_relation_text(syntax->relations[0]), err));
        for (int k = 0; k + 1 < node->n_children; k++)
            if (!formula_is_scalar(child) && syntax->relations[k] > LSA_RELATION_DIFFERENT)
                return formula_error(node, err, "'%s' compares scalars", lsa_relation_text(syntax->relations[k]));
        node->relations = syntax->relations;
        node->rows = node->cols = formula_one;
        node->truth = true;
        break;
    default: /* and, or, not */
        for (int k = 0; k < node->n_children; k++)
            if (!node->children[k]->truth)
                return formula_error(node->children[k], err,
                                     "found a number or a matrix, expected a condition such as a == b");
        node->truth = true;
    }
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
    LSA_TRY(finish(node, syntax, err));
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

/* sum(j in a..b, e), and sum(h, e), which is sum(h in 1..heads, e). */
static lsa_status check_run(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *children[3];
    formula_node *node = NULL;
    const bool heads = syntax->kind == LSA_SYNTAX_SUMMED;
    const checked_variable variable = {.name = syntax->index, .id = c->variables++, .outer = in->variables};
    const checked_text inside = {.source = in->source, .variables = &variable};
    if (heads && syntax->index[0] != 'h' && syntax->index[0] != 'g')
        return formula_error_at(in->source, syntax->offset, err,
                                "samples are averaged in every loss: sum(h, ...) and sum(g, ...) run over the heads, "
                                "sum(j in a..b, ...) over integers");
    if (find_variable(in, syntax->index) != NULL)
        return formula_error_at(in->source, syntax->offset, err, "the index '%s' is already in use", syntax->index);
    if (heads) {
        LSA_TRY(check_integer(c, in, syntax, 1, &children[0], err));
        LSA_TRY(check_integer(c, in, syntax, c->scope->heads, &children[1], err));
    } else {
        LSA_TRY(check_scalar(c, in, syntax->children[0], "the bound of a sum", &children[0], err));
        LSA_TRY(check_scalar(c, in, syntax->children[1], "the bound of a sum", &children[1], err));
    }
    LSA_TRY(check_value(c, &inside, syntax->children[heads ? 0 : 2], &children[2], err));
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
        return formula_error_at(in->source, syntax->offset, err, "no models are given for '@ %s'", syntax->text);
    default:
        return check_call(c, in, syntax, out, err);
    }
}

lsa_status check_any(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                     lsa_error *err)
{
    if (c->depth == LSA_SYNTAX_DEPTH)
        return formula_error_at(in->source, syntax->offset, err,
                                "nested more than %d deep once the definitions are inserted", LSA_SYNTAX_DEPTH);
    c->depth++;
    const lsa_status status = check_kind(c, in, syntax, out, err);
    c->depth--;
    return status;
}

lsa_status formula_check(const formula_scope *scope, const lsa_node *node, const formula_node **out, int *count,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_syntax_fault fault = {0};
    const lsa_syntax *syntax = NULL;
    checker c = {.scope = scope, .count = scope->first_number};
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
        LSA_TRY(want_value(*out, err));
    *count = c.count;
done:
    return status;
}
