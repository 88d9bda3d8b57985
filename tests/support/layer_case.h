/* layer_case.h - the prompt law and the layer of a reference case with blocks (full_loss, full_grad, shift). */
#ifndef LSA_TESTS_LAYER_CASE_H
#define LSA_TESTS_LAYER_CASE_H

#include "cases.h"
#include "prompt_law.h"

static inline const lsa_covariance *case_covariance(const lsa_case *c, lsa_fixture *s, const char *name, ptrdiff_t d)
{
    return lsa_case_has(c, name) ? fixture_matrix(s, d, lsa_case_input(c, name, d * d)) : fixture_scalar(s, d, 1.0);
}

/* context, query: names of the fields that hold the covariances; length: that of the context length. */
static inline lsa_prompt_law case_law(const lsa_case *c, lsa_fixture *s, const char *context, const char *query,
                                      const char *length)
{
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(c, "d");
    lsa_prompt_law law = law_of(case_covariance(c, s, context, d), case_covariance(c, s, "Omega", d),
                                (ptrdiff_t)lsa_case_number(c, length), lsa_case_number_or(c, "sigma2", 0.0));
    law_query(&law, case_covariance(c, s, query, d));
    return law;
}

/* The layer of p_x, p_y, U, k. */
static inline lsa_layer *case_layer(const lsa_case *c, ptrdiff_t d, bool masked)
{
    lsa_layer *layer;
    lsa_error err;
    check_status(lsa_layer_create(d, 1, masked, &layer, &err), LSA_OK, &err);
    lsa_layer_set_blocks(layer, 0, lsa_case_input(c, "p_x", d), lsa_case_number(c, "p_y"),
                         lsa_case_input(c, "U", d * d), lsa_case_input(c, "k", d));
    return layer;
}

#endif
