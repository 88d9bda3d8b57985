/* moments.c - streaming moments. */
#include "empirical/moments.h"
#include <math.h>

void lsa_moments_add(ptrdiff_t n, lsa_moments *moments, double count, const double *x)
{
    const double share = 1.0 / count;
    for (ptrdiff_t k = 0; k < n; k++) {
        lsa_moments *m = &moments[k];
        const double delta = x[k] - m->mean;
        const double step = delta * share;
        const double growth = delta * step * (count - 1.0);
        m->mean += step;
        m->m3 += growth * step * (count - 2.0) - 3.0 * step * m->m2;
        m->m2 += growth;
    }
}

void lsa_moments_merge(ptrdiff_t n, lsa_moments *into, double into_count, const lsa_moments *from, double from_count)
{
    const double a = into_count, b = from_count, count = a + b;
    for (ptrdiff_t k = 0; k < n; k++) {
        lsa_moments *m = &into[k];
        const double delta = from[k].mean - m->mean;
        const double step = delta / count;
        m->m3 += from[k].m3 + delta * step * step * a * b * (a - b) + 3.0 * step * (a * from[k].m2 - b * m->m2);
        m->m2 += from[k].m2 + delta * step * a * b;
        m->mean += step * b;
    }
}

double lsa_moments_standard_error(const lsa_moments *moments, double count)
{
    if (count < 2.0)
        return (double)INFINITY;
    return sqrt(moments->m2 / (count * (count - 1.0)));
}

double lsa_moments_skewness(const lsa_moments *moments, double count)
{
    if (!(moments->m2 > 0.0))
        return 0.0;
    return sqrt(count) * moments->m3 / (moments->m2 * sqrt(moments->m2));
}
