/* means.c - means of several quantities with their standard errors, and their distance from exact values. */
#include "base/matrix.h"
#include "base/special.h"
#include "base/try.h"
#include "lsaflow/empirical.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

lsa_status lsa_means_create(ptrdiff_t n, lsa_means **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_means *means = calloc(1, sizeof *means);
    LSA_TRY_MEMORY(means, "means");
    means->n = n;
    means->mean = lsa_vec_create(n);
    means->standard_error = lsa_vec_create(n);
    LSA_TRY_MEMORY(means->mean, "means");
    LSA_TRY_MEMORY(means->standard_error, "means");
    *out = means;
    means = NULL;
done:
    lsa_means_destroy(means);
    return status;
}

void lsa_means_destroy(lsa_means *means)
{
    if (!means)
        return;
    free(means->mean);
    free(means->standard_error);
    free(means);
}

/* One entry's z-score. Rounding alone may part a mean of n equal numbers from their value: without spread, agreement to
 * a few hundred units in the last place counts as equality. */
static double zscore(double mean, double standard_error, double exact)
{
    const double difference = fabs(mean - exact);
    if (standard_error > 0.0)
        return difference / standard_error;
    return difference <= 256.0 * DBL_EPSILON * fmax(fabs(mean), fabs(exact)) ? 0.0 : (double)INFINITY;
}

double lsa_means_zscore(const lsa_means *means, const double *exact)
{
    double largest = 0.0;
    for (ptrdiff_t k = 0; k < means->n; k++) {
        const double z = zscore(means->mean[k], means->standard_error[k], exact[k]);
        if (isnan(z))
            return z;
        largest = fmax(largest, z);
    }
    return largest;
}

double lsa_means_zscore_threshold(ptrdiff_t m, double alpha)
{
    return lsa_normal_upper_quantile(alpha / (2.0 * (double)m));
}
