/* random_rank.c - the least and the greatest rank that a covariance drawn from a law has. */
#include "base/try.h"
#include "theory/random_law.h"
#include "theory/setting_view.h"
#include <math.h>
#include <stdlib.h>

typedef struct rank_range {
    ptrdiff_t least, most;
} rank_range;

static lsa_status rank_of(const lsa_covariance *covariance, ptrdiff_t *rank, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = covariance->d;
    ext_matrix Lambda = {.d = 0}, Q = {.d = 0};
    long double *lambda = ext_vec_create(d), largest = 0.0L;
    LSA_TRY_MEMORY(lambda, "the rank of a covariance");
    LSA_TRY(theory_covariance(&Lambda, covariance, "a covariance", err));
    LSA_TRY(ext_eigen(&Lambda, lambda, &Q, err));
    for (ptrdiff_t i = 0; i < d; i++)
        largest = fmaxl(largest, lambda[i]);
    *rank = 0;
    for (ptrdiff_t i = 0; i < d; i++)
        *rank += lambda[i] > ext_cut(d) * largest;
done:
    ext_clear(&Lambda);
    ext_clear(&Q);
    free(lambda);
    return status;
}

/* A law of one number: whether it can be 0, whether it can be positive. The continuous ones are 0 with probability 0. */
static rank_range rank_of_entry(const lsa_law *law)
{
    const double *p = law->parameter;
    switch (law->kind) {
    case LSA_LAW_POINT:
        return (rank_range){p[0] > 0.0, p[0] > 0.0};
    case LSA_LAW_UNIFORM:
        return (rank_range){p[1] > 0.0, p[1] > 0.0};
    case LSA_LAW_TWO_POINT: {
        const bool a = p[2] > 0.0, b = p[2] < 1.0; /* which of the two can be drawn */
        return (rank_range){(!a || p[0] > 0.0) && (!b || p[1] > 0.0), (a && p[0] > 0.0) || (b && p[1] > 0.0)};
    }
    case LSA_LAW_EXPONENTIAL:
    case LSA_LAW_GAMMA:
        break;
    }
    return (rank_range){1, 1};
}

static lsa_status rank_of_mixture(const lsa_covariance *covariance, rank_range *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (rank_range){covariance->d, 0};
    for (ptrdiff_t c = 0; c < covariance->n_components; c++) {
        ptrdiff_t rank;
        LSA_TRY(rank_of(&covariance->components[c], &rank, err));
        out->least = rank < out->least ? rank : out->least;
        out->most = rank > out->most ? rank : out->most;
    }
done:
    return status;
}

lsa_status lsa_theory_random_ranks(const lsa_covariance *covariance, ptrdiff_t *least, ptrdiff_t *most, lsa_error *err)
{
    lsa_status status = LSA_OK;
    rank_range range = {0, 0};
    if (covariance->kind == LSA_COVARIANCE_MIXTURE) {
        LSA_TRY(rank_of_mixture(covariance, &range, err));
    } else if (covariance->kind == LSA_COVARIANCE_LAWS) {
        for (ptrdiff_t i = 0; i < covariance->d; i++) {
            const rank_range entry = rank_of_entry(&covariance->laws[i]);
            range.least += entry.least;
            range.most += entry.most;
        }
    } else {
        const bool wishart = covariance->kind == LSA_COVARIANCE_WISHART;
        LSA_TRY(rank_of(wishart ? covariance->scale : covariance, &range.most, err));
        if (wishart && covariance->dof < (double)range.most)
            range.most = (ptrdiff_t)ceil(covariance->dof); /* a broken dof is above d - 1: full rank */
        range.least = range.most;
    }
    *least = range.least;
    *most = range.most;
done:
    return status;
}
