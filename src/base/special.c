/* special.c - tails and quantiles, by GSL.
 *
 * GSL's error handler, which aborts, is turned off once; a value that is not defined comes back as NaN. */
#include "base/special.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
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

/* Clopper and Pearson (1934): the bounds are Beta quantiles, low = B^-1(alpha/2; k, n-k+1) and
 * high = B^-1(1 - alpha/2; k+1, n-k). */
void lsa_binomial_interval(ptrdiff_t k, ptrdiff_t n, double alpha, double *low, double *high)
{
    no_abort();
    const double successes = (double)k;
    const double failures = (double)(n - k);
    *low = k == 0 ? 0.0 : gsl_cdf_beta_Pinv(alpha / 2, successes, failures + 1.0);
    *high = k == n ? 1.0 : gsl_cdf_beta_Qinv(alpha / 2, successes + 1.0, failures);
}
