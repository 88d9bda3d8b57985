/* random_factor.c - draws Lambda's square root: entrywise laws, mixtures, Wishart by Bartlett's decomposition. */
#include "empirical/random_factor.h"
#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static lsa_status init_components(lsa_random_factor *f, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_covariance *mixture = f->covariance;
    f->component = calloc((size_t)mixture->n_components, sizeof *f->component);
    LSA_TRY_MEMORY(f->component, "the components of a mixture");
    for (ptrdiff_t c = 0; c < mixture->n_components; c++)
        LSA_TRY(lsa_factor_init(&f->component[c], &mixture->components[c], err));
done:
    return status;
}

lsa_status lsa_random_factor_init(lsa_random_factor *f, const lsa_covariance *covariance, const lsa_covariance *beside,
                                  lsa_error *err)
{
    *f = (lsa_random_factor){.covariance = covariance};
    switch (covariance->kind) {
    case LSA_COVARIANCE_LAWS:
        return LSA_OK;
    case LSA_COVARIANCE_MIXTURE:
        return init_components(f, err);
    case LSA_COVARIANCE_WISHART:
        return lsa_factor_init(&f->fixed, covariance->scale, err);
    default:
        return lsa_factor_init_beside(&f->fixed, covariance, beside, err);
    }
}

void lsa_random_factor_clear(lsa_random_factor *f)
{
    lsa_factor_clear(&f->fixed);
    for (ptrdiff_t c = 0; f->component && c < f->covariance->n_components; c++)
        lsa_factor_clear(&f->component[c]);
    free(f->component);
    *f = (lsa_random_factor){0};
}

bool lsa_random_factor_is_dense(const lsa_random_factor *f)
{
    if (f->covariance->kind == LSA_COVARIANCE_WISHART || f->fixed.matrix)
        return true;
    for (ptrdiff_t c = 0; f->component && c < f->covariance->n_components; c++)
        if (f->component[c].matrix)
            return true;
    return false;
}

lsa_status lsa_drawn_factor_init(lsa_drawn_factor *drawn, const lsa_random_factor *f, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = f->covariance->d;
    *drawn = (lsa_drawn_factor){.factor = {.d = d}};
    if (f->covariance->kind == LSA_COVARIANCE_LAWS) {
        drawn->factor.scale = lsa_vec_create(d);
        LSA_TRY_MEMORY(drawn->factor.scale, "a random covariance");
    }
    if (f->covariance->kind == LSA_COVARIANCE_WISHART) {
        drawn->factor.matrix = lsa_vec_create(d * d);
        drawn->triangle = lsa_vec_create(d * d);
        LSA_TRY_MEMORY(drawn->factor.matrix, "a random covariance");
        LSA_TRY_MEMORY(drawn->triangle, "a random covariance");
    }
done:
    return status;
}

void lsa_drawn_factor_clear(lsa_drawn_factor *drawn)
{
    lsa_factor_clear(&drawn->factor);
    free(drawn->triangle);
    drawn->triangle = NULL;
}

static double draw_law(const lsa_law *law, lsa_variates *v)
{
    const double *p = law->parameter;
    switch (law->kind) {
    case LSA_LAW_EXPONENTIAL:
        return -p[0] * log(lsa_variate_uniform(v));
    case LSA_LAW_UNIFORM:
        return p[0] + (p[1] - p[0]) * lsa_variate_uniform(v);
    case LSA_LAW_GAMMA:
        return p[1] * lsa_variate_gamma(v, p[0]);
    case LSA_LAW_TWO_POINT:
        return lsa_variate_uniform(v) < p[2] ? p[0] : p[1];
    default:
        return p[0];
    }
}

static const lsa_factor *draw_laws(const lsa_random_factor *f, lsa_variates *v, lsa_drawn_factor *drawn)
{
    for (ptrdiff_t i = 0; i < drawn->factor.d; i++)
        drawn->factor.scale[i] = sqrt(draw_law(&f->covariance->laws[i], v));
    return &drawn->factor;
}

static const lsa_factor *draw_component(const lsa_random_factor *f, lsa_variates *v)
{
    const ptrdiff_t last = f->covariance->n_components - 1;
    double left = lsa_variate_uniform(v);
    ptrdiff_t c = 0;
    while (c < last && left >= f->covariance->weights[c])
        left -= f->covariance->weights[c++];
    return &f->component[c];
}

/* Bartlett (1933): W = S T T' S' with S S' the scale, T lower triangular, T_ii^2 chi-square with k - i degrees of
 * freedom (i from 0), the entries below normal, columns from k on zero. The factor of W/k is S T / sqrt(k). */
static const lsa_factor *draw_wishart(const lsa_random_factor *f, lsa_variates *v, lsa_drawn_factor *drawn)
{
    const ptrdiff_t d = drawn->factor.d;
    const double k = f->covariance->dof;
    double *T = drawn->triangle;
    memset(T, 0, (size_t)(d * d) * sizeof(double));
    for (ptrdiff_t j = 0; j < d && (double)j < k; j++) {
        T[j + j * d] = lsa_variate_chi(v, k - (double)j);
        for (ptrdiff_t i = j + 1; i < d; i++)
            T[i + j * d] = lsa_variate_normal(v);
    }
    for (ptrdiff_t j = 0; j < d; j++)
        lsa_factor_apply(&f->fixed, T + j * d, drawn->factor.matrix + j * d);
    lsa_vec_scale(d * d, 1.0 / sqrt(k), drawn->factor.matrix);
    return &drawn->factor;
}

const lsa_factor *lsa_random_factor_draw(const lsa_random_factor *f, lsa_variates *variates, lsa_drawn_factor *drawn)
{
    switch (f->covariance->kind) {
    case LSA_COVARIANCE_LAWS:
        return draw_laws(f, variates, drawn);
    case LSA_COVARIANCE_MIXTURE:
        return draw_component(f, variates);
    case LSA_COVARIANCE_WISHART:
        return draw_wishart(f, variates, drawn);
    default:
        return &f->fixed;
    }
}
