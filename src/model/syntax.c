/* syntax.c - recursive descent over the grammar of syntax.h.
 *
 * Both the recursion and the depth of the tree are limited, so that neither this reader nor any later walk over the
 * tree can exhaust the stack: a reader of brackets counts its calls, a chain of postfix operators counts its nodes. */
#include "model/syntax.h"
#include "base/try.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct parser {
    const char *text;
    size_t at;
    int nesting;
    lsa_arena *arena;
    lsa_syntax_fault *fault;
} parser;

static lsa_status parse_sum(parser *p, lsa_syntax **out);

static lsa_status fail(parser *p, size_t offset, const char *format, ...)
{
    va_list arguments;
    p->fault->offset = offset;
    va_start(arguments, format);
    vsnprintf(p->fault->message, sizeof p->fault->message, format, arguments);
    va_end(arguments);
    return LSA_ERR_INPUT;
}

/* ASCII classes, free of locale. */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static char peek(parser *p)
{
    while (p->text[p->at] == ' ' || p->text[p->at] == '\t' || p->text[p->at] == '\n' || p->text[p->at] == '\r')
        p->at++;
    return p->text[p->at];
}

static bool accept(parser *p, char c)
{
    if (peek(p) != c)
        return false;
    p->at++;
    return true;
}

/* What stands at the reader's place, for messages. */
static lsa_status fail_here(parser *p, const char *expected)
{
    const char c = peek(p);
    if (c == '\0')
        return fail(p, p->at, "found the end of the expression, expected %s", expected);
    if ((unsigned char)c < 0x20 || (unsigned char)c >= 0x7F)
        return fail(p, p->at, "found a character that the grammar does not know, expected %s", expected);
    return fail(p, p->at, "found '%c', expected %s", c, expected);
}

static lsa_status expect(parser *p, char c, const char *expected)
{
    return accept(p, c) ? LSA_OK : fail_here(p, expected);
}

/* A node over children that are finished; its depth is checked here and nowhere else. */
static lsa_status make(parser *p, lsa_syntax_kind kind, size_t offset, int n, lsa_syntax *const *children,
                       lsa_syntax **out)
{
    lsa_syntax *node = lsa_arena_alloc(p->arena, 1, sizeof *node);
    if (node == NULL)
        return LSA_ERR_MEMORY;
    node->kind = kind;
    node->offset = offset;
    node->depth = 1;
    node->n_children = n;
    node->children = lsa_arena_alloc(p->arena, (size_t)n, sizeof *node->children);
    if (node->children == NULL)
        return LSA_ERR_MEMORY;
    for (int k = 0; k < n; k++) {
        node->children[k] = children[k];
        if (children[k]->depth >= node->depth)
            node->depth = children[k]->depth + 1;
    }
    if (node->depth > LSA_SYNTAX_DEPTH)
        return fail(p, offset, "the expression is nested more than %d deep", LSA_SYNTAX_DEPTH);
    *out = node;
    return LSA_OK;
}

static lsa_status parse_name(parser *p, const char *expected, const char **out)
{
    if (!is_letter(peek(p)))
        return fail_here(p, expected);
    const size_t start = p->at;
    while (is_letter(p->text[p->at]) || is_digit(p->text[p->at]))
        p->at++;
    if (p->at - start > LSA_SYNTAX_NAME)
        return fail(p, start, "a name has more than %d characters", LSA_SYNTAX_NAME);
    *out = lsa_arena_text(p->arena, p->text + start, p->at - start);
    return *out == NULL ? LSA_ERR_MEMORY : LSA_OK;
}

static void skip_digits(parser *p)
{
    while (is_digit(p->text[p->at]))
        p->at++;
}

static lsa_status parse_number(parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    const size_t start = p->at;
    skip_digits(p);
    if (p->text[p->at] == '.') {
        p->at++;
        if (!is_digit(p->text[p->at]))
            return fail_here(p, "a digit after the decimal point");
        skip_digits(p);
    }
    if (p->text[p->at] == 'e' || p->text[p->at] == 'E') {
        p->at += p->text[p->at + 1] == '+' || p->text[p->at + 1] == '-' ? 2 : 1;
        if (!is_digit(p->text[p->at]))
            return fail_here(p, "the digits of an exponent");
        skip_digits(p);
    }
    if (is_letter(p->text[p->at]))
        return fail_here(p, "an operator between a number and a name");
    if (p->at - start > LSA_SYNTAX_NUMBER)
        return fail(p, start, "a number has more than %d characters", LSA_SYNTAX_NUMBER);
    LSA_TRY(make(p, LSA_SYNTAX_LITERAL, start, 0, NULL, out));
    (*out)->text = lsa_arena_text(p->arena, p->text + start, p->at - start);
    status = (*out)->text == NULL ? LSA_ERR_MEMORY : LSA_OK;
done:
    return status;
}

static lsa_status parse_symbol(parser *p, size_t start, const char *name, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    LSA_TRY(make(p, LSA_SYNTAX_SYMBOL, start, 0, NULL, out));
    (*out)->text = name;
    if (accept(p, '[')) {
        LSA_TRY(parse_name(p, "the name of an index", &(*out)->index));
        LSA_TRY(expect(p, ']', "']' after the index"));
    }
done:
    return status;
}

/* sum(index, body), its name and bracket being read. */
static lsa_status parse_index_sum(parser *p, size_t start, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    const char *index = NULL;
    lsa_syntax *body = NULL;
    LSA_TRY(parse_name(p, "the name of an index, as in sum(i, ...)", &index));
    LSA_TRY(expect(p, ',', "',' after the index of a sum"));
    LSA_TRY(parse_sum(p, &body));
    LSA_TRY(expect(p, ')', "')' at the end of the sum"));
    LSA_TRY(make(p, LSA_SYNTAX_SUMMED, start, 1, &body, out));
    (*out)->index = index;
done:
    return status;
}

static lsa_status parse_named(parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    const size_t start = p->at;
    const char *name = NULL;
    lsa_syntax *body = NULL;
    LSA_TRY(parse_name(p, "a name", &name));
    if (strcmp(name, "sum") == 0) {
        LSA_TRY(expect(p, '(', "'(' after sum"));
        LSA_TRY(parse_index_sum(p, start, out));
    } else if (strcmp(name, "tr") == 0) {
        LSA_TRY(expect(p, '(', "'(' after tr"));
        LSA_TRY(parse_sum(p, &body));
        LSA_TRY(expect(p, ')', "')' at the end of the trace"));
        LSA_TRY(make(p, LSA_SYNTAX_TRACED, start, 1, &body, out));
    } else {
        LSA_TRY(parse_symbol(p, start, name, out));
    }
done:
    return status;
}

static lsa_status parse_primary(parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    const char c = peek(p);
    if (is_digit(c))
        return parse_number(p, out);
    if (is_letter(c))
        return parse_named(p, out);
    if (!accept(p, '('))
        return fail_here(p, "a number, a name or '('");
    LSA_TRY(parse_sum(p, out));
    LSA_TRY(expect(p, ')', "')'"));
done:
    return status;
}

/* The integer after ^, in brackets or not. */
static lsa_status parse_exponent(parser *p, int *out)
{
    const bool bracket = accept(p, '(');
    const bool negative = accept(p, '-');
    if (!is_digit(peek(p)))
        return fail_here(p, "an integer exponent");
    const size_t start = p->at;
    int value = 0;
    for (; is_digit(p->text[p->at]); p->at++)
        if (value <= LSA_SYNTAX_EXPONENT)
            value = 10 * value + (p->text[p->at] - '0');
    if (value > LSA_SYNTAX_EXPONENT)
        return fail(p, start, "an exponent is at most %d", LSA_SYNTAX_EXPONENT);
    if (p->text[p->at] == '.')
        return fail_here(p, "an integer exponent");
    *out = negative ? -value : value;
    return bracket ? expect(p, ')', "')' after the exponent") : LSA_OK;
}

static lsa_status parse_postfix(parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    lsa_syntax *node = NULL;
    LSA_TRY(parse_primary(p, &node));
    for (;;) {
        lsa_syntax *child = node;
        peek(p);
        const size_t offset = p->at;
        if (accept(p, '\'')) {
            LSA_TRY(make(p, LSA_SYNTAX_TRANSPOSED, offset, 1, &child, &node));
        } else if (accept(p, '^')) {
            LSA_TRY(make(p, LSA_SYNTAX_RAISED, offset, 1, &child, &node));
            LSA_TRY(parse_exponent(p, &node->exponent));
        } else {
            break;
        }
    }
    *out = node;
done:
    return status;
}

/* Every bracket, sign and call passes here once per level: the one place that counts the recursion. */
static lsa_status parse_signed(parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    lsa_syntax *child = NULL;
    peek(p);
    const size_t offset = p->at;
    if (p->nesting == LSA_SYNTAX_DEPTH)
        return fail(p, offset, "the expression is nested more than %d deep", LSA_SYNTAX_DEPTH);
    p->nesting++;
    if (accept(p, '-')) {
        LSA_TRY(parse_signed(p, &child));
        LSA_TRY(make(p, LSA_SYNTAX_NEGATION, offset, 1, &child, out));
    } else if (accept(p, '+')) {
        LSA_TRY(parse_signed(p, out));
    } else {
        LSA_TRY(parse_postfix(p, out));
    }
done:
    p->nesting--;
    return status;
}

/* Operands of one chain of operators, in a list that grows. */
typedef struct operands {
    lsa_syntax **items;
    int n, capacity;
} operands;

static lsa_status push(operands *list, lsa_syntax *node)
{
    if (list->n == list->capacity) {
        const int capacity = list->capacity == 0 ? 8 : 2 * list->capacity;
        lsa_syntax **grown = realloc(list->items, (size_t)capacity * sizeof *grown);
        if (grown == NULL)
            return LSA_ERR_MEMORY;
        list->items = grown;
        list->capacity = capacity;
    }
    list->items[list->n++] = node;
    return LSA_OK;
}

/* The operands gathered so far as one node: the operand itself where there is one. */
static lsa_status gather(parser *p, lsa_syntax_kind kind, size_t offset, operands *list, lsa_syntax **out)
{
    if (list->n == 1) {
        *out = list->items[0];
        return LSA_OK;
    }
    return make(p, kind, offset, list->n, list->items, out);
}

/* a / b takes the whole product to its left as a: the list then holds the quotient alone. */
static lsa_status divide(parser *p, size_t start, size_t offset, operands *list)
{
    lsa_status status = LSA_OK;
    lsa_syntax *pair[2] = {NULL, NULL}, *quotient = NULL;
    LSA_TRY(gather(p, LSA_SYNTAX_MULTIPLY, start, list, &pair[0]));
    LSA_TRY(parse_signed(p, &pair[1]));
    LSA_TRY(make(p, LSA_SYNTAX_QUOTIENT, offset, 2, pair, &quotient));
    list->n = 0;
    LSA_TRY(push(list, quotient));
done:
    return status;
}

static lsa_status parse_product(parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    operands list = {0};
    lsa_syntax *factor = NULL;
    peek(p);
    const size_t start = p->at;
    LSA_TRY(parse_signed(p, &factor));
    LSA_TRY(push(&list, factor));
    for (;;) {
        const char c = peek(p);
        const size_t offset = p->at;
        if (accept(p, '*')) {
            LSA_TRY(parse_signed(p, &factor));
            LSA_TRY(push(&list, factor));
        } else if (accept(p, '/')) {
            LSA_TRY(divide(p, start, offset, &list));
        } else {
            if (is_letter(c) || is_digit(c) || c == '(')
                LSA_TRY(fail_here(p, "an operator ('*' is always written)"));
            break;
        }
    }
    LSA_TRY(gather(p, LSA_SYNTAX_MULTIPLY, start, &list, out));
done:
    free(list.items);
    return status;
}

static lsa_status parse_sum(parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    operands list = {0};
    lsa_syntax *summand = NULL;
    peek(p);
    const size_t start = p->at;
    LSA_TRY(parse_product(p, &summand));
    LSA_TRY(push(&list, summand));
    for (;;) {
        peek(p);
        const size_t offset = p->at;
        const bool minus = accept(p, '-');
        if (!minus && !accept(p, '+'))
            break;
        LSA_TRY(parse_product(p, &summand));
        if (minus) {
            lsa_syntax *child = summand;
            LSA_TRY(make(p, LSA_SYNTAX_NEGATION, offset, 1, &child, &summand));
        }
        LSA_TRY(push(&list, summand));
    }
    LSA_TRY(gather(p, LSA_SYNTAX_ADD, start, &list, out));
done:
    free(list.items);
    return status;
}

static lsa_status check_length(parser *p)
{
    if (strlen(p->text) > LSA_SYNTAX_BYTES)
        return fail(p, 0, "an expression has more than %d characters", LSA_SYNTAX_BYTES);
    return LSA_OK;
}

lsa_status lsa_syntax_parse(const char *text, lsa_arena *arena, const lsa_syntax **out, lsa_syntax_fault *fault)
{
    lsa_status status = LSA_OK;
    parser p = {.text = text, .arena = arena, .fault = fault};
    lsa_syntax *tree = NULL;
    LSA_TRY(check_length(&p));
    LSA_TRY(parse_sum(&p, &tree));
    if (peek(&p) != '\0')
        LSA_TRY(fail_here(&p, "an operator or the end of the expression"));
    *out = tree;
done:
    return status;
}

lsa_status lsa_syntax_parse_name(const char *text, lsa_arena *arena, const lsa_syntax **out, lsa_syntax_fault *fault)
{
    lsa_status status = LSA_OK;
    parser p = {.text = text, .arena = arena, .fault = fault};
    const char *name = NULL;
    lsa_syntax *tree = NULL;
    LSA_TRY(check_length(&p));
    peek(&p);
    const size_t start = p.at;
    LSA_TRY(parse_name(&p, "a name", &name));
    LSA_TRY(parse_symbol(&p, start, name, &tree));
    if (peek(&p) != '\0')
        LSA_TRY(fail_here(&p, "the end of the name"));
    *out = tree;
done:
    return status;
}
