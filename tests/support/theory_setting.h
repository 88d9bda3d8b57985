/* theory_setting.h - settings written down in a line, for tests of closed forms.
 *
 * The covariances borrow the test's own numbers and live as long as the block they are written in. No library is needed
 * beyond setting.h. */
#ifndef LSA_TESTS_THEORY_SETTING_H
#define LSA_TESTS_THEORY_SETTING_H

#include "lsaflow/setting.h"

/* Numbers that nobody writes to, as lsa_covariance holds them. */
static inline double *theory_borrowed(const double *numbers)
{
    union {
        const double *in;
        double *out;
    } same = {.in = numbers};
    return same.out;
}

static inline double *theory_ones(void)
{
    static double ones[16] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    return ones;
}

/* const lsa_covariance *: a d x d matrix, d numbers of a diagonal, I (d <= 16), and the random laws. */
#define THEORY_MATRIX(dim, numbers)                                                                                    \
    (&(lsa_covariance){.kind = LSA_COVARIANCE_MATRIX, .d = (dim), .matrix = theory_borrowed(numbers)})
#define THEORY_DIAGONAL(dim, numbers)                                                                                  \
    (&(lsa_covariance){.kind = LSA_COVARIANCE_DIAGONAL, .d = (dim), .spectrum = theory_borrowed(numbers)})
#define THEORY_IDENTITY(dim)      (&(lsa_covariance){.kind = LSA_COVARIANCE_SCALAR, .d = (dim), .spectrum = theory_ones()})
#define THEORY_LAWS(dim, entries) (&(lsa_covariance){.kind = LSA_COVARIANCE_LAWS, .d = (dim), .laws = (entries)})
#define THEORY_MIXTURE(dim, count, p, matrices)                                                                        \
    (&(lsa_covariance){.kind = LSA_COVARIANCE_MIXTURE,                                                                 \
                       .d = (dim),                                                                                     \
                       .n_components = (count),                                                                        \
                       .weights = (p),                                                                                 \
                       .components = (matrices)})
#define THEORY_WISHART(dim, k, mean)                                                                                   \
    (&(lsa_covariance){.kind = LSA_COVARIANCE_WISHART, .d = (dim), .dof = (k), .scale = (mean)})

/* Of a setting: one w for all prompts. */
#define THEORY_FIXED_TASK(w) .task = LSA_TASK_FIXED, .task_vector = (w)

#endif
