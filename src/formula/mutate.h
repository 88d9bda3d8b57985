/* mutate.h - a condition changed in one place, as somebody could have written it by mistake.
 *
 * A term, a factor or a divisor is left out; N becomes N + 1, s2 becomes 0, tr becomes norm, X becomes X' and X' becomes X, 2
 * becomes 1, a square becomes what is squared, two matrices change places. A definition is changed wherever it is used. */
#ifndef LSAFLOW_FORMULA_MUTATE_H
#define LSAFLOW_FORMULA_MUTATE_H

#include "formula/tree.h"

/* What the changed side must be, beside what it was, for the condition to say more. */
typedef enum formula_sense {
    FORMULA_OTHER,  /* an equality says something else      */
    FORMULA_LARGER, /* the left side of <=, the right of >= */
    FORMULA_SMALLER
} formula_sense;

typedef struct formula_mutant {
    const char *what;           /* "N -> N + 1", "without the term tr(Lambda)/N*I"     */
    const char *text;           /* the condition, definitions inserted                 */
    const char *before, *after; /* the changed side of its comparison; NULL: it is none */
    formula_sense sense;
} formula_mutant;

enum { FORMULA_MUTANTS = 400 };

/* All of them, each text once, at most FORMULA_MUTANTS, in the arena; they need not be well formed: whoever checks them again
 * leaves out those that are not. `count`: nodes of the formula (formula_check). LSA_ERR_MEMORY. */
lsa_status formula_mutate(const formula_scope *scope, const formula_node *condition, int count, lsa_arena *arena,
                          const formula_mutant **out, ptrdiff_t *n, lsa_error *err);
/* The condition itself as text, words of `for` by their names. NULL: memory. */
const char *formula_written_out(const formula_node *node, lsa_arena *arena);

#endif
