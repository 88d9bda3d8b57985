/* introduce.c - the constants that averages over random covariances bring in. */
#include "base/try.h"
#include "compile/bound.h"
#include "compile/moment.h"

enum { KEY_COMPONENT = -1 };

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
