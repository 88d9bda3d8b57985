/* syntax.c - recursive descent over the grammar of syntax.h.
 *
 * Both the recursion and the depth of the tree are limited, so that neither this reader nor any later walk over the
 * tree can exhaust the stack: a reader of brackets counts its calls, a chain of postfix operators counts its nodes. */
#include "base/try.h"
#include "model/syntax_parser.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

lsa_status lsa_parser_fail(lsa_parser *p, size_t offset, const char *format, ...)
{
    va_list arguments;
    p->fault->offset = offset;
    va_start(arguments, format);
    vsnprintf(p->fault->message, sizeof p->fault->message, format, arguments);
    va_end(arguments);
    return LSA_ERR_INPUT;
}

bool lsa_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool lsa_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

char lsa_parser_peek(lsa_parser *p)
{
    while (p->text[p->at] == ' ' || p->text[p->at] == '\t' || p->text[p->at] == '\n' || p->text[p->at] == '\r')
        p->at++;
    return p->text[p->at];
}

bool lsa_parser_accept(lsa_parser *p, char c)
{
    if (lsa_parser_peek(p) != c)
        return false;
    p->at++;
    return true;
}

lsa_status lsa_parser_fail_here(lsa_parser *p, const char *expected)
{
    const char c = lsa_parser_peek(p);
    if (c == '\0')
        return lsa_parser_fail(p, p->at, "found the end of the expression, expected %s", expected);
    if ((unsigned char)c < 0x20 || (unsigned char)c >= 0x7F)
        return lsa_parser_fail(p, p->at, "found a character that the grammar does not know, expected %s", expected);
    return lsa_parser_fail(p, p->at, "found '%c', expected %s", c, expected);
}

lsa_status lsa_parser_expect(lsa_parser *p, char c, const char *expected)
{
    return lsa_parser_accept(p, c) ? LSA_OK : lsa_parser_fail_here(p, expected);
}

lsa_status lsa_parser_make(lsa_parser *p, lsa_syntax_kind kind, size_t offset, int n, lsa_syntax *const *children,
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
        return lsa_parser_fail(p, offset, "the expression is nested more than %d deep", LSA_SYNTAX_DEPTH);
    *out = node;
    return LSA_OK;
}

lsa_status lsa_parser_name(lsa_parser *p, const char *expected, const char **out)
{
    if (!lsa_is_letter(lsa_parser_peek(p)))
        return lsa_parser_fail_here(p, expected);
    const size_t start = p->at;
    while (lsa_is_letter(p->text[p->at]) || lsa_is_digit(p->text[p->at]))
        p->at++;
    if (p->at - start > LSA_SYNTAX_NAME)
        return lsa_parser_fail(p, start, "a name has more than %d characters", LSA_SYNTAX_NAME);
    *out = lsa_arena_text(p->arena, p->text + start, p->at - start);
    return *out == NULL ? LSA_ERR_MEMORY : LSA_OK;
}

static void skip_digits(lsa_parser *p)
{
    while (lsa_is_digit(p->text[p->at]))
        p->at++;
}

static lsa_status parse_number(lsa_parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    const size_t start = p->at;
    skip_digits(p);
    if (p->text[p->at] == '.' && !(p->formula && p->text[p->at + 1] == '.')) {
        p->at++;
        if (!lsa_is_digit(p->text[p->at]))
            return lsa_parser_fail_here(p, "a digit after the decimal point");
        skip_digits(p);
    }
    if (p->text[p->at] == 'e' || p->text[p->at] == 'E') {
        p->at += p->text[p->at + 1] == '+' || p->text[p->at + 1] == '-' ? 2 : 1;
        if (!lsa_is_digit(p->text[p->at]))
            return lsa_parser_fail_here(p, "the digits of an exponent");
        skip_digits(p);
    }
    if (lsa_is_letter(p->text[p->at]))
        return lsa_parser_fail_here(p, "an operator between a number and a name");
    if (p->at - start > LSA_SYNTAX_NUMBER)
        return lsa_parser_fail(p, start, "a number has more than %d characters", LSA_SYNTAX_NUMBER);
    LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_LITERAL, start, 0, NULL, out));
    (*out)->text = lsa_arena_text(p->arena, p->text + start, p->at - start);
    status = (*out)->text == NULL ? LSA_ERR_MEMORY : LSA_OK;
done:
    return status;
}

/* The name of an index; in a formula a head's number too. */
static lsa_status parse_index(lsa_parser *p, const char **out)
{
    if (!p->formula || !lsa_is_digit(lsa_parser_peek(p)))
        return lsa_parser_name(p, "the name of an index", out);
    const size_t start = p->at;
    skip_digits(p);
    if (p->at - start > 6)
        return lsa_parser_fail(p, start, "an index has more than 6 digits");
    *out = lsa_arena_text(p->arena, p->text + start, p->at - start);
    return *out == NULL ? LSA_ERR_MEMORY : LSA_OK;
}

static lsa_status parse_symbol(lsa_parser *p, size_t start, const char *name, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_SYMBOL, start, 0, NULL, out));
    (*out)->text = name;
    if (lsa_parser_accept(p, '[')) {
        LSA_TRY(parse_index(p, &(*out)->index));
        LSA_TRY(lsa_parser_expect(p, ']', "']' after the index"));
    }
done:
    return status;
}

/* sum(index, body), its name and bracket being read. */
static lsa_status parse_index_sum(lsa_parser *p, size_t start, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    const char *index = NULL;
    lsa_syntax *body = NULL;
    LSA_TRY(lsa_parser_name(p, "the name of an index, as in sum(i, ...)", &index));
    LSA_TRY(lsa_parser_expect(p, ',', "',' after the index of a sum"));
    LSA_TRY(lsa_parser_sum(p, &body));
    LSA_TRY(lsa_parser_expect(p, ')', "')' at the end of the sum"));
    LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_SUMMED, start, 1, &body, out));
    (*out)->index = index;
done:
    return status;
}

static lsa_status parse_named(lsa_parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    const size_t start = p->at;
    const char *name = NULL;
    lsa_syntax *body = NULL;
    LSA_TRY(lsa_parser_name(p, "a name", &name));
    if (p->formula && lsa_parser_peek(p) == '(') {
        LSA_TRY(lsa_parser_call(p, start, name, out));
    } else if (!p->formula && strcmp(name, "sum") == 0) {
        LSA_TRY(lsa_parser_expect(p, '(', "'(' after sum"));
        LSA_TRY(parse_index_sum(p, start, out));
    } else if (!p->formula && strcmp(name, "tr") == 0) {
        LSA_TRY(lsa_parser_expect(p, '(', "'(' after tr"));
        LSA_TRY(lsa_parser_sum(p, &body));
        LSA_TRY(lsa_parser_expect(p, ')', "')' at the end of the trace"));
        LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_TRACED, start, 1, &body, out));
    } else {
        LSA_TRY(parse_symbol(p, start, name, out));
    }
done:
    return status;
}

static lsa_status parse_primary(lsa_parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    const char c = lsa_parser_peek(p);
    if (lsa_is_digit(c))
        return parse_number(p, out);
    if (lsa_is_letter(c))
        return parse_named(p, out);
    if (p->formula && c == '.')
        return lsa_parser_infinity(p, out);
    if (p->formula && c == '"')
        return lsa_parser_string(p, out);
    if (p->formula && c == '[') {
        const size_t start = p->at++;
        return lsa_parser_vector(p, start, out);
    }
    if (p->formula && c == '|')
        return lsa_parser_fail(p, p->at, "found '|': a norm is written norm(x), an absolute value abs(x)");
    if (!lsa_parser_accept(p, '('))
        return lsa_parser_fail_here(p, "a number, a name or '('");
    LSA_TRY(p->formula ? lsa_parser_condition(p, out) : lsa_parser_sum(p, out));
    LSA_TRY(lsa_parser_expect(p, ')', "')'"));
done:
    return status;
}

static lsa_status parse_digits(lsa_parser *p, const char *expected, int *out)
{
    if (!lsa_is_digit(lsa_parser_peek(p)))
        return lsa_parser_fail_here(p, expected);
    const size_t start = p->at;
    int value = 0;
    for (; lsa_is_digit(p->text[p->at]); p->at++)
        if (value <= LSA_SYNTAX_EXPONENT)
            value = 10 * value + (p->text[p->at] - '0');
    if (value > LSA_SYNTAX_EXPONENT)
        return lsa_parser_fail(p, start, "an exponent is at most %d", LSA_SYNTAX_EXPONENT);
    if (p->text[p->at] == '.')
        return lsa_parser_fail_here(p, expected);
    *out = value;
    return LSA_OK;
}

/* The integer after ^, in brackets or not; in a formula p/q in brackets too. */
static lsa_status parse_exponent(lsa_parser *p, lsa_syntax *node)
{
    lsa_status status = LSA_OK;
    const bool bracket = lsa_parser_accept(p, '(');
    const bool negative = lsa_parser_accept(p, '-');
    node->root = 1;
    if (p->formula && lsa_parser_peek(p) == 'T')
        return lsa_parser_fail(p, p->at, "the transpose of U is written U'");
    LSA_TRY(parse_digits(p, p->formula ? "an integer exponent, or a fraction in brackets" : "an integer exponent",
                         &node->exponent));
    if (negative)
        node->exponent = -node->exponent;
    if (p->formula && bracket && lsa_parser_accept(p, '/')) {
        const size_t start = p->at;
        LSA_TRY(parse_digits(p, "the integer below the line of an exponent", &node->root));
        if (node->root == 0)
            return lsa_parser_fail(p, start, "the exponent divides by 0");
    }
    if (bracket)
        LSA_TRY(lsa_parser_expect(p, ')', "')' after the exponent"));
done:
    return status;
}

static lsa_status parse_postfix(lsa_parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    lsa_syntax *node = NULL;
    LSA_TRY(parse_primary(p, &node));
    for (;;) {
        lsa_syntax *child = node;
        lsa_parser_peek(p);
        const size_t offset = p->at;
        if (lsa_parser_accept(p, '\'')) {
            LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_TRANSPOSED, offset, 1, &child, &node));
        } else if (lsa_parser_accept(p, '^')) {
            LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_RAISED, offset, 1, &child, &node));
            LSA_TRY(parse_exponent(p, node));
        } else if (p->formula && lsa_parser_accept(p, '@')) {
            LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_ELSEWHERE, offset, 1, &child, &node));
            LSA_TRY(lsa_parser_name(p, "the name of a model after '@'", &node->text));
        } else {
            break;
        }
    }
    *out = node;
done:
    return status;
}

/* Every bracket, sign and call passes here once per level: the one place that counts the recursion. */
static lsa_status parse_signed(lsa_parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    lsa_syntax *child = NULL;
    lsa_parser_peek(p);
    const size_t offset = p->at;
    if (p->nesting == LSA_SYNTAX_DEPTH)
        return lsa_parser_fail(p, offset, "the expression is nested more than %d deep", LSA_SYNTAX_DEPTH);
    p->nesting++;
    if (lsa_parser_accept(p, '-')) {
        LSA_TRY(parse_signed(p, &child));
        LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_NEGATION, offset, 1, &child, out));
    } else if (lsa_parser_accept(p, '+')) {
        LSA_TRY(parse_signed(p, out));
    } else {
        LSA_TRY(parse_postfix(p, out));
    }
done:
    p->nesting--;
    return status;
}

lsa_status lsa_operands_push(lsa_operands *list, lsa_syntax *node)
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
static lsa_status gather(lsa_parser *p, lsa_syntax_kind kind, size_t offset, lsa_operands *list, lsa_syntax **out)
{
    if (list->n == 1) {
        *out = list->items[0];
        return LSA_OK;
    }
    return lsa_parser_make(p, kind, offset, list->n, list->items, out);
}

/* a / b takes the whole product to its left as a: the list then holds the quotient alone. */
static lsa_status divide(lsa_parser *p, size_t start, size_t offset, lsa_operands *list)
{
    lsa_status status = LSA_OK;
    lsa_syntax *pair[2] = {NULL, NULL}, *quotient = NULL;
    LSA_TRY(gather(p, LSA_SYNTAX_MULTIPLY, start, list, &pair[0]));
    LSA_TRY(parse_signed(p, &pair[1]));
    LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_QUOTIENT, offset, 2, pair, &quotient));
    list->n = 0;
    LSA_TRY(lsa_operands_push(list, quotient));
done:
    return status;
}

static lsa_status parse_product(lsa_parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    lsa_operands list = {0};
    lsa_syntax *factor = NULL;
    lsa_parser_peek(p);
    const size_t start = p->at;
    LSA_TRY(parse_signed(p, &factor));
    LSA_TRY(lsa_operands_push(&list, factor));
    for (;;) {
        const char c = lsa_parser_peek(p);
        const size_t offset = p->at;
        if (lsa_parser_accept(p, '*')) {
            LSA_TRY(parse_signed(p, &factor));
            LSA_TRY(lsa_operands_push(&list, factor));
        } else if (lsa_parser_accept(p, '/')) {
            LSA_TRY(divide(p, start, offset, &list));
        } else {
            if (p->formula && lsa_parser_at_word(p))
                break;
            if (lsa_is_letter(c) || lsa_is_digit(c) || c == '(')
                LSA_TRY(lsa_parser_fail_here(p, "an operator ('*' is always written)"));
            break;
        }
    }
    LSA_TRY(gather(p, LSA_SYNTAX_MULTIPLY, start, &list, out));
done:
    free(list.items);
    return status;
}

lsa_status lsa_parser_sum(lsa_parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    lsa_operands list = {0};
    lsa_syntax *summand = NULL;
    lsa_parser_peek(p);
    const size_t start = p->at;
    LSA_TRY(parse_product(p, &summand));
    LSA_TRY(lsa_operands_push(&list, summand));
    for (;;) {
        lsa_parser_peek(p);
        const size_t offset = p->at;
        const bool minus = lsa_parser_accept(p, '-');
        if (!minus && !lsa_parser_accept(p, '+'))
            break;
        LSA_TRY(parse_product(p, &summand));
        if (minus) {
            lsa_syntax *child = summand;
            LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_NEGATION, offset, 1, &child, &summand));
        }
        LSA_TRY(lsa_operands_push(&list, summand));
    }
    LSA_TRY(gather(p, LSA_SYNTAX_ADD, start, &list, out));
done:
    free(list.items);
    return status;
}

static lsa_status check_length(lsa_parser *p)
{
    if (strlen(p->text) > LSA_SYNTAX_BYTES)
        return lsa_parser_fail(p, 0, "an expression has more than %d characters", LSA_SYNTAX_BYTES);
    return LSA_OK;
}

static lsa_status parse_whole(const char *text, bool formula, lsa_arena *arena, const lsa_syntax **out,
                              lsa_syntax_fault *fault)
{
    lsa_status status = LSA_OK;
    lsa_parser p = {.text = text, .formula = formula, .arena = arena, .fault = fault};
    lsa_syntax *tree = NULL;
    LSA_TRY(check_length(&p));
    LSA_TRY(formula ? lsa_parser_condition(&p, &tree) : lsa_parser_sum(&p, &tree));
    if (formula && lsa_parser_peek(&p) == '=')
        LSA_TRY(lsa_parser_fail(&p, p.at, "found '=': two sides are compared by '=='"));
    if (lsa_parser_peek(&p) != '\0')
        LSA_TRY(lsa_parser_fail_here(&p, "an operator or the end of the expression"));
    *out = tree;
done:
    return status;
}

lsa_status lsa_syntax_parse(const char *text, lsa_arena *arena, const lsa_syntax **out, lsa_syntax_fault *fault)
{
    return parse_whole(text, false, arena, out, fault);
}

lsa_status lsa_syntax_parse_formula(const char *text, lsa_arena *arena, const lsa_syntax **out, lsa_syntax_fault *fault)
{
    return parse_whole(text, true, arena, out, fault);
}

lsa_status lsa_syntax_parse_name(const char *text, lsa_arena *arena, const lsa_syntax **out, lsa_syntax_fault *fault)
{
    lsa_status status = LSA_OK;
    lsa_parser p = {.text = text, .arena = arena, .fault = fault};
    const char *name = NULL;
    lsa_syntax *tree = NULL;
    LSA_TRY(check_length(&p));
    lsa_parser_peek(&p);
    const size_t start = p.at;
    LSA_TRY(lsa_parser_name(&p, "a name", &name));
    LSA_TRY(parse_symbol(&p, start, name, &tree));
    if (lsa_parser_peek(&p) != '\0')
        LSA_TRY(lsa_parser_fail_here(&p, "the end of the name"));
    *out = tree;
done:
    return status;
}
