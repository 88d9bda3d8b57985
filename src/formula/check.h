/* check.h - the state of a check, shared by its two files: operators and names (check.c), calls (check_call.c). */
#ifndef LSAFLOW_FORMULA_CHECK_H
#define LSAFLOW_FORMULA_CHECK_H

#include "formula/tree.h"

enum { FORMULA_WORDS = 64 };

/* The index of a sum, in force inside it. */
typedef struct checked_variable {
    const char *name;
    int id;
    const struct checked_variable *outer;
} checked_variable;

typedef struct checker {
    const formula_scope *scope;
    int count, depth, variables;
    const formula_node *words[FORMULA_WORDS]; /* bodies of `where`, once they are checked */
    bool busy[FORMULA_WORDS];
} checker;

/* The text in hand. */
typedef struct checked_text {
    const lsa_node *source;
    const checked_variable *variables;
} checked_text;

extern const formula_side formula_one;

lsa_status check_any(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                     lsa_error *err);
/* A number or matrix; a condition. */
lsa_status check_value(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                       lsa_error *err);
lsa_status check_condition(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                           lsa_error *err);
/* A value of shape 1 x 1. */
lsa_status check_scalar(checker *c, const checked_text *in, const lsa_syntax *syntax, const char *what,
                        const formula_node **out, lsa_error *err);
lsa_status check_call(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                      lsa_error *err);

/* A node over finished children: their needs and witnesses are its own. */
lsa_status check_make(checker *c, const checked_text *in, const lsa_syntax *syntax, formula_kind kind, int n,
                      const formula_node *const *children, formula_node **out, lsa_error *err);
bool sides_agree(formula_side a, formula_side b);
/* The side of dimension d, and that of the state. */
formula_side check_side_d(const checker *c);
formula_side check_side_state(const checker *c);

#endif
