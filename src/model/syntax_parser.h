/* syntax_parser.h - the reader's state and its steps, shared by what statements and formulas have in common (syntax.c) and by
 * what formulas have beside it (syntax_formula.c). */
#ifndef LSAFLOW_MODEL_SYNTAX_PARSER_H
#define LSAFLOW_MODEL_SYNTAX_PARSER_H

#include "model/syntax.h"
#include <stdbool.h>

typedef struct lsa_parser {
    const char *text;
    size_t at;
    int nesting;
    bool formula; /* the grammar of formulas, else that of statements */
    lsa_arena *arena;
    lsa_syntax_fault *fault;
} lsa_parser;

/* Fills the fault; the value is LSA_ERR_INPUT. */
lsa_status lsa_parser_fail(lsa_parser *p, size_t offset, const char *format, ...);
/* "found 'x', expected ..." at the reader's place. */
lsa_status lsa_parser_fail_here(lsa_parser *p, const char *expected);
/* The next character that is no blank. */
char lsa_parser_peek(lsa_parser *p);
bool lsa_parser_accept(lsa_parser *p, char c);
lsa_status lsa_parser_expect(lsa_parser *p, char c, const char *expected);
/* ASCII classes, free of locale. */
bool lsa_is_digit(char c);
bool lsa_is_letter(char c);
/* A name at the reader's place. */
lsa_status lsa_parser_name(lsa_parser *p, const char *expected, const char **out);
/* The word stands at the reader's place, as a whole; takes it. */
bool lsa_parser_accept_word(lsa_parser *p, const char *word);
/* One of the words of a formula stands there: and, or, not, in. */
bool lsa_parser_at_word(lsa_parser *p);
/* A node over children that are finished; its depth is checked here and nowhere else. */
lsa_status lsa_parser_make(lsa_parser *p, lsa_syntax_kind kind, size_t offset, int n, lsa_syntax *const *children,
                           lsa_syntax **out);
/* sum of the grammar. */
lsa_status lsa_parser_sum(lsa_parser *p, lsa_syntax **out);

/* Operands of one chain of operators, in a list that grows. */
typedef struct lsa_operands {
    lsa_syntax **items;
    int n, capacity;
} lsa_operands;
lsa_status lsa_operands_push(lsa_operands *list, lsa_syntax *node);

/* Formulas only (syntax_formula.c). */
/* name "(" arguments ")", the name being read and the bracket ahead. */
lsa_status lsa_parser_call(lsa_parser *p, size_t start, const char *name, lsa_syntax **out);
/* "[" elements "]", the bracket being read; `.inf`; a text in double quotes. */
lsa_status lsa_parser_vector(lsa_parser *p, size_t start, lsa_syntax **out);
lsa_status lsa_parser_infinity(lsa_parser *p, lsa_syntax **out);
lsa_status lsa_parser_string(lsa_parser *p, lsa_syntax **out);
/* condition: the whole of a formula. */
lsa_status lsa_parser_condition(lsa_parser *p, lsa_syntax **out);

#endif
