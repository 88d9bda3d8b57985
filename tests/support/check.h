/* check.h - comparisons of doubles for cmocka tests, and z-scores with a stated false-alarm budget.
 *
 * cmocka's own float assertion casts to float. A check that fails prints the expression, both values, the tolerance and
 * the place, and fails the running test. NaN is close to nothing. */
#ifndef LSAFLOW_TESTS_CHECK_H
#define LSAFLOW_TESTS_CHECK_H

#include "lsaflow/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Passes when |got - want| <= atol + rtol |want|; equal infinities pass. */
#define check_close(got, want, rtol, atol) lsa_check_close((got), (want), (rtol), (atol), #got, __FILE__, __LINE__)

/* Passes when max|got - want| <= atol + rtol max|want|, over n entries: the rule of the reference cases. */
#define check_vector_close(n, got, want, rtol, atol)                                                                   \
    lsa_check_matrix_close((n), 1, (got), (want), (rtol), (atol), #got, __FILE__, __LINE__)

/* The same over an m-by-n column-major matrix; the failure names row and column. */
#define check_matrix_close(m, n, got, want, rtol, atol)                                                                \
    lsa_check_matrix_close((m), (n), (got), (want), (rtol), (atol), #got, __FILE__, __LINE__)

/* Passes when got <= bound, got >= bound; prints both. */
#define check_at_most(got, bound)  lsa_check_at_most((got), (bound), #got, __FILE__, __LINE__)
#define check_at_least(got, bound) lsa_check_at_least((got), (bound), #got, __FILE__, __LINE__)

/* Passes when `call` returns `expected`; prints the story in err (an lsa_error *, may be NULL) otherwise. */
#define check_status(call, expected, err) lsa_check_status((call), (expected), (err), #call, __FILE__, __LINE__)

/* Passes when `part` occurs in `text`; prints both otherwise. */
#define check_contains(text, part) lsa_check_contains((text), (part), #text, __FILE__, __LINE__)

void lsa_check_close(double got, double want, double rtol, double atol, const char *what, const char *file, int line);
void lsa_check_matrix_close(ptrdiff_t m, ptrdiff_t n, const double *got, const double *want, double rtol, double atol,
                            const char *what, const char *file, int line);
void lsa_check_at_most(double got, double bound, const char *what, const char *file, int line);
void lsa_check_at_least(double got, double bound, const char *what, const char *file, int line);
void lsa_check_status(lsa_status got, lsa_status expected, const lsa_error *err, const char *what, const char *file,
                      int line);
void lsa_check_contains(const char *text, const char *part, const char *what, const char *file, int line);

/* Means of m quantities over repeated draws, with their standard errors (Welford's recurrence). */
typedef struct lsa_estimate {
    ptrdiff_t m, draws;
    double *mean;
    double *squares; /* sums of squared deviations from the mean */
} lsa_estimate;

void lsa_estimate_init(lsa_estimate *estimate, ptrdiff_t m); /* fails the test when memory is out */
void lsa_estimate_clear(lsa_estimate *estimate);
void lsa_estimate_add(lsa_estimate *estimate, const double *draw);

/* max_i |mean_i - exact_i| / stderr_i. An entry without spread counts 0 when exact, infinity when not. */
double lsa_zscore_max(const lsa_estimate *estimate, const double *exact);

/* Phi^-1(1 - alpha/(2m)): max|z| over m entries stays below it but for a chance of at most alpha. */
double lsa_zscore_threshold(ptrdiff_t m, double alpha);

#endif
