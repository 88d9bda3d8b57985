/* cases.h - the reference cases of tests/data/public.json (its README.md says what they hold).
 *
 * A field is flattened: a number is one double, a vector its entries, a matrix its columns, an array over times its
 * members one after another. A missing or misshapen field fails the running test. */
#ifndef LSAFLOW_TESTS_CASES_H
#define LSAFLOW_TESTS_CASES_H

#include "check.h"
#include "lsaflow/arena.h"

#include <jansson.h>
#include <stdbool.h>

typedef struct lsa_case {
    const char *id, *kind;
    const json_t *input, *expect; /* for fields that are not numbers */
    double rtol, atol;
    lsa_arena *arena; /* holds what the functions below return, until the case ends */
} lsa_case;

/* Runs `test` on every case of a kind; fails when there is none. */
void lsa_cases_each(const char *kind, void (*test)(const lsa_case *c));

/* Whether the input has the field. */
bool lsa_case_has(const lsa_case *c, const char *name);

/* The length of an input array (of the outermost one). */
ptrdiff_t lsa_case_length(const lsa_case *c, const char *name);

/* An input number; `otherwise` where it is absent. */
double lsa_case_number(const lsa_case *c, const char *name);
double lsa_case_number_or(const lsa_case *c, const char *name, double otherwise);

/* An input field of exactly `count` numbers, flattened. */
const double *lsa_case_input(const lsa_case *c, const char *name, ptrdiff_t count);

/* An expected field of exactly `count` numbers, flattened; and the comparison with it by the rule of the cases,
 * max|got - want| <= atol + rtol max|want| over the whole field. */
const double *lsa_case_expect(const lsa_case *c, const char *name, ptrdiff_t count);
void lsa_case_check(const lsa_case *c, const char *name, const double *got, ptrdiff_t count);

#endif
