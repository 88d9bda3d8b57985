/* random.c - the covariances that symbols name: which are random, and whether the loss was derived for such. */
#include "base/try.h"
#include "compile/bound.h"

/* Joint cumulants of degree at most 10 (that of the longest statement which can be derived) are 138. */
enum { MOST_CUMULANTS = 138 };

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

const lsa_covariance *lsa_bound_named(const lsa_bound *bound, int symbol)
{
    if (symbol >= lsa_algebra_symbol_count(bound->algebra))
        return NULL;
    const lsa_role role = lsa_algebra_symbol(bound->algebra, symbol)->role;
    if (symbol == lsa_derivation_query_covariance(bound->derivation))
        return bound->setting->query_is_same ? bound->setting->covariance : bound->setting->query;
    if (symbol == lsa_derivation_wishart_scale(bound->derivation) || role == LSA_ROLE_COVARIANCE)
        return bound->setting->covariance;
    return role == LSA_ROLE_TASK_COVARIANCE ? bound->setting->task_covariance : NULL;
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
