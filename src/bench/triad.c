/* triad.c - a pass over three arrays, by plain C that compilers vectorise; the arrays rest between groups of passes only
 * as long as the clock is read. */
#include "bench/triad.h"

#include "base/clock.h"
#include "base/matrix.h"
#include "base/try.h"
#include <stdlib.h>

enum { GROUPS = 9 };
/* A group lasts some milliseconds: the clock's resolution is far below. */
static const double NUMBERS_A_GROUP = 1e7;

static void pass(ptrdiff_t n, double a, const double *restrict x, const double *restrict y, double *restrict z)
{
    for (ptrdiff_t i = 0; i < n; i++)
        z[i] = x[i] + a * y[i];
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

lsa_status bench_triad(ptrdiff_t n, double *seconds, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t passes = (ptrdiff_t)(NUMBERS_A_GROUP / (double)n) + 1;
    double group[GROUPS];
    double *x = lsa_vec_create(n), *y = lsa_vec_create(n), *z = lsa_vec_create(n);
    LSA_TRY_MEMORY(x && y ? z : NULL, "a triad");
    pass(n, 0.5, x, z, y); /* touches every page */
    for (int g = 0; g < GROUPS; g++) {
        const double began = lsa_clock_seconds();
        for (ptrdiff_t k = 0; k < passes; k++)
            pass(n, 0.5 + (double)k, k % 2 == 0 ? x : y, k % 2 == 0 ? y : x, z);
        group[g] = (lsa_clock_seconds() - began) / (double)passes;
    }
    qsort(group, GROUPS, sizeof *group, ascending);
    *seconds = group[GROUPS / 2];
done:
    free(z);
    free(y);
    free(x);
    return status;
}
