/* lower.c - terms of a polynomial as drafts, and the passes that they go through. */
#include "compile/lower.h"

#include "base/try.h"
#include "compile/average.h"
#include "compile/gather.h"
#include "compile/merge.h"

enum { MOST_PRODUCTS = 1000000 }; /* of one term; more heads than that would not be evaluated in useful time either */

static bool uses_index(const lsa_draft *draft, int index)
{
    for (int k = 0; k < draft->n_powers; k++)
        if (draft->powers[k].index == index)
            return true;
    for (int w = 0; w < draft->n_words; w++)
        for (int k = 0; k < draft->words[w].n; k++)
            if (draft->words[w].letters[k].index == index)
                return true;
    return false;
}

/* The products of a draft whose indices all stand at their heads: one, or those that average it over the random
 * covariances. */
static lsa_status write_average(lsa_lowering *lowering, const lsa_draft *draft, lsa_sum *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_drafts average = {0};
    if (!lsa_draft_is_random(lowering, draft)) {
        LSA_TRY(lsa_draft_write(lowering, draft, out, err));
        goto done;
    }
    LSA_TRY(lsa_average(lowering, draft, &average, err));
    for (int k = 0; k < average.n; k++)
        LSA_TRY(lsa_draft_write(lowering, &average.drafts[k], out, err));
done:
    return status;
}

/* The products of a draft, each dummy that is left at each of its heads. */
static lsa_status write_heads(lsa_lowering *lowering, lsa_draft *draft, lsa_sum *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double products = 1.0;
    int live = 0;
    int *dummy = lsa_arena_alloc(lowering->arena, (size_t)draft->n_dummies, sizeof *dummy);
    LSA_TRY_MEMORY(dummy, "the terms of a program");
    for (int index = 1; index <= draft->n_dummies; index++)
        if (uses_index(draft, index)) {
            dummy[live++] = index;
            draft->head_of[index] = 0;
            products *= (double)lowering->heads;
        }
    if (products > MOST_PRODUCTS)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "a term of the loss sums over %d heads %d times over: %g products",
                              (int)lowering->heads, live, products));
    for (int k = 0; k >= 0;) { /* an odometer over the heads of the dummies */
        LSA_TRY(write_average(lowering, draft, out, err));
        for (k = live - 1; k >= 0; k--) {
            if (++draft->head_of[dummy[k]] < lowering->heads)
                break;
            draft->head_of[dummy[k]] = 0;
        }
    }
done:
    return status;
}

/* A head index that no letter carries: every head counts the term once. */
static double count_heads(const lsa_lowering *lowering, const lsa_draft *draft)
{
    double count = 1.0;
    for (int index = 1; index <= draft->n_dummies; index++)
        if (!uses_index(draft, index))
            count *= (double)lowering->heads;
    return count;
}

static lsa_status copy_word(lsa_lowering *lowering, lsa_word word, bool open, lsa_draft_word *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_atom *letters = lsa_arena_alloc(lowering->arena, (size_t)word.length, sizeof *letters);
    LSA_TRY_MEMORY(letters, "the terms of a program");
    for (int k = 0; k < word.length; k++) {
        const lsa_letter letter = word.letters[k];
        letters[k] = (lsa_atom){
            .number = letter.symbol, .index = letter.index, .transposed = letter.transposed, .of = LSA_SYMBOL};
    }
    *out = (lsa_draft_word){.open = open, .n = word.length, .letters = letters};
done:
    return status;
}

/* The term as a draft, its free index at `head`. */
static lsa_status draft_term(lsa_lowering *lowering, const lsa_term *term, double weight, ptrdiff_t head,
                             lsa_draft *draft, lsa_error *err)
{
    lsa_status status = LSA_OK;
    draft->coefficient = weight;
    draft->n_dummies = term->n_dummies;
    draft->head_of = lsa_arena_alloc(lowering->arena, (size_t)term->n_dummies + 1, sizeof *draft->head_of);
    draft->powers = lsa_arena_alloc(lowering->arena, (size_t)term->n_powers, sizeof *draft->powers);
    draft->words = lsa_arena_alloc(lowering->arena, (size_t)term->n_traces + 1, sizeof *draft->words);
    LSA_TRY_MEMORY(draft->head_of, "the terms of a program");
    LSA_TRY_MEMORY(draft->powers, "the terms of a program");
    LSA_TRY_MEMORY(draft->words, "the terms of a program");
    draft->head_of[LSA_INDEX_FREE] = head;
    draft->n_powers = 0;
    for (int k = 0; k < term->n_powers; k++)
        if (lowering->bound->kind[term->powers[k].symbol] != LSA_BOUND_CONSTANT)
            draft->powers[draft->n_powers++] = term->powers[k];
    for (draft->n_words = 0; draft->n_words < term->n_traces; draft->n_words++)
        LSA_TRY(copy_word(lowering, term->traces[draft->n_words], false, &draft->words[draft->n_words], err));
    if (term->has_open)
        LSA_TRY(copy_word(lowering, term->open, true, &draft->words[draft->n_words++], err));
    draft->coefficient *= count_heads(lowering, draft);
done:
    return status;
}

lsa_status lsa_lower(lsa_lowering *lowering, const lsa_poly *poly, ptrdiff_t head, lsa_sum *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_draft draft = {.rows = lsa_poly_rows(poly), .cols = lsa_poly_cols(poly)};
    for (ptrdiff_t i = 0; i < lsa_poly_count(poly); i++) {
        const lsa_term term = lsa_poly_term(poly, i);
        double weight = 0.0;
        LSA_TRY(lsa_bound_weight(lowering->bound, &term, &weight, err));
        if (weight == 0.0)
            continue;
        LSA_TRY(draft_term(lowering, &term, weight, head, &draft, err));
        if (lowering->heads > 1)
            LSA_TRY(lsa_draft_gather_heads(lowering, &draft, err));
        LSA_TRY(write_heads(lowering, &draft, out, err));
    }
    LSA_TRY(lsa_merge(lowering, out, err));
done:
    return status;
}
