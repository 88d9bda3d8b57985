/* text_judge.h - verdicts from the values of two sides.
 *
 * A side is exact or enclosed, or an estimate that has an error from the path beside it. Only enclosed sides give `proved`; an
 * equality of balls holds to so many digits. */
#ifndef LSAFLOW_VERIFY_TEXT_JUDGE_H
#define LSAFLOW_VERIFY_TEXT_JUDGE_H

#include "formula/tree.h"
#include "formula/value.h"
#include "verify/claim.h"

/* Two sides on the study's path and, where they rest on it, on the one beside it. */
typedef struct text_sides {
    const formula_pool *pool;
    const formula_value *a, *b;
    const formula_value *other_a, *other_b; /* NULL: they rest on no path, or there is none beside it */
    const flow_path *path;                  /* NULL: they rest on no path                             */
    bool asks_share;                        /* they are off by what it was asked for, too             */
    double scale;                           /* of the claim; 0: the largest term of the two            */
} text_sides;

/* Entry (i, j) of a - b with all that its error is made of. */
typedef struct text_difference {
    double a, b, difference, error, scale;
    bool equal, apart; /* certainly */
    int sign;
} text_difference;

text_difference text_difference_of(const text_sides *sides, ptrdiff_t i, ptrdiff_t j);

/* The entry that is the farthest from agreeing. */
text_difference text_worst_entry(const text_sides *sides, ptrdiff_t *row, ptrdiff_t *col);

bool text_is_enclosed(const text_sides *sides);
/* Whether more bits can still decide what balls leave open. */
bool text_is_open(const text_sides *sides, lsa_relation relation);

/* The verdict into the result; `claim` for within and resolution. */
void text_judge(const text_sides *sides, lsa_relation relation, const lsa_text_claim *claim, lsa_claim_result *result);
/* An inequality from one difference, a relation b. */
void text_judge_inequality(const text_difference *d, lsa_relation relation, bool enclosed, lsa_claim_result *result);
void text_judge_equality(const text_difference *d, const lsa_text_claim *claim, lsa_claim_result *result);

/* When an equality fails: the usual factor between the sides that would make it hold, into the reason. */
void text_try_conventions(const text_sides *sides, double N, lsa_claim_result *result);

#endif
