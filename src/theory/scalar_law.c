/* scalar_law.c - laws of one number >= 0: moments and tails, by formula. */
#include "base/special.h"
#include "theory/random_law.h"
#include <assert.h>
#include <math.h>

static bool in_range(const lsa_law *law)
{
    const double *p = law->parameter;
    switch (law->kind) {
    case LSA_LAW_POINT:
        return p[0] >= 0.0 && isfinite(p[0]);
    case LSA_LAW_EXPONENTIAL:
        return p[0] > 0.0 && isfinite(p[0]);
    case LSA_LAW_UNIFORM:
        return p[0] >= 0.0 && p[0] <= p[1] && isfinite(p[1]);
    case LSA_LAW_GAMMA:
        return p[0] > 0.0 && p[1] > 0.0 && isfinite(p[0]) && isfinite(p[1]);
    case LSA_LAW_TWO_POINT:
        return p[0] >= 0.0 && p[1] >= 0.0 && isfinite(p[0]) && isfinite(p[1]) && p[2] >= 0.0 && p[2] <= 1.0;
    }
    return false;
}

lsa_status theory_scalar_check(const lsa_law *law, lsa_error *err)
{
    static const char *const ranges[] = {
        "a point law asks for a finite value >= 0", "an exponential law asks for a finite mean > 0",
        "a uniform law asks for 0 <= low <= high", "a gamma law asks for a finite shape and scale > 0",
        "a two-point law asks for two finite values >= 0 and a probability"};
    if (in_range(law))
        return LSA_OK;
    return lsa_error_set(err, LSA_ERR_DOMAIN, "%s, got %.17g, %.17g, %.17g", ranges[law->kind], law->parameter[0],
                         law->parameter[1], law->parameter[2]);
}

static long double power(long double x, int k)
{
    long double y = 1.0L;
    while (k-- > 0)
        y *= x;
    return y;
}

/* (b^{k+1} - a^{k+1}) / ((k+1) (b - a)), divided out: nothing cancels, and a = b is a point. */
static long double uniform_moment(long double a, long double b, int k)
{
    long double sum = 0.0L;
    for (int j = 0; j <= k; j++)
        sum += power(a, j) * power(b, k - j);
    return sum / (long double)(k + 1);
}

static long double gamma_moment(long double shape, long double scale, int k)
{
    long double product = 1.0L;
    for (int j = 0; j < k; j++)
        product *= (shape + (long double)j) * scale;
    return product;
}

long double theory_moment(const lsa_law *law, int k)
{
    const long double a = (long double)law->parameter[0], b = (long double)law->parameter[1];
    const long double p = (long double)law->parameter[2];
    assert(in_range(law) && k >= 0 && k <= 4);
    switch (law->kind) {
    case LSA_LAW_POINT:
        return power(a, k);
    case LSA_LAW_EXPONENTIAL:
        return gamma_moment(1.0L, a, k);
    case LSA_LAW_UNIFORM:
        return uniform_moment(a, b, k);
    case LSA_LAW_GAMMA:
        return gamma_moment(a, b, k);
    case LSA_LAW_TWO_POINT:
        break;
    }
    return p * power(a, k) + (1.0L - p) * power(b, k);
}

double lsa_theory_law_moment(const lsa_law *law, int k)
{
    return (double)theory_moment(law, k);
}

/* The part of a point of that probability above x. */
static double above(double value, double probability, int k, double x)
{
    return value > x ? probability * (double)power((long double)value, k) : 0.0;
}

static double uniform_tail(double low, double high, int k, double x)
{
    const double from = fmax(low, x);
    if (from >= high)
        return 0.0;
    return (high - from) / (high - low) * (double)uniform_moment((long double)from, (long double)high, k);
}

/* E[l^k; l > x] for k = 0, 2. A Gamma law weighted with l^k is a Gamma law of shape + k. */
static double tail(const lsa_law *law, int k, double x)
{
    const double *p = law->parameter;
    switch (law->kind) {
    case LSA_LAW_POINT:
        return above(p[0], 1.0, k, x);
    case LSA_LAW_EXPONENTIAL:
        return lsa_theory_law_moment(law, k) * lsa_gamma_upper_tail(x / p[0], 1.0 + k);
    case LSA_LAW_UNIFORM:
        return p[0] < p[1] ? uniform_tail(p[0], p[1], k, x) : above(p[0], 1.0, k, x);
    case LSA_LAW_GAMMA:
        return lsa_theory_law_moment(law, k) * lsa_gamma_upper_tail(x / p[1], p[0] + k);
    case LSA_LAW_TWO_POINT:
        break;
    }
    return above(p[0], p[2], k, x) + above(p[1], 1.0 - p[2], k, x);
}

double lsa_theory_law_tail(const lsa_law *law, double x)
{
    return tail(law, 0, x);
}

double lsa_theory_law_tail_square(const lsa_law *law, double x)
{
    return tail(law, 2, x);
}

int theory_scalar_breaks(const lsa_law *law, double breaks[2])
{
    if (law->kind == LSA_LAW_EXPONENTIAL || law->kind == LSA_LAW_GAMMA)
        return 0;
    breaks[0] = law->parameter[0];
    breaks[1] = law->parameter[1];
    return law->kind == LSA_LAW_POINT ? 1 : 2;
}

double theory_scalar_top(const lsa_law *law)
{
    double breaks[2];
    const int count = theory_scalar_breaks(law, breaks);
    if (count == 0)
        return (double)INFINITY;
    return count == 1 ? breaks[0] : fmax(breaks[0], breaks[1]);
}
