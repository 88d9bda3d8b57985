/* interval.c - intervals for the means of skewed observations, and the schedule of looks. */
#include "empirical/interval.h"
#include "base/special.h"
#include <math.h>

/* Above this many observations Student's t and the normal law differ by less than the second-order terms that are
 * neglected anyway: (z^2 + 1) / (4 n) relative. */
static const double many = 1000.0;

static double quantile(double alpha, double count)
{
    return count < many && count >= 2.0 ? lsa_student_upper_quantile(0.5 * alpha, count - 1.0)
                                        : lsa_normal_upper_quantile(0.5 * alpha);
}

/* What skewness adds to z. */
static double widening(double z, double skewness, double count)
{
    return fabs(skewness) * (2.0 * z * z + 1.0) / (6.0 * sqrt(count));
}

lsa_sample_estimate lsa_interval(const lsa_moments *moments, double count, double alpha)
{
    lsa_sample_estimate e = {
        .mean = moments->mean,
        .standard_error = lsa_moments_standard_error(moments, count),
        .skewness = lsa_moments_skewness(moments, count),
    };
    const double z = quantile(alpha, count);
    e.half_width = e.standard_error * (z + widening(z, e.skewness, count));
    return e;
}

lsa_sample_estimate lsa_interval_none(void)
{
    const double none = (double)NAN;
    return (lsa_sample_estimate){none, none, none, none, false, NULL, 0.0};
}

lsa_sample_estimate lsa_interval_unbounded(const lsa_moments *moments, const char *reason)
{
    const double none = (double)INFINITY;
    return (lsa_sample_estimate){moments->mean, none, none, none, false, reason, 0.0};
}

lsa_sample_estimate lsa_interval_infinite(const char *reason)
{
    lsa_sample_estimate e = lsa_interval_none();
    e.infinite = true;
    e.reason = reason;
    return e;
}

double lsa_interval_attains(const lsa_sample_estimate *estimate, double count, double alpha)
{
    const double z = quantile(alpha, count), half = estimate->half_width, size = fabs(estimate->mean);
    if (!isfinite(half) || !isfinite(size) || !(widening(z, estimate->skewness, count) <= 0.25 * z))
        return (double)INFINITY;
    return half == 0.0 ? 0.0 : half / size;
}

enum { FIRST_LOOK = 16384 };

int lsa_looks(ptrdiff_t budget)
{
    int looks = 1;
    for (ptrdiff_t n = FIRST_LOOK; n<budget; n = n> budget / 2 ? budget : 2 * n)
        looks++;
    return looks;
}

ptrdiff_t lsa_look_prompts(int k, ptrdiff_t budget)
{
    ptrdiff_t n = FIRST_LOOK;
    for (int i = 0; i < k && n < budget; i++)
        n = n > budget / 2 ? budget : 2 * n;
    return n < budget ? n : budget;
}
