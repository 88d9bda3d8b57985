/* random.c - random covariances among the symbols: which are random, and the constants that their averages bring in. */
#include "base/try.h"
#include "compile/bound.h"
#include "compile/moment.h"

/* Joint cumulants of degree at most 10 (that of the longest statement which can be derived) are 138. */
enum { MOST_CUMULANTS = 138 };
enum { KEY_COMPONENT = -1 };

static bool is_kind(const lsa_covariance *covariance, lsa_covariance_kind kind)
{
    return covariance != NULL && covariance->kind == kind;
}

int lsa_bound_room(const lsa_setting *setting)
{
    const lsa_covariance *laws[] = {setting->covariance, setting->query};
    int room = 0;
    for (size_t k = 0; k < sizeof laws / sizeof *laws; k++)
        if (is_kind(laws[k], LSA_COVARIANCE_LAWS))
            room += MOST_CUMULANTS;
        else if (is_kind(laws[k], LSA_COVARIANCE_MIXTURE))
            room += (int)laws[k]->n_components;
    return room;
}

const lsa_covariance *lsa_bound_law(const lsa_bound *bound, int symbol)
{
    const lsa_covariance *named = lsa_bound_named(bound, symbol);
    return is_kind(named, LSA_COVARIANCE_LAWS) || is_kind(named, LSA_COVARIANCE_MIXTURE) ? named : NULL;
}

bool lsa_bound_keeps_basis(const lsa_bound *bound)
{
    return is_kind(bound->setting->covariance, LSA_COVARIANCE_LAWS) ||
           is_kind(bound->setting->query, LSA_COVARIANCE_LAWS);
}

/* ---- what derivation and setting must agree on ---- */

/* The mean of a Wishart law stands for it where no term is of higher degree. */
static bool is_linear_in(const lsa_bound *bound, int symbol)
{
    const lsa_poly *loss = lsa_derivation_loss(bound->derivation);
    for (ptrdiff_t i = 0; i < lsa_poly_count(loss); i++) {
        const lsa_term term = lsa_poly_term(loss, i);
        int degree = 0;
        for (int w = 0; w < term.n_traces; w++)
            for (int k = 0; k < term.traces[w].length; k++)
                degree += term.traces[w].letters[k].symbol == symbol;
        if (degree > 1)
            return false;
    }
    return true;
}

static lsa_status check_wishart(const lsa_bound *bound, lsa_error *err)
{
    const lsa_setting *setting = bound->setting;
    const int query = lsa_derivation_query_covariance(bound->derivation);
    const bool derived = lsa_derivation_wishart_scale(bound->derivation) >= 0;
    const bool asked = is_kind(setting->covariance, LSA_COVARIANCE_WISHART) && bound->statement->covariance >= 0;
    if (asked != derived)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             derived ? "the loss was averaged over a Wishart law, which the covariance does not have"
                                     : "a Wishart covariance needs a loss that was averaged over its law");
    if (query >= 0 && is_kind(setting->query, LSA_COVARIANCE_WISHART) && !is_linear_in(bound, query))
        return lsa_error_set(
            err, LSA_ERR_UNABLE,
            "the loss is of higher degree in the query's covariance, whose Wishart law is known to this "
            "engine by its mean alone");
    return LSA_OK;
}

lsa_status lsa_bound_check_laws(const lsa_bound *bound, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_setting *setting = bound->setting;
    const bool own_query = lsa_derivation_query_covariance(bound->derivation) >= 0;
    if (setting->task_covariance != NULL && lsa_covariance_is_random(setting->task_covariance))
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "a random task covariance is beyond this engine"));
    if (own_query && setting->query_is_same && lsa_covariance_is_random(setting->covariance))
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE,
                              "a query that shares the random covariance of its context cannot be kept apart from it"));
    LSA_TRY(check_wishart(bound, err));
done:
    return status;
}

/* ---- introduced constants ---- */

/* The symbol of a key, a new one when *is_new. */
static lsa_status introduce(lsa_bound *bound, const lsa_ints *key, int *out, bool *is_new, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int before = lsa_intern_count(bound->averages);
    const int id = lsa_intern_id(bound->averages, key);
    LSA_TRY_MEMORY(id >= 0 ? bound : NULL, "the averages of a program");
    *out = lsa_algebra_symbol_count(bound->algebra) + id;
    *is_new = id == before;
    if (*out >= bound->n_symbols)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "the loss needs too many moments of a random covariance"));
done:
    return status;
}

lsa_status lsa_bound_cumulant(lsa_bound *bound, int symbol, int n, const int *powers, int *out, bool *zero,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_covariance *law = lsa_bound_law(bound, symbol);
    bool is_new = false;
    lsa_ints key = lsa_ints_in(bound->arena);
    lsa_ints_push(&key, symbol);
    lsa_ints_append(&key, n, powers);
    LSA_TRY(introduce(bound, &key, out, &is_new, err));
    if (is_new) {
        double *diagonal = lsa_arena_alloc(bound->arena, (size_t)law->d, sizeof *diagonal);
        LSA_TRY_MEMORY(diagonal, "the averages of a program");
        for (ptrdiff_t i = 0; i < law->d; i++)
            diagonal[i] = lsa_law_cumulant(&law->laws[i], n, powers);
        bound->value[*out] = lsa_value_diagonal(law->d, diagonal);
        bound->known[*out] = true;
    }
    *zero = bound->value[*out].kind == LSA_VALUE_SCALAR && bound->value[*out].scalar == 0.0;
done:
    return status;
}

lsa_status lsa_bound_component(lsa_bound *bound, int symbol, ptrdiff_t c, int *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool is_new = false;
    lsa_ints key = lsa_ints_in(bound->arena);
    lsa_ints_push(&key, symbol);
    lsa_ints_push(&key, KEY_COMPONENT);
    lsa_ints_push(&key, (int)c);
    LSA_TRY(introduce(bound, &key, out, &is_new, err));
    if (is_new) {
        LSA_TRY(lsa_bound_covariance(bound, &lsa_bound_law(bound, symbol)->components[c], &bound->value[*out], err));
        bound->known[*out] = true;
    }
done:
    return status;
}
