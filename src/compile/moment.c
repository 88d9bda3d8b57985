/* moment.c - moments in closed form, cumulants from them by Moebius inversion over set partitions. */
#include "compile/moment.h"

#include "compile/power.h"

#include <assert.h>

/* (high^(p+1) - low^(p+1)) / ((p+1) (high - low)) without the division: the mean of high^k low^(p-k). */
static double uniform_moment(double low, double high, int p)
{
    double sum = 0.0;
    for (int k = 0; k <= p; k++)
        sum += lsa_integer_power(high, k) * lsa_integer_power(low, p - k);
    return sum / (p + 1);
}

/* scale^p shape (shape + 1) .. (shape + p - 1) */
static double gamma_moment(double shape, double scale, int p)
{
    double product = 1.0;
    for (int k = 0; k < p; k++)
        product *= scale * (shape + k);
    return product;
}

double lsa_law_moment(const lsa_law *law, int p)
{
    const double *a = law->parameter;
    switch (law->kind) {
    case LSA_LAW_POINT:
        return lsa_integer_power(a[0], p);
    case LSA_LAW_EXPONENTIAL:
        return gamma_moment(1.0, a[0], p);
    case LSA_LAW_UNIFORM:
        return uniform_moment(a[0], a[1], p);
    case LSA_LAW_GAMMA:
        return gamma_moment(a[0], a[1], p);
    case LSA_LAW_TWO_POINT:
        break;
    }
    return a[2] * lsa_integer_power(a[0], p) + (1.0 - a[2]) * lsa_integer_power(a[1], p);
}

/* Adds the partitions that extend `parts` parts of powers part[] by factor r and those after it. */
static double sum_partitions(const lsa_law *law, int n, const int *p, int r, int parts, int *part)
{
    double sum = 0.0;
    if (r == n) {
        double product = 1.0;
        for (int k = 0; k < parts; k++)
            product *= (k == 0 ? 1.0 : -k) * lsa_law_moment(law, part[k]); /* (-1)^(parts-1) (parts-1)! */
        return product;
    }
    for (int k = 0; k < parts; k++) {
        part[k] += p[r];
        sum += sum_partitions(law, n, p, r + 1, parts, part);
        part[k] -= p[r];
    }
    part[parts] = p[r];
    return sum + sum_partitions(law, n, p, r + 1, parts + 1, part);
}

double lsa_law_cumulant(const lsa_law *law, int n, const int *p)
{
    int part[LSA_MOST_RUNS];
    assert(n >= 1 && n <= LSA_MOST_RUNS);
    if (n > 1 && law->kind == LSA_LAW_POINT)
        return 0.0;
    return sum_partitions(law, n, p, 0, 0, part);
}
