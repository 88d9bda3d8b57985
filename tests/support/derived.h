/* derived.h - a shipped statement and its derivation, for tests. */
#ifndef LSAFLOW_TESTS_DERIVED_H
#define LSAFLOW_TESTS_DERIVED_H

#include "lsaflow/arena.h"
#include "lsaflow/derive.h"

typedef struct lsa_derived {
    lsa_arena *arena;
    const lsa_statement *statement;
    lsa_derivation *derivation;
    const lsa_algebra *algebra;
} lsa_derived;

/* Derives the shipped statement `name`; fails the test when that fails. */
lsa_derived lsa_derived_make(const char *name, lsa_derive_options options);
/* The same for a statement written in YAML; `expected` is the status that the derivation must return, and what is wrong
 * goes to err (may be NULL). Without LSA_OK the derivation is NULL. */
lsa_derived lsa_derived_inline(const char *yaml, lsa_derive_options options, lsa_status expected, lsa_error *err);
void lsa_derived_clear(lsa_derived *derived);

/* The polynomial as text, in the derivation's arena. */
const char *lsa_derived_text(const lsa_derived *derived, const lsa_poly *poly, lsa_format format);

/* A formula as a polynomial over the derivation's symbols; fails the test when it cannot be read. */
const lsa_poly *lsa_derived_parse(const lsa_derived *derived, const char *formula);

/* Passes when the polynomial equals the formula; prints the difference otherwise. */
#define check_formula(derived, poly, formula) lsa_check_formula((derived), (poly), (formula), __FILE__, __LINE__)
void lsa_check_formula(const lsa_derived *derived, const lsa_poly *poly, const char *formula, const char *file,
                       int line);

#endif
