/* strata.c - a setting whose covariances are drawn from discrete laws, split into settings of known probabilities.
 *
 * A mixture splits into its components. Independent entries split by the first that takes its rarer value, rarest values
 * first: entries before it have their common values, entries behind it keep their laws. So k entries give k + 1 strata, not
 * 2^k, every rare value has one that fixes it, and what is left to chance is a second rare value beside the first. */
#include "base/try.h"
#include "lsaflow/setting.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The covariances into which one splits. */
typedef struct branches {
    ptrdiff_t count;
    double *weight;
    const lsa_covariance **covariance;
    double rarest; /* probability of the rarest value that no branch fixes; 1: none */
} branches;

static lsa_status make_branches(lsa_arena *arena, ptrdiff_t count, branches *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (branches){.count = count, .rarest = 1.0};
    out->weight = lsa_arena_alloc(arena, (size_t)count, sizeof *out->weight);
    out->covariance = lsa_arena_alloc(arena, (size_t)count, sizeof *out->covariance);
    LSA_TRY_MEMORY(out->weight != NULL ? out->covariance : NULL, "the strata of a law");
done:
    return status;
}

static lsa_status keep_whole(lsa_arena *arena, const lsa_covariance *covariance, double rarest, branches *out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(make_branches(arena, 1, out, err));
    out->weight[0] = 1.0;
    out->covariance[0] = covariance;
    out->rarest = rarest;
done:
    return status;
}

/* ---- Mixtures --------------------------------------------------------------------------------------------------- */

static lsa_status split_mixture(lsa_arena *arena, const lsa_covariance *mixture, ptrdiff_t most, branches *out,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    double rarest = 1.0;
    for (ptrdiff_t c = 0; c < mixture->n_components; c++)
        rarest = fmin(rarest, mixture->weights[c]);
    if (mixture->n_components > most)
        return keep_whole(arena, mixture, rarest, out, err);
    LSA_TRY(make_branches(arena, mixture->n_components, out, err));
    for (ptrdiff_t c = 0; c < out->count; c++) {
        out->weight[c] = mixture->weights[c];
        out->covariance[c] = &mixture->components[c];
    }
done:
    return status;
}

/* ---- Independent entries ---------------------------------------------------------------------------------------- */

/* A value that is no rarer than this is met often enough wherever anything can be said of an average. */
static const double common = 0.0625;

typedef struct rare_entry {
    ptrdiff_t entry;
    double probability, rare, usual; /* of the rarer value; the two values */
} rare_entry;

static bool is_rare(const lsa_law *law, rare_entry *out)
{
    const double p = law->parameter[2];
    const bool first = p <= 0.5;
    if (law->kind != LSA_LAW_TWO_POINT || law->parameter[0] == law->parameter[1])
        return false;
    out->probability = first ? p : 1.0 - p;
    out->rare = law->parameter[first ? 0 : 1];
    out->usual = law->parameter[first ? 1 : 0];
    return out->probability > 0.0 && out->probability < common;
}

static int by_probability(const void *a, const void *b)
{
    const rare_entry *x = a, *y = b;
    if (x->probability != y->probability)
        return x->probability < y->probability ? -1 : 1;
    return x->entry < y->entry ? -1 : 1;
}

/* Where every law has come down to a point the covariance is fixed. */
static void settle(lsa_covariance *covariance)
{
    bool fixed = true;
    for (ptrdiff_t i = 0; i < covariance->d; i++) {
        const lsa_law *law = &covariance->laws[i];
        covariance->spectrum[i] = lsa_law_mean(law);
        fixed = fixed && law->kind == LSA_LAW_POINT;
    }
    if (fixed) {
        covariance->kind = LSA_COVARIANCE_DIAGONAL;
        covariance->laws = NULL;
    }
}

/* Entries 0 .. first - 1 of the list have their usual values, entry `first` (if there is one) its rare one. */
static lsa_status condition(lsa_arena *arena, const lsa_covariance *covariance, ptrdiff_t n, const rare_entry *list,
                            ptrdiff_t first, const lsa_covariance **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t d = (size_t)covariance->d;
    lsa_covariance *copy = lsa_arena_alloc(arena, 1, sizeof *copy);
    lsa_law *laws = lsa_arena_alloc(arena, d, sizeof *laws);
    double *spectrum = lsa_arena_alloc(arena, d, sizeof *spectrum);
    LSA_TRY_MEMORY(copy && laws ? spectrum : NULL, "the strata of a law");
    *copy = *covariance;
    memcpy(laws, covariance->laws, d * sizeof *laws);
    for (ptrdiff_t k = 0; k < n && k <= first; k++)
        laws[list[k].entry] = (lsa_law){LSA_LAW_POINT, {k == first ? list[k].rare : list[k].usual, 0.0, 0.0}};
    copy->laws = laws;
    copy->spectrum = spectrum;
    settle(copy);
    *out = copy;
done:
    return status;
}

static lsa_status split_entries(lsa_arena *arena, const lsa_covariance *covariance, ptrdiff_t most, branches *out,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t n = 0;
    double left = 1.0;
    rare_entry *list = lsa_arena_alloc(arena, (size_t)covariance->d, sizeof *list);
    LSA_TRY_MEMORY(list, "the strata of a law");
    for (ptrdiff_t i = 0; i < covariance->d; i++)
        if (is_rare(&covariance->laws[i], &list[n]))
            list[n++].entry = i;
    qsort(list, (size_t)n, sizeof *list, by_probability);
    const ptrdiff_t split = n < most ? n : most - 1;
    if (split == 0)
        return keep_whole(arena, covariance, n > 0 ? list[0].probability : 1.0, out, err);
    LSA_TRY(make_branches(arena, split + 1, out, err));
    for (ptrdiff_t k = 0; k <= split; k++) {
        out->weight[k] = k < split ? left * list[k].probability : left;
        left *= k < split ? 1.0 - list[k].probability : 1.0;
        LSA_TRY(condition(arena, covariance, split, list, k, &out->covariance[k], err));
    }
    out->rarest = split < n ? list[split].probability : 1.0;
done:
    return status;
}

/* ---- Settings --------------------------------------------------------------------------------------------------- */

static lsa_status split(lsa_arena *arena, const lsa_covariance *covariance, ptrdiff_t most, branches *out,
                        lsa_error *err)
{
    switch (covariance->kind) {
    case LSA_COVARIANCE_MIXTURE:
        return split_mixture(arena, covariance, most, out, err);
    case LSA_COVARIANCE_LAWS:
        return split_entries(arena, covariance, most, out, err);
    default:
        return keep_whole(arena, covariance, 1.0, out, err);
    }
}

lsa_status lsa_strata_init(lsa_strata *strata, const lsa_setting *setting, ptrdiff_t most, lsa_error *err)
{
    lsa_status status = LSA_OK;
    branches context, query;
    const bool apart = !setting->query_is_same && setting->query != NULL;
    *strata = (lsa_strata){.arena = lsa_arena_create()};
    LSA_TRY_MEMORY(strata->arena, "the strata of a law");
    LSA_TRY(split(strata->arena, setting->covariance, most, &context, err));
    LSA_TRY(split(strata->arena, apart ? setting->query : setting->covariance, apart ? most / context.count : 1, &query,
                  err));
    const ptrdiff_t queries = apart ? query.count : 1;
    strata->count = context.count * queries;
    strata->stratum = lsa_arena_alloc(strata->arena, (size_t)strata->count, sizeof *strata->stratum);
    LSA_TRY_MEMORY(strata->stratum, "the strata of a law");
    strata->rarest = apart ? fmin(context.rarest, query.rarest) : context.rarest;
    for (ptrdiff_t s = 0; s < strata->count; s++) {
        lsa_stratum *stratum = &strata->stratum[s];
        stratum->setting = *setting;
        stratum->weight = context.weight[s / queries] * (apart ? query.weight[s % queries] : 1.0);
        if (strata->count == 1)
            continue;
        stratum->setting.covariance = context.covariance[s / queries];
        stratum->setting.covariance_is_train = stratum->setting.covariance_is_scaled = false;
        if (apart)
            stratum->setting.query = query.covariance[s % queries];
        else
            stratum->setting.query = stratum->setting.covariance;
    }
done:
    return status;
}

void lsa_strata_clear(lsa_strata *strata)
{
    lsa_arena_destroy(strata->arena);
    *strata = (lsa_strata){0};
}
