/* error_outcomes.c - the variance of the squared error where a covariance is drawn for every prompt.               (W30)
 *
 * Given the draw, E e^2 and E e^4 are those of a fixed covariance, polynomials of degree 6 at most in each of its entries:
 * two of the three covariates in a product are the context's and one the query's, so e has three roots of it. A mixture is
 * averaged over its components, independent entries over the points of law_points.c, which are exact to degree 7. */
#include "base/try.h"
#include "lsaflow/arena.h"
#include "theory/random_law.h"
#include "theory/risk.h"
#include <math.h>

/* More outcomes than these take longer than the prompts that they speak of. */
static const double most_outcomes = 4096.0;

/* What a covariance may be, with probabilities. */
typedef struct outcomes {
    ptrdiff_t count;
    const double *weight;
    const lsa_covariance *covariance; /* `count` of them */
} outcomes;

static lsa_status refuse(lsa_error *err)
{
    return lsa_error_set(err, LSA_ERR_UNABLE,
                         "the variance of a squared error is known for random covariances of at most %g outcomes",
                         most_outcomes);
}

/* The points of every entry's law. */
typedef struct entry_points {
    ptrdiff_t count;
    double x[THEORY_LAW_POINTS], p[THEORY_LAW_POINTS];
} entry_points;

/* Every combination of the entries' points. */
static lsa_status combine_entries(lsa_arena *arena, const lsa_covariance *laws, outcomes *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = laws->d;
    double count = 1.0;
    entry_points *entry = lsa_arena_alloc(arena, (size_t)d, sizeof *entry);
    LSA_TRY_MEMORY(entry, "the outcomes of a covariance");
    for (ptrdiff_t i = 0; i < d; i++) {
        LSA_TRY(theory_scalar_check(&laws->laws[i], err));
        LSA_TRY(theory_law_points(&laws->laws[i], &entry[i].count, entry[i].x, entry[i].p, err));
        count *= (double)entry[i].count;
    }
    if (count > most_outcomes)
        LSA_TRY(refuse(err));
    out->count = (ptrdiff_t)count;
    double *weight = lsa_arena_alloc(arena, (size_t)out->count, sizeof *weight);
    double *spectrum = lsa_arena_alloc(arena, (size_t)(out->count * d), sizeof *spectrum);
    lsa_covariance *covariance = lsa_arena_alloc(arena, (size_t)out->count, sizeof *covariance);
    LSA_TRY_MEMORY(weight && spectrum ? covariance : NULL, "the outcomes of a covariance");
    for (ptrdiff_t k = 0; k < out->count; k++) {
        ptrdiff_t rest = k;
        weight[k] = 1.0;
        covariance[k] = (lsa_covariance){.kind = LSA_COVARIANCE_DIAGONAL, .d = d, .spectrum = spectrum + k * d};
        for (ptrdiff_t i = 0; i < d; i++) {
            const ptrdiff_t j = rest % entry[i].count;
            rest /= entry[i].count;
            covariance[k].spectrum[i] = entry[i].x[j];
            weight[k] *= entry[i].p[j];
        }
    }
    out->weight = weight;
    out->covariance = covariance;
done:
    return status;
}

static lsa_status outcomes_of(lsa_arena *arena, const lsa_covariance *covariance, outcomes *out, lsa_error *err)
{
    static const double certain = 1.0;
    switch (covariance->kind) {
    case LSA_COVARIANCE_LAWS:
        return combine_entries(arena, covariance, out, err);
    case LSA_COVARIANCE_MIXTURE:
        *out = (outcomes){covariance->n_components, covariance->weights, covariance->components};
        return LSA_OK;
    case LSA_COVARIANCE_WISHART:
        return refuse(err);
    default:
        *out = (outcomes){1, &certain, covariance};
        return LSA_OK;
    }
}

/* E e^2 and E e^4 over context and query. */
static lsa_status average(const lsa_setting *test, const double *A, const outcomes *context, const outcomes *query,
                          double *second, double *fourth, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_setting given = *test;
    for (ptrdiff_t c = 0; c < context->count; c++)
        for (ptrdiff_t q = 0; q < query->count; q++) {
            double square, quartic;
            const double weight = context->weight[c] * query->weight[q];
            given.covariance = &context->covariance[c];
            given.query = test->query_is_same ? given.covariance : &query->covariance[q];
            LSA_TRY(theory_error_moments(&given, A, &square, &quartic, err));
            *second += weight * square;
            *fourth += weight * quartic;
        }
done:
    return status;
}

lsa_status lsa_theory_error_variance(const lsa_setting *test, const double *A, double *variance, lsa_error *err)
{
    static const double certain = 1.0;
    lsa_status status = LSA_OK;
    outcomes context, query = {1, &certain, test->covariance};
    double second = 0.0, fourth = 0.0;
    lsa_arena *arena = lsa_arena_create();
    LSA_TRY_MEMORY(arena, "the outcomes of a covariance");
    LSA_TRY(outcomes_of(arena, test->covariance, &context, err));
    if (!test->query_is_same)
        LSA_TRY(outcomes_of(arena, test->query, &query, err));
    if ((double)context.count * (double)query.count > most_outcomes)
        LSA_TRY(refuse(err));
    LSA_TRY(average(test, A, &context, &query, &second, &fourth, err));
    *variance = fourth - second * second;
done:
    lsa_arena_destroy(arena);
    return status;
}
