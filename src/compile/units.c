/* units.c - degrees of a loss in Lambda and in its parameters, and numbers in units of powers of two. */
#include "compile/units.h"

#include "base/try.h"

#include <math.h>
#include <stdlib.h>

/* Within 2^-this .. 2^this nothing is scaled. */
enum { FREE_EXPONENT = 40 };

/* ---- degrees ---- */

/* a_t and n_t of a term. */
typedef struct degrees {
    int law, parameters;
} degrees;

static bool is_law(const lsa_bound *bound, int symbol)
{
    return lsa_bound_symbol(bound, symbol)->role == LSA_ROLE_COVARIANCE ||
           symbol == lsa_derivation_query_covariance(bound->derivation) ||
           symbol == lsa_derivation_wishart_scale(bound->derivation);
}

static bool is_noise(const lsa_bound *bound, int symbol)
{
    return lsa_bound_symbol(bound, symbol)->role == LSA_ROLE_NOISE_VARIANCE;
}

static degrees degrees_of(const lsa_bound *bound, const lsa_term *term)
{
    degrees out = {0, 0};
    for (int k = 0; k < term->n_powers; k++) {
        const int symbol = term->powers[k].symbol, exponent = term->powers[k].exponent;
        out.parameters += bound->kind[symbol] == LSA_BOUND_PARAMETER ? exponent : 0;
        out.law += is_noise(bound, symbol) ? exponent : 0;
    }
    for (int w = 0; w < term->n_traces; w++)
        for (int k = 0; k < term->traces[w].length; k++) {
            const int symbol = term->traces[w].letters[k].symbol;
            out.parameters += bound->kind[symbol] == LSA_BOUND_PARAMETER;
            out.law += is_law(bound, symbol);
        }
    return out;
}

static int common_divisor(int a, int b)
{
    return b == 0 ? abs(a) : common_divisor(b, a % b);
}

/* e = p/q in lowest terms and g; false where the terms do not share them. */
typedef struct homogeneity {
    int p, q, g;
} homogeneity;

static bool find_homogeneity(const lsa_bound *bound, homogeneity *out)
{
    const lsa_poly *loss = lsa_derivation_loss(bound->derivation);
    const ptrdiff_t count = lsa_poly_count(loss);
    *out = (homogeneity){.p = 0, .q = 1, .g = 0};
    if (count == 0)
        return false;
    const lsa_term one = lsa_poly_term(loss, 0);
    const degrees first = degrees_of(bound, &one);
    for (ptrdiff_t t = 1; t < count && out->p == 0; t++) {
        const lsa_term term = lsa_poly_term(loss, t);
        const degrees now = degrees_of(bound, &term);
        const int rise = now.law - first.law, run = now.parameters - first.parameters;
        if (rise == 0 || run == 0)
            continue;
        const int divisor = common_divisor(rise, run) * (run < 0 ? -1 : 1);
        out->p = rise / divisor;
        out->q = run / divisor;
    }
    const int q_times_g = out->q * first.law - out->p * first.parameters;
    bool common = q_times_g % out->q == 0;
    for (ptrdiff_t t = 1; t < count; t++) {
        const lsa_term term = lsa_poly_term(loss, t);
        const degrees now = degrees_of(bound, &term);
        common = common && out->q * now.law - out->p * now.parameters == q_times_g;
    }
    out->g = q_times_g / out->q;
    return common;
}

/* ---- units ---- */

static double largest(const lsa_covariance *covariance)
{
    double most = 0.0;
    for (ptrdiff_t i = 0; covariance != NULL && i < covariance->d; i++)
        most = fmax(most, covariance->spectrum[i]);
    return most;
}

void lsa_units_choose(const lsa_bound *bound, lsa_units *out)
{
    homogeneity degree;
    int exponent = 0;
    const double most = fmax(largest(bound->setting->covariance), largest(bound->setting->query));
    *out = (lsa_units){0, 0, 0, 0};
    frexp(most, &exponent);
    if (abs(exponent) <= FREE_EXPONENT || !find_homogeneity(bound, &degree))
        return;
    const int least = degree.q % 2 == 0 ? degree.q : 2 * degree.q;
    const int law =
        least * (int)lround((double)(exponent - 1) / least); /* most = 2^(exponent - 1) to below its double */
    const int parameters = law / degree.q * degree.p;        /* e law */
    *out =
        (lsa_units){.law = law, .loss = degree.g * law, .state = -parameters, .time = -degree.g * law - 2 * parameters};
}

void lsa_units_scale(ptrdiff_t n, int exponent, const double *x, double *out)
{
    for (ptrdiff_t i = 0; i < n; i++)
        out[i] = ldexp(x[i], exponent);
}

static lsa_status scale_covariance(lsa_arena *arena, int exponent, const lsa_covariance **covariance, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (*covariance == NULL)
        return LSA_OK;
    lsa_covariance *scaled = lsa_arena_alloc(arena, 1, sizeof *scaled);
    LSA_TRY_MEMORY(scaled, "a covariance in the program's units");
    LSA_TRY(lsa_covariance_multiply(arena, ldexp(1.0, exponent), *covariance, scaled, err));
    *covariance = scaled;
done:
    return status;
}

lsa_status lsa_units_bind(lsa_arena *arena, const lsa_binding *binding, lsa_units units, lsa_binding *out,
                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = *binding;
    out->setting.label_noise = ldexp(binding->setting.label_noise, -units.law);
    LSA_TRY(scale_covariance(arena, -units.law, &out->setting.covariance, err));
    LSA_TRY(scale_covariance(arena, -units.law, &out->setting.query, err));
done:
    return status;
}

static lsa_status scale_table(lsa_arena *arena, ptrdiff_t n, int exponent, const double **table, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (*table == NULL)
        return LSA_OK;
    double *scaled = lsa_arena_alloc(arena, (size_t)n, sizeof *scaled);
    LSA_TRY_MEMORY(scaled, "the form of a loss");
    lsa_units_scale(n, exponent, *table, scaled);
    *table = scaled;
done:
    return status;
}

lsa_status lsa_units_form(lsa_arena *arena, const lsa_form *from, lsa_units units, lsa_form *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = from->d;
    const int product = (from->rank > 0 ? 3 : 2) * units.state;
    const int H = units.loss - 2 * product, left = H / 2;
    *out = *from;
    LSA_TRY(scale_table(arena, from->n_products * d, left, &out->left, err));
    LSA_TRY(scale_table(arena, from->n_products * d, H - left, &out->right, err));
    LSA_TRY(scale_table(arena, d, H, &out->diagonal, err));
    LSA_TRY(scale_table(arena, from->B_diagonal ? d : d * d, units.loss - product, &out->B, err));
    out->constant = ldexp(from->constant, units.loss);
    out->minimum = ldexp(from->minimum, units.loss);
done:
    return status;
}
