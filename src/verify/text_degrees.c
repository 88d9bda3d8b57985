/* text_degrees.c - the degrees of a formula as a rational function of a key: P/Q with one Q for all entries.
 *
 * Known for N and the noise, on which nothing else of a model depends; inverse and determinant by Cramer's rule. */
#include "verify/text_limits.h"

#include <string.h>

enum { LARGEST_DEGREE = 1000 };

typedef struct degrees {
    bool known;
    int above, below;
} degrees;

static const degrees unknown = {.known = false};

static degrees made(long above, long below)
{
    if (above > LARGEST_DEGREE || below > LARGEST_DEGREE)
        return unknown;
    return (degrees){true, (int)above, (int)below};
}

static degrees degrees_of(const text_world *w, const formula_node *node, const char *key);

static degrees of_name(const text_world *w, const formula_node *node, const char *key)
{
    const bool N = strcmp(key, "data.context") == 0;
    lsa_role role = LSA_ROLE_NONE;
    if (node->kind == FORMULA_SYMBOL)
        role = w->experiment->statement->symbols[node->symbol].role;
    else if (node->name->need != FORMULA_ALWAYS)
        return unknown;
    else
        role = node->name->id == FORMULA_NAME_N     ? LSA_ROLE_CONTEXT_LENGTH
               : node->name->id == FORMULA_NAME_rho ? LSA_ROLE_NORMALISER
               : node->name->id == FORMULA_NAME_s2  ? LSA_ROLE_NOISE_VARIANCE
                                                    : LSA_ROLE_NONE;
    const bool moves =
        N ? role == LSA_ROLE_CONTEXT_LENGTH || role == LSA_ROLE_NORMALISER : role == LSA_ROLE_NOISE_VARIANCE;
    return made(moves, 0);
}

/* Over the product of all that is below. */
static degrees of_sum(const text_world *w, const formula_node *node, const char *key)
{
    long above = 0, below = 0;
    for (int k = 0; k < node->n_children; k++) {
        const degrees one = degrees_of(w, node->children[k], key);
        if (!one.known)
            return unknown;
        const long a = above + one.below, b = one.above + below;
        above = a > b ? a : b;
        below += one.below;
    }
    return made(above, below);
}

static degrees of_product(const text_world *w, const formula_node *node, const char *key)
{
    long above = 0, below = 0;
    for (int k = 0; k < node->n_children; k++) {
        const degrees one = degrees_of(w, node->children[k], key);
        if (!one.known)
            return unknown;
        above += one.above;
        below += one.below;
    }
    return made(above, below);
}

/* X = M/Q: adj(X) = adj(M)/Q^(n - 1), det X = det M/Q^n. */
static degrees of_inverse(degrees x, ptrdiff_t n)
{
    return !x.known ? x : made(x.below + (long)(n - 1) * x.above, (long)n * x.above);
}

static degrees of_power(const text_world *w, const formula_node *node, const char *key)
{
    degrees base = degrees_of(w, node->children[0], key);
    const int n = node->exponent < 0 ? -node->exponent : node->exponent;
    if (!base.known || node->root != 1)
        return unknown;
    if (node->exponent < 0)
        base = of_inverse(base, node->rows.size);
    return !base.known ? base : made((long)n * base.above, (long)n * base.below);
}

static degrees of_call(const text_world *w, const formula_node *node, const char *key)
{
    if (node->function->kind != FORMULA_OF_VALUES)
        return unknown;
    for (int k = 1; k < node->n_children; k++) {
        const degrees index = degrees_of(w, node->children[k], key);
        if (!index.known || index.above > 0 || index.below > 0)
            return unknown;
    }
    const degrees x = degrees_of(w, node->children[0], key);
    const ptrdiff_t n = node->children[0]->rows.size;
    switch (node->function->id) {
    case FORMULA_tr:
    case FORMULA_sum:
    case FORMULA_diag:
    case FORMULA_offdiag:
    case FORMULA_entry:
        return x;
    case FORMULA_inv:
        return of_inverse(x, n);
    case FORMULA_det:
        return !x.known ? x : made((long)n * x.above, (long)n * x.below);
    default:
        return x.known && x.above == 0 && x.below == 0 ? x : unknown;
    }
}

static degrees degrees_of(const text_world *w, const formula_node *node, const char *key)
{
    switch (node->kind) {
    case FORMULA_NUMBER:
    case FORMULA_INTEGER:
        return made(0, 0);
    case FORMULA_SYMBOL:
    case FORMULA_NAME:
        return of_name(w, node, key);
    case FORMULA_SUM:
    case FORMULA_VECTOR:
        return of_sum(w, node, key);
    case FORMULA_PRODUCT:
        return of_product(w, node, key);
    case FORMULA_NEGATE:
    case FORMULA_TRANSPOSE:
    case FORMULA_DEFINED:
        return degrees_of(w, node->children[0], key);
    case FORMULA_DIVIDE: {
        const degrees a = degrees_of(w, node->children[0], key), b = degrees_of(w, node->children[1], key);
        return a.known && b.known ? made((long)a.above + b.below, (long)a.below + b.above) : unknown;
    }
    case FORMULA_POWER:
        return of_power(w, node, key);
    case FORMULA_CALL:
        return of_call(w, node, key);
    default:
        return unknown;
    }
}

bool text_rational_degrees(const text_world *w, const formula_node *e, const char *key, int *above, int *below)
{
    if (strcmp(key, "data.context") != 0 && strcmp(key, "data.label_noise") != 0)
        return false;
    const degrees found = degrees_of(w, e, key);
    *above = found.above;
    *below = found.below;
    return found.known;
}
