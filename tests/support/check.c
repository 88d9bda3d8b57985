/* check.c - the comparisons behind check.h. */
#include "check.h"
#include "base/matrix.h"
#include "base/special.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_close(double got, double want, double tolerance)
{
    return got == want || fabs(got - want) <= tolerance;
}

void lsa_check_close(double got, double want, double rtol, double atol, const char *what, const char *file, int line)
{
    const double tolerance = atol + rtol * fabs(want);
    if (is_close(got, want, tolerance))
        return;
    print_error("%s\n    got       %.17g\n    want      %.17g\n    differ by %g, tolerance %g\n", what, got, want,
                fabs(got - want), tolerance);
    _fail(file, line);
}

void lsa_check_matrix_close(ptrdiff_t m, ptrdiff_t n, const double *got, const double *want, double rtol, double atol,
                            const char *what, const char *file, int line)
{
    const double tolerance = atol + rtol * lsa_vec_norm_max(m * n, want);
    for (ptrdiff_t k = 0; k < m * n; ++k) {
        if (is_close(got[k], want[k], tolerance))
            continue;
        print_error("%s, entry (%td, %td) of %td-by-%td\n    got       %.17g\n    want      %.17g\n    differ by %g, "
                    "tolerance %g\n",
                    what, k % m + 1, k / m + 1, m, n, got[k], want[k], fabs(got[k] - want[k]), tolerance);
        _fail(file, line);
    }
}

void lsa_check_at_most(double got, double bound, const char *what, const char *file, int line)
{
    if (got <= bound)
        return;
    print_error("%s\n    got     %.17g\n    at most %.17g\n", what, got, bound);
    _fail(file, line);
}

void lsa_check_at_least(double got, double bound, const char *what, const char *file, int line)
{
    if (got >= bound)
        return;
    print_error("%s\n    got      %.17g\n    at least %.17g\n", what, got, bound);
    _fail(file, line);
}

void lsa_check_status(lsa_status got, lsa_status expected, const lsa_error *err, const char *what, const char *file,
                      int line)
{
    if (got == expected)
        return;
    print_error("%s\n    got  %s\n    want %s\n%s\n", what, lsa_status_text(got), lsa_status_text(expected),
                err != NULL && got != LSA_OK ? err->text : "");
    _fail(file, line);
}

void lsa_check_contains(const char *text, const char *part, const char *what, const char *file, int line)
{
    if (strstr(text, part) != NULL)
        return;
    print_error("%s\n    got      \"%s\"\n    lacks    \"%s\"\n", what, text, part);
    _fail(file, line);
}

void lsa_estimate_init(lsa_estimate *estimate, ptrdiff_t m)
{
    *estimate = (lsa_estimate){.m = m, .mean = lsa_vec_create(m), .squares = lsa_vec_create(m)};
    assert_non_null(estimate->mean);
    assert_non_null(estimate->squares);
}

void lsa_estimate_clear(lsa_estimate *estimate)
{
    free(estimate->mean);
    free(estimate->squares);
    *estimate = (lsa_estimate){0};
}

void lsa_estimate_add(lsa_estimate *estimate, const double *draw)
{
    const double count = (double)++estimate->draws;
    for (ptrdiff_t i = 0; i < estimate->m; ++i) {
        const double before = draw[i] - estimate->mean[i];
        estimate->mean[i] += before / count;
        estimate->squares[i] += before * (draw[i] - estimate->mean[i]);
    }
}

double lsa_zscore_max(const lsa_estimate *estimate, const double *exact)
{
    const double count = (double)estimate->draws;
    double max = 0.0;
    for (ptrdiff_t i = 0; i < estimate->m; ++i) {
        const double deviation = fabs(estimate->mean[i] - exact[i]);
        const double error = sqrt(estimate->squares[i] / (count - 1.0) / count);
        if (!(deviation == 0.0))
            max = fmax(max, isnan(deviation) ? HUGE_VAL : deviation / error);
    }
    return max;
}

double lsa_zscore_threshold(ptrdiff_t m, double alpha)
{
    return lsa_normal_upper_quantile(alpha / (2.0 * (double)m));
}
