/* table.h - rows of docs/theory.md's table: each result computed on both sides by independent roads on every setting,
 * beside what a named plausible mistake would give.
 *
 * A row is an equality of `n` numbers or an inequality theory <= other. The mistake must be told apart on every setting:
 * off by a hundred tolerances, or above the other side. */
#ifndef LSAFLOW_TESTS_TABLE_H
#define LSAFLOW_TESTS_TABLE_H

#include "check.h"

#include <math.h>
#include <stdbool.h>

enum { SIDES_MAX = 64 };

typedef struct sides {
    int n;
    double theory[SIDES_MAX], other[SIDES_MAX], mistaken[SIDES_MAX];
    double tolerance; /* of max |other|, with its reason where it is set; of an inequality: its rounding */
    bool below;       /* theory <= other, entry by entry                                                  */
} sides;

/* Fills the sides for setting number k. */
typedef void fill_sides(int k, sides *out);

typedef struct row {
    const char *result, *mistake;
    fill_sides *fill;
} row;

static inline double largest(int n, const double *x)
{
    double most = 0.0;
    for (int i = 0; i < n; i++)
        most = fmax(most, fabs(x[i]));
    return most;
}

/* How far x is from holding against the other side, in units of what is allowed: 1 and less holds. */
static inline double excess(const sides *s, const double *x)
{
    double worst = 0.0;
    const double allowed = s->tolerance * largest(s->n, s->other);
    for (int i = 0; i < s->n; i++) {
        const double off = s->below ? x[i] - s->other[i] : fabs(x[i] - s->other[i]);
        worst = isnan(off) ? (double)INFINITY : fmax(worst, off / allowed);
    }
    return worst;
}

static inline void check_rows(size_t n, const row *rows, int settings)
{
    for (size_t r = 0; r < n; r++)
        for (int k = 0; k < settings; k++) {
            sides s = {.tolerance = 1e-12};
            rows[r].fill(k, &s);
            assert_true(s.n > 0 && s.n <= SIDES_MAX);
            const double truth = excess(&s, s.theory), control = excess(&s, s.mistaken);
            print_message("%-44s setting %d: %8.2g of the tolerance; %s: %.2g\n", rows[r].result, k + 1, truth,
                          rows[r].mistake, control);
            check_at_most(truth, 1.0);
            check_at_least(control, 100.0);
        }
}

#endif
