/* syntax_formula.c - what formulas have beside the grammar of statements: conditions, calls, vectors, texts. */
#include "base/try.h"
#include "model/syntax_parser.h"
#include <stdlib.h>
#include <string.h>

const char *lsa_relation_text(lsa_relation relation)
{
    static const char *const texts[] = {"==", "!=", "<=", ">=", "<", ">", "= O"};
    return texts[relation];
}

static bool is_name_byte(char c)
{
    return lsa_is_letter(c) || lsa_is_digit(c);
}

static size_t word_here(lsa_parser *p, const char *word)
{
    const size_t n = strlen(word);
    lsa_parser_peek(p);
    return strncmp(p->text + p->at, word, n) == 0 && !is_name_byte(p->text[p->at + n]) ? n : 0;
}

bool lsa_parser_accept_word(lsa_parser *p, const char *word)
{
    const size_t n = word_here(p, word);
    p->at += n;
    return n > 0;
}

bool lsa_parser_at_word(lsa_parser *p)
{
    return word_here(p, "and") || word_here(p, "or") || word_here(p, "not") || word_here(p, "in");
}

/* ---------------------------------------------------------------- conditions */

/* "= O(", up to the bracket. */
static bool accept_bound(lsa_parser *p)
{
    const size_t start = p->at++;
    const size_t n = word_here(p, "O");
    p->at += n;
    if (n > 0 && lsa_parser_peek(p) == '(')
        return true;
    p->at = start;
    return false;
}

static bool accept_relation(lsa_parser *p, lsa_relation *out)
{
    const char c = lsa_parser_peek(p), next = c == '\0' ? '\0' : p->text[p->at + 1];
    if (next == '=' && (c == '=' || c == '!' || c == '<' || c == '>')) {
        *out = c == '='   ? LSA_RELATION_EQUAL
               : c == '!' ? LSA_RELATION_DIFFERENT
               : c == '<' ? LSA_RELATION_AT_MOST
                          : LSA_RELATION_AT_LEAST;
        p->at += 2;
        return true;
    }
    if (c == '=' && accept_bound(p))
        return *out = LSA_RELATION_BOUNDED, true;
    if (c != '<' && c != '>')
        return false;
    *out = c == '<' ? LSA_RELATION_BELOW : LSA_RELATION_ABOVE;
    p->at++;
    return true;
}

enum { MOST_RELATIONS = 16 }; /* of one chain */

static lsa_status parse_compared(lsa_parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    lsa_syntax *sides[MOST_RELATIONS + 1];
    lsa_relation relations[MOST_RELATIONS], *kept = NULL;
    int n = 1;
    lsa_parser_peek(p);
    const size_t start = p->at;
    LSA_TRY(lsa_parser_sum(p, &sides[0]));
    while (lsa_parser_peek(p), n <= MOST_RELATIONS && accept_relation(p, &relations[n - 1]))
        LSA_TRY(lsa_parser_sum(p, &sides[n++]));
    if (n == MOST_RELATIONS + 1)
        return lsa_parser_fail(p, start, "more than %d comparisons in one chain", MOST_RELATIONS - 1);
    *out = sides[0];
    if (n == 1)
        return LSA_OK;
    LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_COMPARED, start, n, sides, out));
    kept = lsa_arena_alloc(p->arena, (size_t)n - 1, sizeof *kept);
    if (kept == NULL)
        return LSA_ERR_MEMORY;
    memcpy(kept, relations, ((size_t)n - 1) * sizeof *kept);
    (*out)->relations = kept;
done:
    return status;
}

static lsa_status parse_negated(lsa_parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    lsa_syntax *child = NULL;
    lsa_parser_peek(p);
    const size_t start = p->at;
    int negations = 0;
    while (lsa_parser_accept_word(p, "not"))
        if (++negations > LSA_SYNTAX_DEPTH)
            return lsa_parser_fail(p, start, "the expression is nested more than %d deep", LSA_SYNTAX_DEPTH);
    LSA_TRY(parse_compared(p, &child));
    for (*out = child; negations > 0; negations--, child = *out)
        LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_NOT, start, 1, &child, out));
done:
    return status;
}

/* Operands joined by a word. */
static lsa_status parse_joined(lsa_parser *p, const char *word, lsa_syntax_kind kind,
                               lsa_status (*operand)(lsa_parser *, lsa_syntax **), lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    lsa_operands list = {0};
    lsa_syntax *one = NULL;
    lsa_parser_peek(p);
    const size_t start = p->at;
    do {
        LSA_TRY(operand(p, &one));
        LSA_TRY(lsa_operands_push(&list, one));
    } while (lsa_parser_accept_word(p, word));
    *out = list.items[0];
    if (list.n > 1)
        LSA_TRY(lsa_parser_make(p, kind, start, list.n, list.items, out));
done:
    free(list.items);
    return status;
}

static lsa_status parse_conjunction(lsa_parser *p, lsa_syntax **out)
{
    return parse_joined(p, "and", LSA_SYNTAX_AND, parse_negated, out);
}

lsa_status lsa_parser_condition(lsa_parser *p, lsa_syntax **out)
{
    return parse_joined(p, "or", LSA_SYNTAX_OR, parse_conjunction, out);
}

/* ---------------------------------------------------------------- calls, vectors, texts */

static bool follows(lsa_parser *p, const char *what)
{
    lsa_parser_peek(p);
    const size_t n = strlen(what);
    if (strncmp(p->text + p->at, what, n) != 0)
        return false;
    p->at += n;
    return true;
}

/* `KEY -> value`, `name = value`, or a condition. A key is tried first and given back where none of the two follows. */
static lsa_status parse_argument(lsa_parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    lsa_syntax *child = NULL;
    lsa_parser_peek(p);
    const size_t start = p->at;
    size_t end = start;
    if (lsa_is_letter(p->text[end]))
        while (is_name_byte(p->text[end]) || (p->text[end] == '.' && is_name_byte(p->text[end + 1])))
            end++;
    if (end > start) {
        p->at = end;
        const bool towards = follows(p, "->");
        const bool let = !towards && lsa_parser_peek(p) == '=' && p->text[p->at + 1] != '=';
        p->at += let;
        if (towards || let) {
            LSA_TRY(lsa_parser_sum(p, &child));
            LSA_TRY(lsa_parser_make(p, towards ? LSA_SYNTAX_TOWARDS : LSA_SYNTAX_LET, start, 1, &child, out));
            (*out)->text = lsa_arena_text(p->arena, p->text + start, end - start);
            return (*out)->text == NULL ? LSA_ERR_MEMORY : LSA_OK;
        }
        p->at = start;
    }
    LSA_TRY(lsa_parser_condition(p, out));
done:
    return status;
}

/* Arguments up to `closing`; at least one. */
static lsa_status parse_list(lsa_parser *p, lsa_syntax_kind kind, size_t start, char closing, const char *expected,
                             lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    lsa_operands list = {0};
    lsa_syntax *one = NULL;
    do {
        LSA_TRY(kind == LSA_SYNTAX_CALL ? parse_argument(p, &one) : lsa_parser_condition(p, &one));
        LSA_TRY(lsa_operands_push(&list, one));
    } while (lsa_parser_accept(p, ','));
    LSA_TRY(lsa_parser_expect(p, closing, expected));
    LSA_TRY(lsa_parser_make(p, kind, start, list.n, list.items, out));
done:
    free(list.items);
    return status;
}

lsa_status lsa_parser_vector(lsa_parser *p, size_t start, lsa_syntax **out)
{
    return parse_list(p, LSA_SYNTAX_VECTOR, start, ']', "',' or ']' in a vector", out);
}

/* sum(j in a..b, e), up to `in` being read. */
static lsa_status parse_run(lsa_parser *p, size_t start, const char *index, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    lsa_syntax *parts[3];
    LSA_TRY(lsa_parser_sum(p, &parts[0]));
    if (!follows(p, ".."))
        return lsa_parser_fail_here(p, "'..' between the bounds of a sum");
    LSA_TRY(lsa_parser_sum(p, &parts[1]));
    LSA_TRY(lsa_parser_expect(p, ',', "',' after the bounds of a sum"));
    LSA_TRY(lsa_parser_condition(p, &parts[2]));
    LSA_TRY(lsa_parser_expect(p, ')', "')' at the end of the sum"));
    LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_RUN, start, 3, parts, out));
    (*out)->index = index;
done:
    return status;
}

/* What stands in the brackets of sum: an index and a summand, an index with bounds, or one argument. */
static lsa_status parse_sum_call(lsa_parser *p, size_t start, bool *taken, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    const char *index = NULL;
    lsa_syntax *body = NULL;
    *taken = true;
    if (lsa_is_letter(lsa_parser_peek(p))) {
        const size_t back = p->at;
        LSA_TRY(lsa_parser_name(p, "a name", &index));
        if (lsa_parser_accept_word(p, "in"))
            return parse_run(p, start, index, out);
        if (lsa_parser_accept(p, ',')) {
            LSA_TRY(lsa_parser_condition(p, &body));
            LSA_TRY(lsa_parser_expect(p, ')', "')' at the end of the sum"));
            LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_SUMMED, start, 1, &body, out));
            (*out)->index = index;
            return LSA_OK;
        }
        p->at = back;
    }
    *taken = false;
done:
    return status;
}

lsa_status lsa_parser_call(lsa_parser *p, size_t start, const char *name, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    bool taken = false;
    LSA_TRY(lsa_parser_expect(p, '(', "'('"));
    if (strcmp(name, "sum") == 0)
        LSA_TRY(parse_sum_call(p, start, &taken, out));
    if (taken)
        return LSA_OK;
    LSA_TRY(parse_list(p, LSA_SYNTAX_CALL, start, ')', "',' or ')' among the arguments", out));
    (*out)->text = name;
done:
    return status;
}

lsa_status lsa_parser_infinity(lsa_parser *p, lsa_syntax **out)
{
    const size_t start = p->at;
    if (!follows(p, ".inf") || is_name_byte(p->text[p->at]))
        return p->at = start, lsa_parser_fail(p, start, "found '.', expected a digit before it, or .inf");
    return lsa_parser_make(p, LSA_SYNTAX_INFINITY, start, 0, NULL, out);
}

lsa_status lsa_parser_string(lsa_parser *p, lsa_syntax **out)
{
    lsa_status status = LSA_OK;
    const size_t start = p->at++;
    while (p->text[p->at] != '"' && p->text[p->at] != '\0')
        p->at++;
    LSA_TRY(lsa_parser_expect(p, '"', "'\"' at the end of the text"));
    LSA_TRY(lsa_parser_make(p, LSA_SYNTAX_STRING, start, 0, NULL, out));
    (*out)->text = lsa_arena_text(p->arena, p->text + start + 1, p->at - start - 2);
    status = (*out)->text == NULL ? LSA_ERR_MEMORY : LSA_OK;
done:
    return status;
}
