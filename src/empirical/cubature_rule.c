/* cubature_rule.c - rules of cubature, law by law. */
#include "empirical/cubature_rule.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <string.h>

static const double two_pi = 6.283185307179586476925286766559;

static lsa_status make_rule(lsa_arena *arena, ptrdiff_t dims, ptrdiff_t count, lsa_rule *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (lsa_rule){dims, count, lsa_arena_alloc(arena, (size_t)(dims * count), sizeof(double)),
                      lsa_arena_alloc(arena, (size_t)count, sizeof(double))};
    LSA_TRY_MEMORY(out->point && out->weight ? out->point : NULL, "a rule of cubature");
done:
    return status;
}

/* ---- Gauss rules of one number ---------------------------------------------------------------------------------- */

/* n nodes ascending and weights, exact to degree 2n - 1, from a_0 .. a_(n-1) and b_1 .. b_(n-1) (b_0 is not read). */
static lsa_status gauss(lsa_arena *arena, ptrdiff_t n, const double *a, const double *b, lsa_rule *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(make_rule(arena, 1, n, out, err));
    double *jacobi = lsa_arena_alloc(arena, (size_t)(n * n), sizeof *jacobi);
    LSA_TRY_MEMORY(jacobi, "a rule of cubature");
    for (ptrdiff_t k = 0; k < n; k++) {
        jacobi[k + k * n] = a[k];
        if (k > 0)
            jacobi[k + (k - 1) * n] = jacobi[k - 1 + k * n] = sqrt(b[k]);
    }
    LSA_TRY(lsa_mat_eigen(n, jacobi, out->point, jacobi, err));
    for (ptrdiff_t k = 0; k < n; k++)
        out->weight[k] = jacobi[k * n] * jacobi[k * n];
done:
    return status;
}

/* A recurrence by formula: a_k and b_k for k >= 1 of a family with one number. */
typedef double coefficient(double k, double p);

static lsa_status gauss_by(lsa_arena *arena, int degree, coefficient *a, coefficient *b, double p, lsa_rule *out,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = degree / 2 + 1;
    double *both = lsa_arena_alloc(arena, 2 * (size_t)n, sizeof *both);
    LSA_TRY_MEMORY(both, "a rule of cubature");
    for (ptrdiff_t k = 0; k < n; k++) {
        both[k] = a((double)k, p);
        both[n + k] = k > 0 ? b((double)k, p) : 0.0;
    }
    LSA_TRY(gauss(arena, n, both, both + n, out, err));
done:
    return status;
}

static double zero(double k, double p)
{
    (void)k;
    (void)p;
    return 0.0;
}

/* Hermite of N(0, 1): b_k = k. */
static double hermite(double k, double p)
{
    (void)p;
    return k;
}

/* Gegenbauer of (1 - t^2)^(p - 1/2) on [-1, 1]; p = 1/2 is Legendre's. */
static double gegenbauer(double k, double p)
{
    return k * (k + 2.0 * p - 1.0) / (4.0 * (k + p) * (k + p - 1.0));
}

/* Laguerre of t^(p-1) e^-t, a gamma law of shape p. */
static double laguerre_a(double k, double p)
{
    return 2.0 * k + p;
}

static double laguerre_b(double k, double p)
{
    return k * (k + p - 1.0);
}

/* Nodes of a symmetric law, made so to the last digit. */
static void make_symmetric(lsa_rule *rule)
{
    const ptrdiff_t n = rule->count;
    for (ptrdiff_t k = 0; 2 * k < n; k++) {
        const double node = (rule->point[n - 1 - k] - rule->point[k]) / 2.0;
        const double weight = (rule->weight[n - 1 - k] + rule->weight[k]) / 2.0;
        rule->point[k] = -node;
        rule->point[n - 1 - k] = node;
        rule->weight[k] = rule->weight[n - 1 - k] = weight;
    }
}

static lsa_status symmetric(lsa_arena *arena, int degree, coefficient *b, double p, lsa_rule *out, lsa_error *err)
{
    const lsa_status status = gauss_by(arena, degree, zero, b, p, out, err);
    if (status == LSA_OK)
        make_symmetric(out);
    return status;
}

lsa_status lsa_rule_normal(lsa_arena *arena, int degree, lsa_rule *out, lsa_error *err)
{
    return symmetric(arena, degree, hermite, 0.0, out, err);
}

static void map_points(lsa_rule *rule, double shift, double scale)
{
    for (ptrdiff_t k = 0; k < rule->count; k++)
        rule->point[k] = shift + scale * rule->point[k];
}

static lsa_status gamma_rule(lsa_arena *arena, double shape, double scale, int degree, lsa_rule *out, lsa_error *err)
{
    const lsa_status status = gauss_by(arena, degree, laguerre_a, laguerre_b, shape, out, err);
    if (status == LSA_OK)
        map_points(out, 0.0, scale);
    return status;
}

lsa_status lsa_rule_chi_square(lsa_arena *arena, double k, int degree, lsa_rule *out, lsa_error *err)
{
    return gamma_rule(arena, k / 2.0, 2.0, degree, out, err);
}

static lsa_status uniform_rule(lsa_arena *arena, double low, double high, int degree, lsa_rule *out, lsa_error *err)
{
    const lsa_status status = symmetric(arena, degree, gegenbauer, 0.5, out, err);
    if (status == LSA_OK)
        map_points(out, (low + high) / 2.0, (high - low) / 2.0);
    return status;
}

static lsa_status two_point_rule(lsa_arena *arena, double a, double b, double p, lsa_rule *out, lsa_error *err)
{
    const lsa_status status = make_rule(arena, 1, 2, out, err);
    if (status == LSA_OK) {
        memcpy(out->point, (double[]){a, b}, 2 * sizeof(double));
        memcpy(out->weight, (double[]){p, 1.0 - p}, 2 * sizeof(double));
    }
    return status;
}

static lsa_status point_rule(lsa_arena *arena, double value, lsa_rule *out, lsa_error *err)
{
    const lsa_status status = make_rule(arena, 1, 1, out, err);
    if (status == LSA_OK) {
        out->point[0] = value;
        out->weight[0] = 1.0;
    }
    return status;
}

lsa_status lsa_rule_law(lsa_arena *arena, const lsa_law *law, int degree, lsa_rule *out, lsa_error *err)
{
    const double *p = law->parameter;
    switch (law->kind) {
    case LSA_LAW_EXPONENTIAL:
        return gamma_rule(arena, 1.0, p[0], degree, out, err);
    case LSA_LAW_GAMMA:
        return gamma_rule(arena, p[0], p[1], degree, out, err);
    case LSA_LAW_UNIFORM:
        return uniform_rule(arena, p[0], p[1], degree, out, err);
    case LSA_LAW_TWO_POINT:
        return two_point_rule(arena, p[0], p[1], p[2], out, err);
    default:
        return point_rule(arena, p[0], out, err);
    }
}

/* ---- Student's tau ---------------------------------------------------------------------------------------------- */

/* The recurrence of the law with moments m_0 .. m_(2n-1), by Chebyshev's algorithm (Gautschi 2004, 2.1.7). */
static void chebyshev(ptrdiff_t n, const long double *m, double *a, double *b)
{
    enum { MOST = 32 };
    long double before[MOST] = {0}, now[MOST] = {0}, next[MOST] = {0};
    long double a_k = m[1] / m[0], b_k = m[0];
    memcpy(now, m, 2 * (size_t)n * sizeof *m);
    for (ptrdiff_t k = 0;; k++) {
        a[k] = (double)a_k;
        b[k] = (double)b_k;
        if (k + 1 == n)
            return;
        for (ptrdiff_t l = k + 1; l < 2 * n - k - 1; l++)
            next[l] = now[l + 1] - a_k * now[l] - (k > 0 ? b_k * before[l] : 0.0L);
        const long double old = now[k + 1] / now[k];
        a_k = next[k + 2] / next[k + 1] - old;
        b_k = next[k + 1] / now[k];
        memcpy(before, now, sizeof now);
        memcpy(now, next, sizeof now);
    }
}

/* E tau^m for m = 0 .. count - 1. */
static void student_moments(double nu, ptrdiff_t count, long double *m)
{
    m[0] = 1.0L;
    for (ptrdiff_t k = 1; k < count; k++)
        m[k] = m[k - 1] * ((long double)nu - 2.0L) / ((long double)nu - 2.0L * (long double)k);
}

/* Odd degree: Gauss's rule. Even degree 2n: a node at 0 beside the n of Gauss's rule for the law t dP(t)/E t, whose
 * weights are then divided by t (Radau). */
lsa_status lsa_rule_student(lsa_arena *arena, double nu, int degree, lsa_rule *out, lsa_error *err)
{
    enum { MOST = 15 };
    lsa_status status = LSA_OK;
    long double m[2 * MOST + 2];
    double a[MOST + 1], b[MOST + 1];
    if (degree > 2 * MOST)
        return lsa_error_set(err, LSA_ERR_UNABLE, "moments of Student t covariates of degree %d", 2 * degree);
    if (degree > 0 && !(nu > 2.0 * degree))
        return lsa_error_set(err, LSA_ERR_DOMAIN,
                             "Student t covariates of %g degrees of freedom have no moments of "
                             "degree %d (more than that many are needed)",
                             nu, 2 * degree);
    if (degree < 2)
        return point_rule(arena, 1.0, out, err);
    const bool at_zero = degree % 2 == 0;
    const ptrdiff_t n = (degree + 1) / 2;
    lsa_rule inner;
    student_moments(nu, degree + 1, m);
    chebyshev(n, at_zero ? m + 1 : m, a, b);
    LSA_TRY(gauss(arena, n, a, b, &inner, err));
    LSA_TRY(make_rule(arena, 1, n + at_zero, out, err));
    out->weight[n + at_zero - 1] = 1.0;
    for (ptrdiff_t k = 0; k < n; k++) {
        out->point[k] = inner.point[k];
        out->weight[k] = at_zero ? inner.weight[k] / inner.point[k] : inner.weight[k];
        if (at_zero)
            out->weight[n] -= out->weight[k];
    }
done:
    return status;
}

/* ---- Rules of several numbers ----------------------------------------------------------------------------------- */

/* -1, 0 or 1: the sign of the first number that is not 0. */
static int leading_sign(ptrdiff_t n, const double *x)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (x[i] != 0.0)
            return x[i] < 0.0 ? -1 : 1;
    return 0;
}

/* Of each pair x, -x of a symmetric rule one point, with the weight of both. */
static void halve(lsa_rule *rule)
{
    ptrdiff_t kept = 0;
    for (ptrdiff_t k = 0; k < rule->count; k++) {
        const int sign = leading_sign(rule->dims, rule->point + k * rule->dims);
        if (sign < 0)
            continue;
        memmove(rule->point + kept * rule->dims, rule->point + k * rule->dims, (size_t)rule->dims * sizeof(double));
        rule->weight[kept++] = (sign == 0 ? 1.0 : 2.0) * rule->weight[k];
    }
    rule->count = kept;
}

/* (1/n) sum over i of f(+-sqrt(n) e_i)/2 is exact to degree 3. */
static lsa_status cross_polytope(lsa_arena *arena, ptrdiff_t n, lsa_rule *out, lsa_error *err)
{
    const lsa_status status = make_rule(arena, n, n, out, err);
    for (ptrdiff_t i = 0; status == LSA_OK && i < n; i++) {
        out->point[i + i * n] = sqrt((double)n);
        out->weight[i] = 1.0 / (double)n;
    }
    return status;
}

/* The n + 1 vertices of a regular simplex, from Helmert's matrix: exact to degree 2. */
static lsa_status simplex(lsa_arena *arena, ptrdiff_t n, lsa_rule *out, lsa_error *err)
{
    const lsa_status status = make_rule(arena, n, n + 1, out, err);
    for (ptrdiff_t k = 0; status == LSA_OK && k <= n; k++) {
        out->weight[k] = 1.0 / (double)(n + 1);
        for (ptrdiff_t i = 0; i < n; i++) {
            const double r = sqrt((double)(n + 1) / ((double)(i + 1) * (double)(i + 2)));
            out->point[i + k * n] = k <= i ? r : k == i + 1 ? -r * (double)(i + 1) : 0.0;
        }
    }
    return status;
}

/* Degree 5: 0, +-sqrt(3) e_i, +-sqrt(3) e_i +-sqrt(3) e_j. */
static lsa_status mcnamee_stenger(lsa_arena *arena, ptrdiff_t n, lsa_rule *out, lsa_error *err)
{
    const lsa_status status = make_rule(arena, n, 2 * n * n + 1, out, err);
    if (status != LSA_OK)
        return status;
    const double r = sqrt(3.0), m = (double)n;
    ptrdiff_t k = 0;
    out->weight[k++] = (18.0 - 7.0 * m + m * m) / 18.0;
    for (ptrdiff_t i = 0; i < n; i++)
        for (int s = -1; s <= 1; s += 2) {
            out->point[i + k * n] = s * r;
            out->weight[k++] = (4.0 - m) / 18.0;
        }
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t j = 0; j < i; j++)
            for (int signs = 0; signs < 4; signs++) {
                out->point[i + k * n] = signs & 1 ? r : -r;
                out->point[j + k * n] = signs & 2 ? r : -r;
                out->weight[k++] = 1.0 / 36.0;
            }
    return status;
}

/* All combinations of the points of two rules. */
static lsa_status product(lsa_arena *arena, const lsa_rule *x, const lsa_rule *y, lsa_rule *out, lsa_error *err)
{
    const lsa_status status = make_rule(arena, x->dims + y->dims, x->count * y->count, out, err);
    for (ptrdiff_t k = 0; status == LSA_OK && k < out->count; k++) {
        const ptrdiff_t i = k / y->count, j = k % y->count;
        memcpy(out->point + k * out->dims, x->point + i * x->dims, (size_t)x->dims * sizeof(double));
        memcpy(out->point + k * out->dims + x->dims, y->point + j * y->dims, (size_t)y->dims * sizeof(double));
        out->weight[k] = x->weight[i] * y->weight[j];
    }
    return status;
}

static lsa_status tensor(lsa_arena *arena, ptrdiff_t n, int degree, lsa_rule *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_rule line, part;
    LSA_TRY(lsa_rule_normal(arena, 2 * degree, &line, err));
    *out = line;
    for (ptrdiff_t i = 1; i < n; i++) {
        part = *out;
        LSA_TRY(product(arena, &part, &line, out, err));
    }
done:
    return status;
}

lsa_status lsa_rule_gaussian(lsa_arena *arena, ptrdiff_t n, int degree, lsa_parity parity, lsa_rule *out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (n == 0 || degree == 0) {
        LSA_TRY(make_rule(arena, n, 1, out, err));
        out->weight[0] = 1.0;
    } else if (degree == 1) {
        LSA_TRY(parity == LSA_PARITY_MIXED ? simplex(arena, n, out, err) : cross_polytope(arena, n, out, err));
    } else {
        LSA_TRY(degree == 2 ? mcnamee_stenger(arena, n, out, err) : tensor(arena, n, degree, out, err));
        if (parity != LSA_PARITY_MIXED)
            halve(out);
    }
done:
    return status;
}

double lsa_rule_gaussian_count(ptrdiff_t n, int degree, lsa_parity parity)
{
    const double m = (double)n;
    if (n == 0 || degree == 0)
        return 1.0;
    if (degree == 1)
        return parity == LSA_PARITY_MIXED ? m + 1.0 : m;
    const double all = degree == 2 ? 2.0 * m * m + 1.0 : pow(degree + 1.0, m);
    return parity == LSA_PARITY_MIXED ? all : ceil(all / 2.0);
}

/* ---- The sphere ------------------------------------------------------------------------------------------------- */

/* Of a polynomial of degree n and its parity an even number of points on the circle, more than n, is exact. */
static ptrdiff_t circle_count(int degree)
{
    return 2 * (ptrdiff_t)degree + 2;
}

static lsa_status circle(lsa_arena *arena, int degree, lsa_rule *out, lsa_error *err)
{
    const ptrdiff_t n = circle_count(degree);
    const lsa_status status = make_rule(arena, 2, n, out, err);
    for (ptrdiff_t k = 0; status == LSA_OK && k < n / 2; k++) {
        const double angle = two_pi * ((double)k + 0.5) / (double)n - two_pi / 4.0, c = cos(angle), s = sin(angle);
        memcpy(out->point + 2 * k, (double[]){c, s}, 2 * sizeof(double));
        memcpy(out->point + 2 * (k + n / 2), (double[]){-c, -s}, 2 * sizeof(double));
        out->weight[k] = out->weight[k + n / 2] = 1.0 / (double)n;
    }
    return status;
}

static lsa_status pair_of_points(lsa_arena *arena, lsa_rule *out, lsa_error *err)
{
    return two_point_rule(arena, 1.0, -1.0, 0.5, out, err);
}

/* (t, sqrt(1 - t^2) s) with s on the sphere of one dimension less, t of density (1 - t^2)^((d-3)/2). */
static lsa_status whole_sphere(lsa_arena *arena, ptrdiff_t d, int degree, lsa_rule *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_rule height, lower;
    if (d == 1)
        return pair_of_points(arena, out, err);
    if (d == 2)
        return circle(arena, degree, out, err);
    LSA_TRY(symmetric(arena, 2 * degree, gegenbauer, ((double)d - 2.0) / 2.0, &height, err));
    LSA_TRY(whole_sphere(arena, d - 1, degree, &lower, err));
    LSA_TRY(product(arena, &height, &lower, out, err));
    for (ptrdiff_t k = 0; k < out->count; k++)
        lsa_vec_scale(d - 1, sqrt(1.0 - out->point[k * d] * out->point[k * d]), out->point + k * d + 1);
done:
    return status;
}

lsa_status lsa_rule_sphere(lsa_arena *arena, ptrdiff_t d, int degree, lsa_parity parity, lsa_rule *out, lsa_error *err)
{
    const lsa_status status = whole_sphere(arena, d, degree, out, err);
    if (status == LSA_OK && parity != LSA_PARITY_MIXED)
        halve(out);
    return status;
}

double lsa_rule_sphere_count(ptrdiff_t d, int degree)
{
    return d == 1 ? 2.0 : (double)circle_count(degree) * pow(degree + 1.0, (double)d - 2.0);
}
