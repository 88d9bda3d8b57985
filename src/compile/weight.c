/* weight.c - the number in front of a term: its coefficient and constant scalars, their limits, the moments of lengths that
 * are not Gaussian. */
#include "base/try.h"
#include "compile/bound.h"
#include "compile/power.h"

#include <math.h>

/* E tau^m of a multivariate Student t scaled to its Gaussian's covariance, tau = (nu - 2)/chi^2_nu:
 * (nu - 2)^m / ((nu - 2)(nu - 4) .. (nu - 2m)), infinite for nu <= 2m. */
static lsa_status student_moment(const lsa_bound *bound, int m, double *out, lsa_error *err)
{
    const double nu = bound->setting->student;
    if (nu <= 2.0 * m)
        return lsa_error_set(
            err, LSA_ERR_DOMAIN,
            "the error is infinite, since Student t covariates of %g degrees of freedom have no moments "
            "of order %d (more than %d are needed)",
            nu, 2 * m, 2 * m);
    *out = 1.0;
    for (int k = 2; k <= m; k++)
        *out *= (nu - 2.0) / (nu - 2.0 * k);
    return LSA_OK;
}

/* E prod <a_k, w> over 2 m factors for w uniform on the sphere of radius r is that for w ~ N(0, r^2/d I) times
 * d^m / (d (d+2) .. (d+2m-2)): a Gaussian's direction and length are independent. */
static double sphere_moment(double d, int m)
{
    double factor = 1.0;
    for (int k = 1; k < m; k++)
        factor *= d / (d + 2.0 * k);
    return factor;
}

/* A constant scalar other than N and rho. */
static lsa_status scalar_value(const lsa_bound *bound, int symbol, double *out, lsa_error *err)
{
    const double *numbers = lsa_bound_user_numbers(bound, symbol);
    const int student = lsa_derivation_student_moment(bound->derivation, symbol);
    const int sphere = lsa_derivation_sphere_moment(bound->derivation, symbol);
    if (student > 0)
        return student_moment(bound, student, out, err);
    if (sphere > 0)
        *out = sphere_moment((double)lsa_bound_size(bound, LSA_DIM_D), sphere);
    else if (numbers != NULL)
        *out = numbers[0];
    else if (symbol == lsa_derivation_wishart_dof(bound->derivation))
        *out = bound->setting->covariance->dof;
    else if (lsa_algebra_symbol(bound->algebra, symbol)->role == LSA_ROLE_NOISE_VARIANCE)
        *out = bound->setting->label_noise;
    else {
        for (lsa_dim dim = LSA_DIM_D; dim < lsa_algebra_dim_count(bound->algebra); dim++)
            if (symbol == lsa_derivation_dim_symbol(bound->derivation, dim)) {
                *out = (double)lsa_bound_size(bound, dim);
                return LSA_OK;
            }
        return lsa_bound_missing(bound, symbol, err);
    }
    return LSA_OK;
}

/* N^a rho^b, or its limit. */
static lsa_status samples_value(const lsa_bound *bound, int a, int b, double *out, lsa_error *err)
{
    const double N = bound->setting->context, rho = lsa_setting_rho(bound->setting);
    if (isinf(N)) {
        if (a + b > 0)
            return lsa_error_set(err, LSA_ERR_DOMAIN,
                                 "the loss has no limit as N -> inf: a term grows like N^%d rho^%d", a, b);
        *out = a + b == 0 ? 1.0 : 0.0;
        return LSA_OK;
    }
    if (N == 0.0 && a > 0) {
        *out = 0.0;
        return LSA_OK;
    }
    if ((N == 0.0 && a < 0) || (rho == 0.0 && b < 0))
        return lsa_error_set(err, LSA_ERR_DOMAIN,
                             "the loss has a term N^%d rho^%d, which is not defined at N = %g, "
                             "rho = %g",
                             a, b, N, rho);
    *out = lsa_integer_power(N, a) * lsa_integer_power(rho, b);
    return LSA_OK;
}

/* The exponent of a scalar in a term. */
static int exponent_of(const lsa_term *term, int symbol)
{
    for (int k = 0; k < term->n_powers; k++)
        if (term->powers[k].symbol == symbol)
            return term->powers[k].exponent;
    return 0;
}

lsa_status lsa_bound_weight(const lsa_bound *bound, const lsa_term *term, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int N = bound->statement->samples, rho = bound->statement->rho;
    double samples = 0.0;
    *out = 0.0;
    LSA_TRY(samples_value(bound, exponent_of(term, N), exponent_of(term, rho), &samples, err));
    if (samples == 0.0)
        goto done;
    double product = term->coefficient;
    for (int k = 0; k < term->n_powers; k++) {
        const int symbol = term->powers[k].symbol, exponent = term->powers[k].exponent;
        double x = 0.0;
        if (bound->kind[symbol] != LSA_BOUND_CONSTANT || symbol == N || symbol == rho)
            continue;
        LSA_TRY(scalar_value(bound, symbol, &x, err));
        if (x == 0.0 && exponent < 0)
            LSA_TRY(lsa_error_set(err, LSA_ERR_DOMAIN, "the loss divides by %s, which is 0",
                                  lsa_algebra_symbol(bound->algebra, symbol)->name));
        product *= lsa_integer_power(x, exponent);
    }
    *out = samples * product;
done:
    return status;
}
