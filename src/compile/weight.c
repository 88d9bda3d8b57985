/* weight.c - the number in front of a term: its constant scalars, their limits, and what a law other than the Gaussian
 * changes in it. */
#include "base/try.h"
#include "compile/bound.h"

#include <assert.h>
#include <math.h>
#include <string.h>

double lsa_integer_power(double x, int exponent)
{
    double result = 1.0;
    for (unsigned e = exponent < 0 ? 0u - (unsigned)exponent : (unsigned)exponent; e > 0; e /= 2) {
        if (e % 2 != 0)
            result *= x;
        x *= x;
    }
    return exponent < 0 ? 1.0 / result : result;
}

/* A constant scalar other than N and rho. */
static lsa_status scalar_value(const lsa_bound *bound, int symbol, double *out, lsa_error *err)
{
    const double *numbers = lsa_bound_user_numbers(bound, symbol);
    if (numbers != NULL) {
        *out = numbers[0];
        return LSA_OK;
    }
    for (lsa_dim dim = LSA_DIM_D; dim < lsa_algebra_dim_count(bound->algebra); dim++)
        if (symbol == lsa_derivation_dim_symbol(bound->derivation, dim)) {
            *out = (double)lsa_bound_size(bound, dim);
            return LSA_OK;
        }
    if (symbol == lsa_derivation_wishart_dof(bound->derivation)) {
        *out = bound->binding->covariance->dof;
        return LSA_OK;
    }
    if (strcmp(lsa_algebra_symbol(bound->algebra, symbol)->name, "s2") != 0)
        return lsa_bound_missing(bound, symbol, err);
    *out = bound->binding->label_noise;
    return LSA_OK;
}

/* N^a rho^b, or its limit. */
static lsa_status samples_value(const lsa_bound *bound, int a, int b, double *out, lsa_error *err)
{
    const double N = bound->binding->context, rho = bound->binding->normaliser;
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

/* How often the term names a symbol. */
static int degree_in(const lsa_term *term, int symbol)
{
    int degree = 0;
    for (int w = 0; w < term->n_traces; w++)
        for (int k = 0; k < term->traces[w].length; k++)
            degree += term->traces[w].letters[k].symbol == symbol;
    for (int k = 0; term->has_open && k < term->open.length; k++)
        degree += term->open.letters[k].symbol == symbol;
    return degree;
}

/* The same for x_i = sqrt(tau_i) z_i, z_i Gaussian, E tau_i = 1, E tau_i^2 = 1 + excess. A term of degree 2 in Lambda
 * has four factors x: A N^2 + B N of the Gaussian is A N (N-1), two samples with two factors each, and (A + B) N, one
 * sample with all four, which alone gains the factor 1 + excess: A (N^2 + excess N) + B (1 + excess) N. */
static lsa_status elliptical_value(const lsa_bound *bound, const lsa_term *term, int a, int b, double *out,
                                   lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double excess = bound->binding->excess_kurtosis;
    const int degree = excess != 0.0 ? degree_in(term, lsa_statement_find(bound->statement, "Lambda")) : 0;
    double single = 0.0;
    LSA_TRY(samples_value(bound, a, b, out, err));
    if (degree < 2 || bound->binding->context == 0.0)
        goto done;
    assert(a > 0); /* lsa_bound_check_laws: N counts samples and nothing else */
    if (degree > 2)
        LSA_TRY(
            lsa_error_set(err, LSA_ERR_UNABLE,
                          "the loss has moments of degree %d in the context covariates; for others than Gaussian ones "
                          "the engine knows those up to 4",
                          2 * degree));
    LSA_TRY(samples_value(bound, 1, b, &single, err));
    *out += excess * single;
done:
    return status;
}

/* E prod <a_k, w> over 2 m factors for w uniform on the sphere of radius r is that for w ~ N(0, r^2/d I) times
 * d^m / (d (d+2) .. (d+2m-2)): a Gaussian's direction and length are independent. */
static double sphere_factor(const lsa_bound *bound, const lsa_term *term)
{
    const double d = (double)lsa_bound_size(bound, LSA_DIM_D);
    const int m = bound->binding->task_on_sphere ? degree_in(term, lsa_statement_find(bound->statement, "Omega")) : 0;
    double factor = 1.0;
    for (int k = 1; k < m; k++)
        factor *= d / (d + 2.0 * k);
    return factor;
}

lsa_status lsa_bound_weight(const lsa_bound *bound, const lsa_term *term, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int of_N = 0, of_rho = 0;
    double product = term->coefficient * sphere_factor(bound, term), samples = 1.0;
    for (int k = 0; k < term->n_powers; k++) {
        const int symbol = term->powers[k].symbol, exponent = term->powers[k].exponent;
        if (bound->role[symbol] != LSA_ROLE_CONSTANT)
            continue;
        if (symbol == bound->statement->samples) {
            of_N += exponent;
        } else if (symbol == bound->statement->rho) {
            of_rho += exponent;
        } else {
            double x = 0.0;
            LSA_TRY(scalar_value(bound, symbol, &x, err));
            if (x == 0.0 && exponent < 0)
                LSA_TRY(lsa_error_set(err, LSA_ERR_DOMAIN, "the loss divides by %s, which is 0",
                                      lsa_algebra_symbol(bound->algebra, symbol)->name));
            product *= lsa_integer_power(x, exponent);
        }
    }
    LSA_TRY(elliptical_value(bound, term, of_N, of_rho, &samples, err));
    *out = samples == 0.0 ? 0.0 : samples * product;
done:
    return status;
}
