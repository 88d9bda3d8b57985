/* teacher.c - nonlinear teachers y = g(<v, x>) on Gaussian covariates: their moments in closed form.  (W24)
 *
 * With z = <v, x> = m + sigma Z, the rest of x is independent of Z: x = mean + b Z + x', b = Lambda v / sigma. Hence
 *     E[xy] = mean E[g] + b E[gZ],
 *     E[y^2 x x'] = E[g^2] (Lambda - b b' + mean mean') + E[g^2 Z^2] b b' + E[g^2 Z] (b mean' + mean b').
 * Of y, an affine function of z is E[g] - E[gZ] t + (E[gZ]/sigma) z, t = m/sigma; x explains its linear part, and of the
 * constant 1 all but 1/(1 + q), q = mean' Lambda^-1 mean (no intercept); nothing of x explains the rest of g. */
#include "base/try.h"
#include "lsaflow/theory_labels.h"
#include "theory/extended.h"
#include "theory/risk.h"
#include "theory/setting_view.h"
#include <math.h>
#include <stdlib.h>

enum { DEGREE = LSA_THEORY_TEACHER_DEGREE };

typedef struct moments {
    long double mean, slope, square[3], rest;
} moments;

/* ---- Polynomials ---- */

static const double cubic[4] = {0.0, 0.0, 0.0, 1.0}, quadratic[3] = {0.0, 0.0, 1.0};

/* The coefficients of a polynomial teacher; their number, or 0. */
static ptrdiff_t polynomial(const lsa_teacher *t, const double **c)
{
    switch (t->kind) {
    case LSA_TEACHER_CUBIC:
        *c = cubic;
        return 4;
    case LSA_TEACHER_QUADRATIC:
        *c = quadratic;
        return 3;
    case LSA_TEACHER_POLYNOMIAL:
        *c = t->coefficients;
        return t->n_coefficients;
    case LSA_TEACHER_RELU:
    case LSA_TEACHER_SIGN:
    case LSA_TEACHER_SINE:
        break;
    }
    return 0;
}

/* p(Z) = g(m + sigma Z), by Horner's rule on polynomials. */
static void shifted(ptrdiff_t count, const double *c, long double m, long double sigma, long double p[DEGREE + 1])
{
    for (ptrdiff_t j = 0; j <= DEGREE; j++)
        p[j] = 0.0L;
    for (ptrdiff_t k = count - 1; k >= 0; k--) {
        for (ptrdiff_t j = DEGREE; j > 0; j--)
            p[j] = m * p[j] + sigma * p[j - 1];
        p[0] = m * p[0] + (long double)c[k];
    }
}

/* E Z^n = (n - 1)!! for even n. */
static long double gaussian_moment(ptrdiff_t n)
{
    long double product = n % 2 == 0 ? 1.0L : 0.0L;
    for (ptrdiff_t k = n - 1; k > 0; k -= 2)
        product *= (long double)k;
    return product;
}

/* E[Z^n He_k(Z)] = n! / (2^h h!), h = (n - k)/2, where n >= k have the same parity. */
static long double hermite_moment(ptrdiff_t n, ptrdiff_t k)
{
    long double product = 1.0L;
    if (n < k || (n - k) % 2 != 0)
        return 0.0L;
    for (ptrdiff_t j = 2; j <= n; j++)
        product *= (long double)j;
    for (ptrdiff_t h = (n - k) / 2; h > 0; h--)
        product /= 2.0L * (long double)h;
    return product;
}

/* The part of Hermite degree 2 and more: a sum of squares, so that nothing cancels. */
static long double polynomial_rest(const long double p[DEGREE + 1])
{
    long double rest = 0.0L, factorial = 1.0L;
    for (ptrdiff_t k = 2; k <= DEGREE; k++) {
        long double sum = 0.0L;
        for (ptrdiff_t n = k; n <= DEGREE; n++)
            sum += p[n] * hermite_moment(n, k);
        factorial *= (long double)k;
        rest += sum * sum / factorial;
    }
    return rest;
}

static moments polynomial_moments(ptrdiff_t count, const double *c, long double m, long double sigma)
{
    long double p[DEGREE + 1];
    moments out = {.mean = 0.0L};
    shifted(count, c, m, sigma, p);
    for (ptrdiff_t j = 0; j <= DEGREE; j++) {
        out.mean += p[j] * gaussian_moment(j);
        out.slope += p[j] * gaussian_moment(j + 1);
        for (ptrdiff_t k = 0; k <= DEGREE; k++)
            for (ptrdiff_t power = 0; power < 3; power++)
                out.square[power] += p[j] * p[k] * gaussian_moment(j + k + power);
    }
    out.rest = polynomial_rest(p);
    return out;
}

/* ---- The others ---- */

/* By Stein's identity E[h Z] = sigma E[h']. */
static moments relu_moments(long double m, long double sigma)
{
    const long double t = m / sigma, root2 = sqrtl(2.0L), pi = acosl(-1.0L);
    const long double density = expl(-0.5L * t * t) / sqrtl(2.0L * pi), above = 0.5L * erfcl(-t / root2);
    moments out = {.mean = sigma * (t * above + density), .slope = sigma * above};
    out.square[0] = sigma * sigma * ((t * t + 1.0L) * above + t * density);
    out.square[1] = 2.0L * sigma * out.mean;
    out.square[2] = out.square[0] + 2.0L * sigma * sigma * above;
    out.rest = fmaxl(out.square[0] - out.mean * out.mean - out.slope * out.slope, 0.0L);
    return out;
}

static moments sign_moments(long double m, long double sigma)
{
    const long double t = m / sigma, root2 = sqrtl(2.0L), pi = acosl(-1.0L);
    moments out = {
        .mean = erfl(t / root2), .slope = expl(-0.5L * t * t) * sqrtl(2.0L / pi), .square = {1.0L, 0.0L, 1.0L}};
    /* 1 - E[g]^2 as a product, which keeps the digits far from zero. */
    const long double variance = erfcl(fabsl(t) / root2) * (1.0L + fabsl(out.mean));
    out.rest = fmaxl(variance - out.slope * out.slope, 0.0L);
    return out;
}

/* cosh x - 1 and sinh x - x, also for small x. */
static long double even_rest(long double x)
{
    const long double s = sinhl(0.5L * x);
    return 2.0L * s * s;
}

static long double odd_rest(long double x)
{
    long double term = x * x * x / 6.0L, sum = 0.0L;
    if (x > 1.0L)
        return sinhl(x) - x;
    for (ptrdiff_t n = 4; n <= 30; n += 2) { /* x <= 1: the last term is below 1e-33 */
        sum += term;
        term *= x * x / ((long double)n * (long double)(n + 1));
    }
    return sum;
}

/* E e^{i f z} = e^{i f m - a}, a = f^2 sigma^2 / 2, and its derivatives; g^2 = (1 - cos 2 f z)/2. With A = 2a the part of
 * Hermite degree k carries A^k/k! e^-A, times sin^2 for even k and cos^2 for odd k. */
static moments sine_moments(long double f, long double m, long double sigma)
{
    const long double A = f * f * sigma * sigma, decay = expl(-0.5L * A), twice = expl(-2.0L * A);
    const long double s = sinl(f * m), c = cosl(f * m), s2 = sinl(2.0L * f * m), c2 = cosl(2.0L * f * m);
    moments out = {.mean = s * decay, .slope = f * sigma * c * decay};
    out.square[0] = 0.5L * (1.0L - c2 * twice);
    out.square[1] = f * sigma * s2 * twice;
    out.square[2] = 0.5L * (1.0L - (1.0L - 4.0L * A) * c2 * twice);
    if (A < 50.0L) /* beyond, e^-A is below rounding, and sinh would soon overflow */
        out.rest = expl(-A) * (s * s * even_rest(A) + c * c * odd_rest(A));
    else
        out.rest = 0.5L;
    return out;
}

double lsa_theory_teacher_value(const lsa_teacher *t, double z)
{
    const double *c = NULL;
    double value = 0.0;
    for (ptrdiff_t k = polynomial(t, &c) - 1; k >= 0; k--)
        value = value * z + c[k];
    switch (t->kind) {
    case LSA_TEACHER_RELU:
        return fmax(z, 0.0);
    case LSA_TEACHER_SIGN:
        return (double)((z > 0.0) - (z < 0.0));
    case LSA_TEACHER_SINE:
        return sin(t->frequency * z);
    case LSA_TEACHER_CUBIC:
    case LSA_TEACHER_QUADRATIC:
    case LSA_TEACHER_POLYNOMIAL:
        break;
    }
    return value;
}

/* z does not vary. */
static moments constant_moments(const lsa_teacher *t, long double m)
{
    const long double g = (long double)lsa_theory_teacher_value(t, (double)m);
    return (moments){.mean = g, .square = {g * g, 0.0L, g * g}};
}

static lsa_status check(const lsa_teacher *t, lsa_error *err)
{
    const double *c = NULL;
    const ptrdiff_t count = polynomial(t, &c);
    if (t->kind == LSA_TEACHER_SINE && !isfinite(t->frequency))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the frequency of a sine teacher must be finite");
    if (t->kind == LSA_TEACHER_POLYNOMIAL && (count < 1 || count > DEGREE + 1))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "a polynomial teacher has 1 to %d coefficients, got %td", DEGREE + 1,
                             count);
    for (ptrdiff_t k = 0; k < count; k++)
        if (!isfinite(c[k]))
            return lsa_error_set(err, LSA_ERR_DOMAIN, "a coefficient of the polynomial teacher is not finite");
    return LSA_OK;
}

static lsa_status moments_at(const lsa_teacher *t, long double m, long double sigma, moments *out, lsa_error *err)
{
    const double *c = NULL;
    const lsa_status status = check(t, err);
    if (status != LSA_OK)
        return status;
    if (!isfinite(m) || !isfinite(sigma) || sigma < 0.0L)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "a teacher's argument needs a finite mean and deviation >= 0");
    const ptrdiff_t count = polynomial(t, &c);
    if (sigma == 0.0L)
        *out = constant_moments(t, m);
    else if (count > 0)
        *out = polynomial_moments(count, c, m, sigma);
    else if (t->kind == LSA_TEACHER_SINE)
        *out = sine_moments((long double)t->frequency, m, sigma);
    else
        *out = t->kind == LSA_TEACHER_RELU ? relu_moments(m, sigma) : sign_moments(m, sigma);
    return LSA_OK;
}

lsa_status lsa_theory_teacher_moments_at(const lsa_teacher *teacher, double m, double sigma,
                                         lsa_theory_teacher_moments *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    moments x = {.mean = 0.0L};
    LSA_TRY(moments_at(teacher, (long double)m, (long double)sigma, &x, err));
    *out = (lsa_theory_teacher_moments){.mean = (double)x.mean,
                                        .slope = (double)x.slope,
                                        .square = {(double)x.square[0], (double)x.square[1], (double)x.square[2]},
                                        .rest = (double)x.rest};
done:
    return status;
}

/* ---- Labels ---- */

/* The vectors of one setting, d numbers each: b, the mean, E[xy], the best linear predictor of the constant 1. */
typedef struct label_work {
    long double *direction, *b, *mean, *h, *one;
    long double m, sigma, unexplained; /* unexplained = 1/(1 + q) */
} label_work;

/* z = <v, x>: m, sigma and b. */
static void set_argument(const ext_matrix *Lambda, label_work *w)
{
    long double variance = 0.0L;
    ext_vector_transposed(Lambda, w->direction, w->b);
    w->m = 0.0L;
    for (ptrdiff_t i = 0; i < Lambda->d; i++) {
        variance += w->direction[i] * w->b[i];
        w->m += w->direction[i] * w->mean[i];
    }
    w->sigma = sqrtl(fmaxl(variance, 0.0L));
    for (ptrdiff_t i = 0; i < Lambda->d; i++)
        w->b[i] = w->sigma > 0.0L ? w->b[i] / w->sigma : 0.0L;
}

/* The w that makes <w, x> as constant as it can be, and what is left of 1: Lambda^-1 mean/(1 + q), 1/(1 + q); where the
 * mean leaves range(Lambda), its part n outside gives <n, x>/|n|^2 = 1 exactly. */
static lsa_status explain_constant(const ext_matrix *Lambda, label_work *w, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = Lambda->d;
    long double q = 0.0L, outside = 0.0L, size = 0.0L;
    for (ptrdiff_t i = 0; i < d; i++)
        size += w->mean[i] * w->mean[i];
    w->unexplained = 1.0L; /* and one = 0: without a mean, nothing explains a constant */
    if (size == 0.0L)
        goto done;
    LSA_TRY(ext_pseudo_solve(Lambda, w->mean, w->one, err));
    ext_vector_transposed(Lambda, w->one, w->h); /* the part of the mean inside the range */
    for (ptrdiff_t i = 0; i < d; i++) {
        w->h[i] = w->mean[i] - w->h[i];
        outside += w->h[i] * w->h[i];
        q += w->mean[i] * w->one[i];
    }
    const bool inside = outside <= 1e-24L * size; /* 1e-12 of the mean: what a mean given in doubles may stray */
    w->unexplained = inside ? 1.0L / (1.0L + q) : 0.0L;
    for (ptrdiff_t i = 0; i < d; i++)
        w->one[i] = inside ? w->one[i] / (1.0L + q) : w->h[i] / outside;
done:
    return status;
}

static void fill_covariance(const ext_matrix *Lambda, const label_work *w, const moments *g, long double noise,
                            double *S)
{
    const ptrdiff_t d = Lambda->d;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            const long double bb = w->b[i] * w->b[j], mm = w->mean[i] * w->mean[j];
            const long double bm = w->b[i] * w->mean[j] + w->mean[i] * w->b[j];
            S[i + j * d] = (double)((g->square[0] + noise) * (ext_entry(Lambda, i, j) + mm) +
                                    (g->square[2] - g->square[0]) * bb + g->square[1] * bm - w->h[i] * w->h[j]);
        }
}

/* a, S and the best linear error once g's moments are known. */
static lsa_status fill_labels(const ext_matrix *Lambda, label_work *w, const moments *g, long double noise,
                              bool query_noise, double *a, double *S, double *best_linear, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool varies = w->sigma > 0.0L;
    const long double constant = g->mean - (varies ? g->slope * w->m / w->sigma : 0.0L);
    LSA_TRY(explain_constant(Lambda, w, err));
    for (ptrdiff_t i = 0; i < Lambda->d; i++) {
        w->h[i] = g->mean * w->mean[i] + g->slope * w->b[i];
        a[i] = (double)((varies ? g->slope / w->sigma * w->direction[i] : 0.0L) + constant * w->one[i]);
    }
    fill_covariance(Lambda, w, g, noise, S);
    *best_linear = (double)(g->rest + constant * constant * w->unexplained + (query_noise ? noise : 0.0L));
done:
    return status;
}

lsa_status lsa_theory_teacher_labels(const lsa_setting *test, double *a, double *S, double *best_linear, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Lambda = {.d = 0};
    long double *space = NULL;
    moments g = {.mean = 0.0L};
    const ptrdiff_t d = test->covariance->d;
    LSA_TRY(theory_check_setting(test, err));
    LSA_TRY(theory_check_context_law(test, err));
    LSA_TRY(theory_covariance(&Lambda, test->covariance, "the covariance", err));
    space = ext_vec_create(5 * d);
    LSA_TRY_MEMORY(space, "the moments of a teacher");
    label_work w = {
        .direction = space, .b = space + d, .mean = space + 2 * d, .h = space + 3 * d, .one = space + 4 * d};
    for (ptrdiff_t i = 0; i < d; i++) {
        w.direction[i] = (long double)test->task_vector[i];
        w.mean[i] = test->mean != NULL ? (long double)test->mean[i] : 0.0L;
    }
    set_argument(&Lambda, &w);
    LSA_TRY(moments_at(&test->teacher, w.m, w.sigma, &g, err));
    LSA_TRY(fill_labels(&Lambda, &w, &g, (long double)test->label_noise, test->query_noise, a, S, best_linear, err));
done:
    ext_clear(&Lambda);
    free(space);
    return status;
}
