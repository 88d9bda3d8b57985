/* normality.h - how far a sample of z-scores is from the standard normal law. */
#ifndef LSAFLOW_TESTS_NORMALITY_H
#define LSAFLOW_TESTS_NORMALITY_H

#include <math.h>
#include <stdlib.h>

static inline int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* sqrt(n) sup |F_n - Phi|; it exceeds t with probability at most 2 exp(-2 t^2) (Massart 1990). Sorts z. */
static inline double kolmogorov(int n, double *z)
{
    double largest = 0.0;
    qsort(z, (size_t)n, sizeof *z, ascending);
    for (int i = 0; i < n; i++) {
        const double Phi = 0.5 * erfc(-z[i] / sqrt(2.0));
        largest = fmax(largest, fmax((i + 1.0) / n - Phi, Phi - (double)i / n));
    }
    return sqrt((double)n) * largest;
}

#endif
