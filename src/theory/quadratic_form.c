/* quadratic_form.c - Lemma 5.1: the prediction is a quadratic form in the parameters, and not a convex one.  (W1) */
#include "lsaflow/theory.h"
#include "theory/extended.h"
#include <assert.h>
#include <string.h>

/* (E E')_ab / rho for E n-by-columns. */
static double gram(ptrdiff_t n, ptrdiff_t columns, const double *E, double rho, ptrdiff_t a, ptrdiff_t b)
{
    long double sum = 0.0L;
    for (ptrdiff_t k = 0; k < columns; k++)
        sum += (long double)E[a + k * n] * (long double)E[b + k * n];
    return (double)(sum / (long double)rho);
}

void lsa_theory_quadratic_form(ptrdiff_t d, ptrdiff_t columns, const double *E, double rho, double *H)
{
    const ptrdiff_t n = d + 1, size = n * n;
    const double *xq = E + (columns - 1) * n;
    assert(d >= 1 && columns >= 1 && rho > 0.0);
    memset(H, 0, (size_t)(size * size) * sizeof *H);
    for (ptrdiff_t a = 0; a < n; a++)
        for (ptrdiff_t b = 0; b < n; b++) {
            const double half = 0.5 * gram(n, columns, E, rho, a, b);
            for (ptrdiff_t k = 0; k < d; k++) { /* X has x_q in its last row and column, 0 elsewhere */
                H[(a + k * n) + (b + d * n) * size] = half * xq[k];
                H[(a + d * n) + (b + k * n) * size] = half * xq[k];
            }
        }
}

ptrdiff_t lsa_theory_negative_count(ptrdiff_t d, ptrdiff_t N)
{
    return d < N ? d + 1 : N + 1;
}
