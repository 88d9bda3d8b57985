/* text_limits.h - limits and orders in a key of the model. */
#ifndef LSAFLOW_VERIFY_TEXT_LIMITS_H
#define LSAFLOW_VERIFY_TEXT_LIMITS_H

#include "verify/text_world.h"

/* The calls lim(e, KEY -> goal, ...) and order(e, KEY, ...). */
lsa_status text_lim(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err);

enum { TEXT_RUNGS = 8 };

/* Values of a key that go to infinity or to 0 by a factor of 2. */
typedef struct text_ladder {
    const char *key; /* dotted path */
    bool infinite;
    int rungs; /* 5 at least */
    double value[TEXT_RUNGS];
} text_ladder;
text_ladder text_ladder_of(const lsa_experiment *experiment, const char *key, bool infinite);

/* e with the key at that value; `call` has the keys that go along from its third child on, or is NULL. */
lsa_status text_at_rung(text_world *w, const formula_node *call, const formula_node *e, const char *key, double value,
                        const formula_value **out, lsa_error *err);

/* Local exponents of the key between the n rungs of a ladder, from values of one sign, into f[0 .. n - 2]. LSA_ERR_DOMAIN. */
lsa_status text_local_orders(int n, bool infinite, double *f, lsa_error *err);
/* Neville's extrapolation of n values on a ladder, which are spoilt; its error is the distance to that of a rung less. */
void text_extrapolate(int n, double *f, double *limit, double *error);

/* Degrees above and below of e as a rational function of the key; false: it is not known to be one. */
bool text_rational_degrees(const text_world *w, const formula_node *e, const char *key, int *above, int *below);

#endif
