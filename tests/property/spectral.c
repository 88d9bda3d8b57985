/* Random paths of the scalar equation against Taylor's series of the flow itself, in extended precision and in the time:
 * each is exact to 1e-11 of the size of the path, or refused; and none is further off than it says. */
#include "base/matrix.h"
#include "base/rng.h"
#include "check.h"
#include "draw.h"
#include "spectral/error_bound.h"
#include "spectral/spectral_path.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Modes and decays at most; terms of the reference's series, its steps at most, and the times that are compared. */
enum { MODES = 8, DECAYS = 4, TERMS = 36, STEPS = 600, TIMES = 40 };

typedef long double real;

typedef struct model {
    int n, m;
    double h[MODES], b[MODES], U[MODES], a[DECAYS], w[DECAYS], u;
    double constant; /* u^2 - sum U^2 - sum w */
    double condition, sigma;
} model;

/* The reference: a series of u, U and the squares W in t, u closed by the conserved quantity where that has its digits. */
typedef struct series {
    real u[TERMS + 1], U[MODES][TERMS + 1], W[DECAYS][TERMS + 1];
    real constant;
} series;

static real product(int j, const real *x, const real *y)
{
    real sum = 0.0L;
    for (int i = 0; i <= j; i++)
        sum += x[i] * y[j - i];
    return sum;
}

static void expand(const model *p, series *s)
{
    real v[TERMS + 1], loss[TERMS + 1];
    for (int j = 0; j < TERMS; j++) {
        real drive = 0.0L;
        loss[j] = 0.0L;
        v[j] = product(j, s->u, s->u);
        for (int k = 0; k < p->n; k++) {
            drive += p->b[k] * s->U[k][j];
            loss[j] += p->h[k] * product(j, s->U[k], s->U[k]);
            s->U[k][j + 1] = (p->b[k] * s->u[j] - p->h[k] * product(j, v, s->U[k])) / (j + 1);
        }
        for (int q = 0; q < p->m; q++) {
            loss[j] += p->a[q] * s->W[q][j];
            s->W[q][j + 1] = -2.0L * p->a[q] * product(j, v, s->W[q]) / (j + 1);
        }
        s->u[j + 1] = (drive - product(j, s->u, loss)) / (j + 1);
    }
}

static real largest_term(const model *p, const series *s, int j)
{
    real size = fabsl(s->u[j]);
    for (int k = 0; k < p->n; k++)
        size = fmaxl(size, fabsl(s->U[k][j]));
    return size;
}

static real step_of(const model *p, const series *s)
{
    real step = INFINITY;
    for (int j = TERMS - 1; j <= TERMS; j++)
        step = fminl(step, powl(1e-21L * largest_term(p, s, 0) / largest_term(p, s, j), 1.0L / j));
    return 0.8L * step;
}

static real value(const real *c, real t)
{
    real sum = 0.0L;
    for (int j = TERMS; j >= 0; j--)
        sum = sum * t + c[j];
    return sum;
}

static void move(const model *p, series *s, real step)
{
    real square = 0.0L;
    s->u[0] = value(s->u, step);
    for (int k = 0; k < p->n; k++) {
        s->U[k][0] = value(s->U[k], step);
        square += s->U[k][0] * s->U[k][0];
    }
    for (int q = 0; q < p->m; q++) {
        s->W[q][0] = value(s->W[q], step);
        square += s->W[q][0];
    }
    if (s->constant + square > 0.05L * square)
        s->u[0] = copysignl(sqrtl(s->constant + square), s->u[0]);
}

static void start_series(const model *p, series *s)
{
    s->u[0] = p->u;
    s->constant = (real)p->u * p->u;
    for (int k = 0; k < p->n; k++) {
        s->U[k][0] = p->U[k];
        s->constant -= s->U[k][0] * s->U[k][0];
    }
    for (int q = 0; q < p->m; q++) {
        s->W[q][0] = p->w[q];
        s->constant -= s->W[q][0];
    }
}

/* out[i] = (u, U) at the ascending times; returns how many were reached. */
static int reference(const model *p, const double *times, real out[TIMES][MODES + 1])
{
    series *s = calloc(1, sizeof *s);
    real now = 0.0L;
    int done = 0;
    assert_non_null(s);
    start_series(p, s);
    for (int n = 0; n < STEPS && done < TIMES; n++) {
        expand(p, s);
        const real step = step_of(p, s);
        for (; done < TIMES && times[done] <= now + step; done++) {
            out[done][0] = value(s->u, times[done] - now);
            for (int k = 0; k < p->n; k++)
                out[done][1 + k] = value(s->U[k], times[done] - now);
        }
        move(p, s, step);
        now += step;
    }
    free(s);
    return done;
}

typedef enum kind { ALONG, AGAINST, BELOW } kind; /* U along its drives; any signs; any signs and |U| > u */

static double direction(lsa_rng *rng, int style, int k)
{
    switch (style) {
    case 0:
        return 1.0;
    case 1:
        return k == 0 ? 1.0 : 0.0;
    case 2:
        return draw_uniform(rng);
    default:
        return (2.0 * draw_uniform(rng) - 1.0) * draw_power(rng, style == 3 ? 0.0 : -8.0, 0.0);
    }
}

/* |U| over |u|. */
static double ratio(lsa_rng *rng, kind what)
{
    const double choice = draw_uniform(rng);
    if (what == BELOW)
        return 1.0 + draw_power(rng, -7.0, 3.0);
    return choice < 0.5 ? 1.0 : choice < 0.7 ? 0.5 : draw_power(rng, -6.0, 0.0);
}

static model draw(lsa_rng *rng, kind what, double decades)
{
    model p = {.n = 1 + (int)(MODES * draw_uniform(rng)),
               .m = draw_uniform(rng) < 0.4 ? (int)(DECAYS * draw_uniform(rng)) : 0};
    const double N = 1.0 + 100.0 * draw_uniform(rng);
    const int style = (int)(5.0 * draw_uniform(rng));
    double lambda[MODES] = {0.0}, trace = 0.0, square = 0.0;
    p.condition = draw_power(rng, 0.0, decades);
    p.sigma = what == BELOW ? draw_power(rng, -9.0, 2.0) : draw_power(rng, -12.0, 4.0);
    p.u = draw_uniform(rng) < 0.3 ? -p.sigma : p.sigma;
    for (int k = 0; k < p.n; k++)
        trace += lambda[k] = p.n > 1 ? pow(p.condition, -(double)k / (p.n - 1)) : 1.0;
    for (int k = 0; k < p.n; k++) {
        p.h[k] = lambda[k] * lambda[k] * ((1.0 + 1.0 / N) * lambda[k] + trace / N);
        p.b[k] = lambda[k] * lambda[k] * (draw_uniform(rng) < 0.3 ? -1.0 : 1.0);
        p.U[k] = direction(rng, style, k);
        if (what == ALONG)
            p.U[k] = copysign(p.U[k], p.b[k] * p.u);
        square += p.U[k] * p.U[k];
    }
    for (int q = 0; q < p.m; q++) {
        p.a[q] = p.h[0] * draw_power(rng, -4.0, 0.0);
        p.w[q] = square * draw_power(rng, -2.0, 0.0);
        square += p.w[q];
    }
    const double scale = p.sigma * ratio(rng, what) / sqrt(square);
    for (int k = 0; k < p.n; k++)
        p.U[k] *= scale;
    for (int q = 0; q < p.m; q++)
        p.w[q] *= scale * scale;
    return p;
}

static double constant_of(const model *p)
{
    series s;
    start_series(p, &s);
    return (double)s.constant;
}

typedef struct tally {
    int paths, refused, compared, bounded, whole; /* whole: the reference has reached all times */
    double worst, ratios[1000];
} tally;

/* The largest difference, of the size of the path (of |U|, too, where u^2 - |U|^2 < 0: u may be zero). */
static double compare(const spectral_path *path, const model *p, int count, const double *times,
                      real want[TIMES][MODES + 1])
{
    double U[MODES], worst = 0.0;
    spectral_state point = {.U = U};
    for (int i = 0; i < count; i++) {
        real size = fabsl(want[i][0]), off;
        spectral_path_at(path, times[i], &point);
        off = fabsl(point.u - want[i][0]);
        for (int k = 0; k < p->n; k++) {
            size = p->constant < 0.0 ? fmaxl(size, fabsl(want[i][1 + k])) : size;
            off = fmaxl(off, fabsl(U[k] - want[i][1 + k]));
        }
        worst = fmax(worst, (double)(off / size));
    }
    return worst;
}

static void report(const model *p, double error, double bound)
{
    print_message("n %d, decays %d, condition %.3g, sigma %.3g, constant %.3g: error %.3g, bound %.3g\n", p->n, p->m,
                  p->condition, p->sigma, p->constant, error, bound);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Follows the path until its slowest mode has decayed by e^-20. */
static lsa_status follow(const spectral_rule *rule, const model *p, spectral_path **path, spectral_bound **bound)
{
    const spectral_problem problem = {.count = p->n,
                                      .rates = p->h,
                                      .drives = p->b,
                                      .start = p->U,
                                      .n_decays = p->m,
                                      .decay_rates = p->a,
                                      .decay_squares = p->w,
                                      .u = p->u,
                                      .constant = p->constant};
    lsa_error err;
    lsa_status status = spectral_path_create(rule, &problem, true, path, &err);
    if (status != LSA_OK)
        return status;
    check_status(spectral_bound_create(spectral_path_equation(*path), p->u, bound, &err), LSA_OK, &err);
    do {
        status = spectral_path_advance(*path, &err);
        if (status == LSA_OK)
            spectral_bound_extend(*bound, spectral_path_equation(*path), spectral_path_last(*path));
    } while (status == LSA_OK && spectral_path_last(*path)->end_action * p->h[p->n - 1] < 20.0);
    return status;
}

/* shift: of one rate in the reference alone, relative. */
static void check_path(const spectral_rule *rule, const model *p, double shift, tally *all)
{
    real want[TIMES][MODES + 1];
    double times[TIMES];
    spectral_path *path = NULL;
    spectral_bound *bound = NULL;
    const lsa_status status = follow(rule, p, &path, &bound);
    all->paths++;
    if (status != LSA_OK) {
        assert_int_equal(status, LSA_ERR_UNABLE);
        all->refused++;
    } else {
        model other = *p;
        other.h[0] *= 1.0 + shift;
        for (int i = 0; i < TIMES; i++)
            times[i] = 0.999 * spectral_path_time(path) * pow(10.0, 8.0 * (i + 1 - TIMES) / TIMES);
        const int count = reference(&other, times, want);
        const double error = compare(path, p, count, times, want), told = spectral_bound_error(bound);
        if (shift == 0.0 && !(error <= 1e-11))
            report(p, error, told);
        if (shift == 0.0 && !isnan(told)) {
            if (!(error <= told))
                report(p, error, told);
            check_at_most(error, told);
            all->bounded++;
            if (count == TIMES)
                all->ratios[all->whole++] = told / fmax(error, DBL_EPSILON);
        }
        all->worst = fmax(all->worst, error);
        all->compared += count > 0;
    }
    spectral_bound_destroy(bound);
    spectral_path_destroy(path);
}

static void check_paths(kind what, double decades, int count, int most_refused, double most_ratio)
{
    spectral_rule rule;
    tally all = {0};
    lsa_rng rng = lsa_rng_at(11, LSA_RNG_PROBE, (uint64_t)what);
    spectral_rule_init(&rule);
    for (int k = 0; k < count; k++) {
        model p = draw(&rng, what, decades);
        p.constant = constant_of(&p);
        check_path(&rule, &p, 0.0, &all);
    }
    qsort(all.ratios, (size_t)all.whole, sizeof *all.ratios, by_value);
    print_message(
        "%d paths, %d refused, %d compared, the worst off by %.2g; %d bounds, the median %.3g times the error\n",
        all.paths, all.refused, all.compared, all.worst, all.bounded, all.ratios[all.whole / 2]);
    check_at_most(all.worst, 1e-11);
    check_at_most((double)all.refused, (double)most_refused);
    check_at_least((double)all.compared, 0.3 * count);
    check_at_least((double)all.bounded, 0.5 * count);
    check_at_most(all.ratios[all.whole / 2], most_ratio);
}

/* None refused, conditions to 1e12 where the reference reaches the first part of the path alone. */
static void test_along_the_drives(void **state)
{
    (void)state;
    check_paths(ALONG, 4.0, 200, 0, 100.0);
    check_paths(ALONG, 12.0, 100, 0, 100.0);
}

static void test_any_signs(void **state)
{
    (void)state;
    check_paths(AGAINST, 4.0, 200, 10, 100.0);
}

static void test_below_zero(void **state)
{
    (void)state;
    check_paths(BELOW, 4.0, 200, 40, 200.0);
}

/* A rate that is off by 1e-9 in the reference is seen in every path. */
static void test_a_wrong_rate_is_seen(void **state)
{
    (void)state;
    spectral_rule rule;
    lsa_rng rng = lsa_rng_at(12, LSA_RNG_PROBE, 0);
    spectral_rule_init(&rule);
    for (int k = 0; k < 20; k++) {
        tally all = {0};
        model p = draw(&rng, ALONG, 1.0);
        p.constant = constant_of(&p);
        check_path(&rule, &p, 1e-9, &all);
        check_at_least(all.worst, 1e-11);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_along_the_drives),
        cmocka_unit_test(test_any_signs),
        cmocka_unit_test(test_below_zero),
        cmocka_unit_test(test_a_wrong_rate_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
