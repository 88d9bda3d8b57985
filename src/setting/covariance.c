/* covariance.c - a covariance as numbers: entries and whole matrices from the kind that holds them, and multiples. */
#include "base/matrix.h"
#include "base/try.h"
#include "lsaflow/setting.h"
#include <string.h>

double lsa_covariance_entry(const lsa_covariance *covariance, ptrdiff_t i, ptrdiff_t j)
{
    if (covariance->matrix != NULL)
        return covariance->matrix[i + j * covariance->d];
    return i == j ? covariance->spectrum[i] : 0.0;
}

void lsa_covariance_matrix(const lsa_covariance *covariance, double *out)
{
    const ptrdiff_t d = covariance->d;
    const size_t bytes = (size_t)d * (size_t)d * sizeof *out;
    if (covariance->matrix != NULL) {
        memcpy(out, covariance->matrix, bytes);
        return;
    }
    memset(out, 0, bytes);
    for (ptrdiff_t i = 0; i < d; i++)
        out[i + i * d] = covariance->spectrum[i];
}

bool lsa_covariance_is_random(const lsa_covariance *covariance)
{
    return covariance->kind == LSA_COVARIANCE_LAWS || covariance->kind == LSA_COVARIANCE_MIXTURE ||
           covariance->kind == LSA_COVARIANCE_WISHART;
}

double lsa_law_mean(const lsa_law *law)
{
    const double *p = law->parameter;
    switch (law->kind) {
    case LSA_LAW_UNIFORM:
        return 0.5 * (p[0] + p[1]);
    case LSA_LAW_GAMMA:
        return p[0] * p[1];
    case LSA_LAW_TWO_POINT:
        return p[2] * p[0] + (1.0 - p[2]) * p[1];
    default:
        return p[0];
    }
}

/* The law of factor * lambda. */
static lsa_law scaled_law(const lsa_law *law, double factor)
{
    lsa_law out = *law;
    switch (law->kind) {
    case LSA_LAW_UNIFORM:
    case LSA_LAW_TWO_POINT:
        out.parameter[0] *= factor;
        out.parameter[1] *= factor;
        break;
    case LSA_LAW_GAMMA:
        out.parameter[1] *= factor;
        break;
    default:
        out.parameter[0] *= factor;
    }
    return out;
}

static lsa_status multiply_laws(lsa_arena *arena, double factor, lsa_covariance *covariance, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_law *laws = lsa_arena_alloc(arena, (size_t)covariance->d, sizeof *laws);
    LSA_TRY_MEMORY(laws, "the laws of a covariance");
    for (ptrdiff_t i = 0; i < covariance->d; i++)
        laws[i] = scaled_law(&covariance->laws[i], factor);
    covariance->laws = laws;
done:
    return status;
}

static lsa_status multiply_parts(lsa_arena *arena, double factor, ptrdiff_t n, const lsa_covariance **parts,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_covariance *scaled = lsa_arena_alloc(arena, (size_t)n, sizeof *scaled);
    LSA_TRY_MEMORY(scaled, "a random covariance");
    for (ptrdiff_t c = 0; c < n; c++)
        LSA_TRY(lsa_covariance_multiply(arena, factor, &(*parts)[c], &scaled[c], err));
    *parts = scaled;
done:
    return status;
}

static lsa_status multiply_numbers(lsa_arena *arena, double factor, ptrdiff_t n, double **numbers, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *scaled = lsa_arena_alloc(arena, (size_t)n, sizeof *scaled);
    LSA_TRY_MEMORY(scaled, "a covariance");
    lsa_vec_axpy(n, factor, *numbers, scaled);
    *numbers = scaled;
done:
    return status;
}

lsa_status lsa_covariance_multiply(lsa_arena *arena, double factor, const lsa_covariance *from, lsa_covariance *out,
                                   lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = from->d;
    lsa_covariance made = *from;
    LSA_TRY(multiply_numbers(arena, factor, d, &made.spectrum, err));
    if (made.matrix != NULL)
        LSA_TRY(multiply_numbers(arena, factor, d * d, &made.matrix, err));
    if (made.kind == LSA_COVARIANCE_LAWS)
        LSA_TRY(multiply_laws(arena, factor, &made, err));
    if (made.kind == LSA_COVARIANCE_MIXTURE)
        LSA_TRY(multiply_parts(arena, factor, made.n_components, &made.components, err));
    if (made.kind == LSA_COVARIANCE_WISHART)
        LSA_TRY(multiply_parts(arena, factor, 1, &made.scale, err));
    *out = made;
done:
    return status;
}
