/* text_ladder.c - values of a key on their way to infinity or 0, and what a formula comes to on them.
 *
 * Nothing converges faster than its own expansion in 1/key or in key: Neville's scheme takes its terms out one by one, and the last
 * two extrapolants say how far it has come. */
#include "verify/text_limits.h"

#include "base/try.h"
#include "model/number.h"
#include "model/variant.h"
#include "verify/text_elsewhere.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- values of the key */

/* Sizes whose cost grows with a power of them take five small values; the expansions in N need N well above d. */
static const struct {
    const char *key;
    double first;
    int rungs;
} known_ladders[] = {
    {"data.dimension", 4.0, 5}, {"data.rank", 1.0, 5}, {"data.heads", 1.0, 5}, {"data.context", 64.0, 8}};

/* The number that the file gives a key; NAN: none. */
static double value_in_file(const lsa_experiment *e, const char *key)
{
    const lsa_node *at = e->origin == NULL ? NULL : e->origin->root;
    char part[LSA_PATH_SIZE];
    double value = (double)NAN;
    while (at != NULL && at->kind == LSA_NODE_MAPPING && *key != '\0') {
        const size_t length = strcspn(key, ".");
        snprintf(part, sizeof part, "%.*s", (int)length, key);
        at = lsa_node_find(at, part);
        key += length + (key[length] == '.');
    }
    if (at == NULL || at->kind != LSA_NODE_SCALAR || !lsa_number_parse(at->text, &value))
        return (double)NAN;
    return value;
}

text_ladder text_ladder_of(const lsa_experiment *experiment, const char *key, bool infinite)
{
    const double given = value_in_file(experiment, key);
    text_ladder out = {.key = key, .infinite = infinite, .rungs = TEXT_RUNGS};
    double first = given > 0.0 && isfinite(given) ? given : infinite ? 64.0 : 1.0 / 16.0;
    for (size_t k = 0; k < sizeof known_ladders / sizeof *known_ladders; k++) {
        if (strcmp(known_ladders[k].key, key) == 0) {
            first = known_ladders[k].first;
            out.rungs = known_ladders[k].rungs;
        }
    }
    for (int k = 0; k < out.rungs; k++)
        out.value[k] = ldexp(first, infinite ? k : -k);
    return out;
}

/* ---------------------------------------------------------------- values of the formula */

enum { MOST_ALONG = 8 };

static lsa_status add_change(text_world *w, const char *key, double value, const char **changes, int *n, lsa_error *err)
{
    lsa_status status = LSA_OK;
    changes[*n] = lsa_arena_printf(w->arena, "%s=%.17g", key, value);
    LSA_TRY_MEMORY(changes[*n], "a limit");
    ++*n;
done:
    return status;
}

lsa_status text_at_rung(text_world *w, const formula_node *call, const formula_node *e, const char *key, double value,
                        const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *changes[MOST_ALONG];
    const formula_value *along;
    int n = 0;
    LSA_TRY(add_change(w, key, value, changes, &n, err));
    for (int k = 2; call != NULL && k < call->n_children; k++) {
        const formula_node *let = call->children[k];
        LSA_TRY(text_changed(w, n, changes, let->children[0], &along, err));
        LSA_TRY(add_change(w, let->text, formula_value_double(along, 0, 0), changes, &n, err));
    }
    LSA_TRY(text_changed(w, n, changes, e, out, err));
done:
    return status;
}

/* ---------------------------------------------------------------- extrapolation */

lsa_status text_local_orders(int n, bool infinite, double *f, lsa_error *err)
{
    for (int k = 0; k + 1 < n; k++) {
        const double quotient = f[k + 1] / f[k];
        if (!(quotient > 0.0) || isinf(quotient))
            return lsa_error_set(err, LSA_ERR_DOMAIN,
                                 "it changes its sign or vanishes on the way: no power of the key");
        f[k] = (infinite ? 1.0 : -1.0) * log2(quotient);
    }
    return LSA_OK;
}

void text_extrapolate(int n, double *f, double *limit, double *error)
{
    double before = f[n - 1];
    double size = 0.0;
    for (int k = 0; k < n; k++)
        size = fmax(size, fabs(f[k]));
    for (int order = 1; order < n; order++) {
        before = f[n - 1];
        for (int k = n - 1; k >= order; k--)
            f[k] += (f[k] - f[k - 1]) / (ldexp(1.0, order) - 1.0);
    }
    *limit = f[n - 1];
    *error = fabs(f[n - 1] - before) + 4.0 * n * DBL_EPSILON * size;
}
