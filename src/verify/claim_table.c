/* claim_table.c - the published claims in the order in which they are judged.
 *
 * A claim is a formula (models/claims) unless the language cannot say it (docs/formulas.md names the reasons). Formulas that this
 * list does not name come last, in the order of their files. */
#include "verify/claim_table.h"

#include "base/try.h"
#include "verify/study_state.h"
#include <string.h>

/* In the order in which they are judged: the layer, the loss, the flow, the tests. */
#define CLAIM_LIST(C, T)                                                                                               \
    C("statement-is-layer", "(3.6)", "the statement's prediction is f(E)'s bottom-right entry", statement_is_layer,    \
      NUMERICAL, 0)                                                                                                    \
    C("loss-by-sampling", "(3.8)", "the derived loss is the mean over sampled prompts", loss_by_sampling, SAMPLED, 0)  \
    C("loss-by-cubature", "(3.8)", "the derived loss is the exact mean of the statement's text", loss_by_cubature,     \
      EXACT, 0)                                                                                                        \
    C("gradient-by-sampling", "(3.9)", "the derived gradient is the mean of backpropagation", gradient_by_sampling,    \
      SAMPLED, 0)                                                                                                      \
    C("quadratic-form", "Lemma 5.1", "yhat = v'Hv, H has min(rank+1, N+1) negative eigenvalues", quadratic_form,       \
      NUMERICAL, 0)                                                                                                    \
    C("non-convex", "section 5", "the loss has a point of negative curvature", non_convex, EXACT, 0)                   \
    C("scale-invariance", "after Theorem 4.1", "(c W^PV, W^KQ / c) predicts the same", scale_invariance, NUMERICAL, 0) \
    C("stationary-minimum", "Corollary A.2", "the derived gradient vanishes at the predicted minimum",                 \
      stationary_minimum, EXACT, 0)                                                                                    \
    C("fixed-points", "2501.16265 (18), (19)", "heads rest where any set of eigenvectors is learnt", fixed_points,     \
      EXACT, 0)                                                                                                        \
    C("rank-one-point", "W27", "the full layer rests at U = 0, u = 0, px k' the best of rank one", rank_one_point,     \
      EXACT, 0)                                                                                                        \
    C("reduced-blocks-stay-zero", "Lemma 5.2", "px = k = 0 along the full layer's flow", reduced_blocks, NUMERICAL, 0) \
    T("limit-u")                                                                                                       \
    T("limit-U")                                                                                                       \
    T("minimum-loss")                                                                                                  \
    T("balanced")                                                                                                      \
    T("u-lower-bound")                                                                                                 \
    T("pl-inequality")                                                                                                 \
    T("exponential-decay")                                                                                             \
    T("sharp-decay")                                                                                                   \
    C("off-diagonal-decay", "(5.4), W3", "U_ij(t) = U_ij(0) exp(-h_ij int u^2), i != j", off_diagonal_decay,           \
      NUMERICAL, 0)                                                                                                    \
    C("limit-product", "2501.16265 (11), W6", "sum_h u_h U_h tends to A from any start", limit_product, NUMERICAL, 0)  \
    C("conserved", "Lemma A.3", "what symmetries of the derived loss conserve, found from it", conserved, NUMERICAL,   \
      0)                                                                                                               \
    C("heads-conserved", "2501.16265, W6", "each head's balances are conserved", heads_conserved, NUMERICAL, 0)        \
    C("growth-rate", "W10", "near zero (u, <B, U>) grows at the rate |B|_F", growth_rate, NUMERICAL, 0)                \
    T("white-course")                                                                                                  \
    C("local-rate", "W9", "in the end the gap falls at the linearised flow's rate", local_rate, NUMERICAL, 0)          \
    T("monotone-loss")                                                                                                 \
    C("falling-loss", "(3.9)", "the loss falls along the flow, whatever its least value", falling_loss, NUMERICAL, 0)  \
    C("resting-point", "(3.9)", "the flow comes to rest where no curvature is negative", resting_point, EXACT, 0)      \
    C("plateaus", "2501.16265 (19)", "heads with keys and queries rest at the losses of (19)", plateaus, NUMERICAL, 0) \
    C("escape-times", "2501.16265 (21), W29", "when each plateau is left", escape_times, NUMERICAL, 0)                 \
    C("test-error", "Theorem 4.2 (4.6)", "error of the trained layer on new prompts", test_error, SAMPLED, 1)          \
    C("limit-error", "section 4.2, (4.8), (4.13)", "the error that no N and M remove", limit_error, EXACT, 0)          \
    C("context-rate", "(4.8), (4.13), W21", "the error is its limit in M plus V/M", context_rate, EXACT, 0)            \
    C("least-squares", "section 4.2, W23", "least squares does not feel the scale of the covariates", least_squares,   \
      SAMPLED, 1)                                                                                                      \
    T("test-error-bounds")                                                                                             \
    T("context-needed")                                                                                                \
    C("competitive-with-best-linear", "Theorem 4.2 (4.6)", "the error above the best linear one, over E y^2",          \
      competitive, SAMPLED, 1)                                                                                         \
    C("like-ols", "section 4.2, W32", "E(yhat - yhat_OLS)^2 on the same prompts", like_ols, SAMPLED, 1)                \
    C("gd-follows-flow", "(3.9), W33", "gradient descent is off the flow as Euler's method is", gd_follows_flow,       \
      NUMERICAL, 0)                                                                                                    \
    C("sgd-limit", "Theorem 4.1, W31", "SGD on the layer ends at uU = Gamma^-1", sgd_limit, SAMPLED, 0)

#define CLAIM_CODE(name, source, summary, function, kind, each)                                                        \
    {{name, source, summary, CLAIM_##kind == CLAIM_SAMPLED}, NULL, claim_##function, CLAIM_##kind, each},
#define CLAIM_TEXT(name) {{name, NULL, NULL, false}, NULL, claim_text, CLAIM_NUMERICAL, false},
static const claim_entry listed[] = {CLAIM_LIST(CLAIM_CODE, CLAIM_TEXT)};
enum { LISTED = sizeof listed / sizeof *listed };

/* The row of a formula. */
static claim_entry text_entry(const lsa_text_claim *text)
{
    return (claim_entry){.claim = {text->name, text->source, text->summary, false},
                         .text = text,
                         .check = claim_text,
                         .kind = CLAIM_NUMERICAL,
                         .each_test = text->each_test};
}

static const lsa_text_claim *text_of(const lsa_shipped_claims *shipped, const char *name)
{
    for (ptrdiff_t k = 0; k < shipped->count; k++)
        if (strcmp(shipped->claims[k].name, name) == 0)
            return &shipped->claims[k];
    return NULL;
}

static bool is_listed(const char *name)
{
    for (int i = 0; i < LISTED; i++)
        if (strcmp(listed[i].claim.name, name) == 0)
            return true;
    return false;
}

lsa_status claim_table_make(lsa_arena *arena, const claim_table **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_shipped_claims shipped;
    LSA_TRY(lsa_shipped_claims_read(arena, &shipped, err));
    claim_table *table = lsa_arena_alloc(arena, 1, sizeof *table);
    claim_entry *entries = lsa_arena_alloc(arena, (size_t)(LISTED + shipped.count), sizeof *entries);
    LSA_TRY_MEMORY(table, "the claims");
    LSA_TRY_MEMORY(entries, "the claims");
    for (int i = 0; i < LISTED; i++) {
        const lsa_text_claim *text = text_of(&shipped, listed[i].claim.name);
        entries[table->count++] = text != NULL ? text_entry(text) : listed[i];
    }
    for (ptrdiff_t k = 0; k < shipped.count; k++)
        if (!is_listed(shipped.claims[k].name))
            entries[table->count++] = text_entry(&shipped.claims[k]);
    table->entries = entries;
    *out = table;
done:
    return status;
}

const claim_entry *claim_find(const claim_table *table, const char *name)
{
    for (ptrdiff_t i = 0; i < table->count; i++)
        if (strcmp(table->entries[i].claim.name, name) == 0)
            return &table->entries[i];
    return NULL;
}

lsa_status study_claims(lsa_study *study, const claim_table **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (study->claims == NULL) {
        if (study->claims_arena == NULL)
            study->claims_arena = lsa_arena_create();
        LSA_TRY_MEMORY(study->claims_arena, "the claims");
        LSA_TRY(claim_table_make(study->claims_arena, &study->claims, err));
    }
    *out = study->claims;
done:
    return status;
}

lsa_status lsa_claims(lsa_arena *arena, const lsa_claim **out, ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const claim_table *table;
    LSA_TRY(claim_table_make(arena, &table, err));
    lsa_claim *claims = lsa_arena_alloc(arena, (size_t)table->count, sizeof *claims);
    LSA_TRY_MEMORY(claims, "the claims");
    for (ptrdiff_t i = 0; i < table->count; i++)
        claims[i] = table->entries[i].claim;
    *out = claims;
    *count = table->count;
done:
    return status;
}
