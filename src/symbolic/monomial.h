/* monomial.h - one term without its coefficient, in a form that is easy to build and to take apart.
 *
 *     sum over head and sample dummies of  (scalars to powers) * tr(ring) * tr(ring) * ... * (open word)
 *
 * A monomial is a draft: nothing in it is sorted or merged. Its canonical form is the *key*, an array of integers;
 * two monomials are equal exactly when their keys are. Sizes are bounded, so that work on one term is bounded; a draft
 * that outgrows them says so in `unable` and is refused when it is collected. */
#ifndef LSAFLOW_SYMBOLIC_MONOMIAL_H
#define LSAFLOW_SYMBOLIC_MONOMIAL_H

#include "symbolic/word.h"

enum {
    LSA_MAX_LETTERS = 512,
    LSA_MAX_RINGS = 128,
    LSA_MAX_POWERS = 64,
    LSA_MAX_EXPONENT = 10000, /* of a scalar; far inside the 16 bits of lsa_power                                  */
    LSA_MAX_RENAMINGS = 5040, /* permutations of the dummies that the canonical form may have to try: 7 of a kind */
    LSA_KEY_CAPACITY = 8 + 2 * LSA_MAX_POWERS + LSA_MAX_RINGS + LSA_MAX_LETTERS
};

typedef struct lsa_span {
    int start, length;
} lsa_span;

typedef struct lsa_code_power {
    lsa_code code; /* symbol and index of a scalar; never transposed */
    int exponent;
} lsa_code_power;

typedef struct lsa_monomial {
    int n_heads,
        n_samples; /* dummies 1..n of each family, each summed over; one that no letter carries counts its range */
    int n_powers, n_rings, n_letters;
    bool has_open;
    lsa_code_power powers[LSA_MAX_POWERS];
    lsa_span open;
    lsa_span rings[LSA_MAX_RINGS];
    lsa_code letters[LSA_MAX_LETTERS];
    const char *unable; /* why this draft is beyond the engine, or NULL */
} lsa_monomial;

/* The canonical form: counts, powers, open word, rings. */
typedef struct lsa_key {
    int length;
    int32_t data[LSA_KEY_CAPACITY];
} lsa_key;

/* The monomial 1. */
void lsa_monomial_init(lsa_monomial *m);

/* Multiplies by scalar^exponent. */
void lsa_monomial_power(lsa_monomial *m, lsa_code scalar, int exponent);

/* A word is written letter by letter after the position where it starts (n_letters), then closed: into a ring, tr(word),
 * or into the open word. `dim` is the dimension where it starts: the trace of an empty word is that dimension's scalar. */
void lsa_monomial_push(lsa_monomial *m, lsa_code letter);
void lsa_monomial_append(const lsa_algebra *algebra, lsa_monomial *m, int n, const lsa_code *word, bool transposed);
void lsa_monomial_close(const lsa_algebra *algebra, lsa_monomial *m, int start, lsa_dim dim);
void lsa_monomial_close_open(lsa_monomial *m, int start);

/* Multiplies m by the scalar part of f, its rings `skip_a` and `skip_b` left out (-1: none); the dummies of f must be
 * those of m. */
void lsa_monomial_multiply_scalars(const lsa_algebra *algebra, lsa_monomial *m, const lsa_monomial *f, int skip_a,
                                   int skip_b);

/* out = the scalar part of m with its dummies, two rings left out: where an operation on those rings starts. */
void lsa_monomial_without(const lsa_algebra *algebra, const lsa_monomial *m, int skip_a, int skip_b, lsa_monomial *out);

/* Writes index `to` for `from` in all letters and scalars of that family. */
void lsa_monomial_rename(const lsa_algebra *algebra, lsa_monomial *m, lsa_family family, int from, int to);

/* out = f * g: dummies renamed apart, open words joined. No alias. */
void lsa_monomial_multiply(const lsa_algebra *algebra, const lsa_monomial *f, const lsa_monomial *g, lsa_monomial *out);

/* The canonical key: rings cut open where they pass through dimension 1 (with several such places they fall apart into
 * scalars), the scalar inside of an open word taken out, every ring in its least form, equal scalars merged, an unused
 * sample index written as a factor N, and of all renamings of the dummies the one whose key is least.
 * LSA_ERR_UNABLE when a bound above is passed. */
lsa_status lsa_monomial_key(const lsa_algebra *algebra, const lsa_monomial *m, lsa_key *key, lsa_error *err);

/* What lsa_monomial_key costs at most, in letters touched: every renaming compares every rotation of every ring. */
int64_t lsa_monomial_effort(const lsa_monomial *m);

/* The monomial that a key stands for. */
void lsa_monomial_from_key(const int32_t *key, lsa_monomial *m);

#endif
