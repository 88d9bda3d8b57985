/* special.c - tails, quantiles and quadrature, by GSL.
 *
 * GSL's error handler, which aborts, is turned off once; a value that is not defined comes back as NaN. */
#include "base/special.h"
#include "base/try.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <threads.h>

static void turn_off(void)
{
    gsl_set_error_handler_off();
}

static void no_abort(void)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, turn_off);
}

double lsa_normal_upper_quantile(double p)
{
    no_abort();
    return gsl_cdf_ugaussian_Qinv(p);
}

double lsa_normal_upper_tail(double z)
{
    no_abort();
    return gsl_cdf_ugaussian_Q(z);
}

double lsa_student_upper_quantile(double p, double nu)
{
    no_abort();
    return gsl_cdf_tdist_Qinv(p, nu);
}

double lsa_chi_square_upper_tail(double x, double k)
{
    no_abort();
    return gsl_cdf_chisq_Q(x, k);
}

double lsa_gamma_upper_tail(double x, double shape)
{
    gsl_sf_result tail;
    no_abort();
    if (!(x > 0.0))
        return 1.0;
    gsl_sf_gamma_inc_Q_e(shape, x, &tail); /* 0 where it underflows, with a status that says so */
    return tail.val;
}

/* The continued fraction of the incomplete Beta function (DLMF 8.17.22) by Lentz's method in the form of Thompson and
 * Barnett (1986). For x below (a+1)/(a+b+2) it needs about sqrt(max(a, b)) terms. */
static double beta_fraction(double x, double a, double b)
{
    const double tiny = 1e-300; /* stands for a denominator that vanishes */
    const double most = 1000.0 + 20.0 * sqrt(a + b);
    double c = 1.0;
    double d = 1.0 / fmax(1.0 - (a + b) * x / (a + 1.0), tiny);
    double f = d;
    double ratio = 0.0;
    for (double m = 1.0; m < most && fabs(ratio - 1.0) > DBL_EPSILON; ++m) {
        const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / (1.0 + even * d);
        c = 1.0 + even / c;
        f *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / (1.0 + odd * d);
        c = 1.0 + odd / c;
        ratio = d * c;
        f *= ratio;
    }
    return f;
}

/* I_x(a, b), the distribution function of Beta(a, b). GSL's own stops after 512 terms, and its inverse fails or does not
 * end for a million trials. */
static double incomplete_beta(double x, double a, double b)
{
    const double front = exp(a * log(x) + b * log1p(-x) - gsl_sf_lnbeta(a, b));
    if (x <= (a + 1.0) / (a + b + 2.0))
        return front * beta_fraction(x, a, b) / a;
    return 1.0 - front * beta_fraction(1.0 - x, b, a) / b;
}

/* x with I_x(k, n - k + 1) = p, for 0 < k: the p at which k successes or more become as rare as p. By bisection, to the
 * last digits of x. */
static double rare_successes(double k, double n, double p)
{
    double low = 0.0;
    double high = 1.0;
    while (high - low > 2.0 * DBL_EPSILON * high) {
        const double middle = low + (high - low) / 2.0;
        if (incomplete_beta(middle, k, n - k + 1.0) < p)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2.0;
}

/* Clopper and Pearson (1934): the chances of success that k or more, k or fewer successes contradict at alpha/2. */
void lsa_binomial_interval(ptrdiff_t k, ptrdiff_t n, double alpha, double *low, double *high)
{
    no_abort();
    *low = k == 0 ? 0.0 : rare_successes((double)k, (double)n, alpha / 2.0);
    *high = k == n ? 1.0 : 1.0 - rare_successes((double)(n - k), (double)n, alpha / 2.0);
}

lsa_status lsa_quadrature(lsa_integrand *f, void *context, double a, double b, double rtol, double *out, lsa_error *err)
{
    enum { INTERVALS = 1000 }; /* each halving of a bad interval takes one: room for singular ends */
    const double asked = 1e-13;
    lsa_status status = LSA_OK;
    double value = 0.0, error = 0.0;
    no_abort();
    gsl_function integrand = {.function = f, .params = context};
    gsl_integration_workspace *work = gsl_integration_workspace_alloc(INTERVALS);
    LSA_TRY_MEMORY(work, "an integral");
    const int code = isinf(b) ? gsl_integration_qagiu(&integrand, a, 0.0, asked, INTERVALS, work, &value, &error)
                              : gsl_integration_qags(&integrand, a, b, 0.0, asked, INTERVALS, work, &value, &error);
    *out = value;
    if (!isfinite(value) || (code != GSL_SUCCESS && !(error <= rtol * fabs(value))))
        status = lsa_error_set(err, LSA_ERR_SOLVER, "an integral over [%g, %g] is known to %g only: %.17g", a, b, error,
                               value);
done:
    gsl_integration_workspace_free(work);
    return status;
}
